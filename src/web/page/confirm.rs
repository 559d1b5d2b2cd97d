//! A page with one button: what will happen, and a way back.

use askama::Template;

use super::shell::Shell;

#[derive(Template)]
#[template(path = "web/page/confirm_page.html")]
pub struct ConfirmPage {
    pub shell: Shell,
    pub sentences: Vec<String>,
    /// The address and label of the button; without it there is only the link back.
    pub act: Option<(String, &'static str)>,
    pub back: String,
    pub effect: Effect,
}

/// What the button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Changes,
    /// It cannot be undone.
    Deletes,
    /// A file arrives, and the page stays as it is.
    Downloads,
}
