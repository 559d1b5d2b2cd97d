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
    /// Whether it cannot be undone.
    pub is_grave: bool,
    /// Whether the button downloads a file, which leaves the page as it is.
    pub downloads: bool,
}
