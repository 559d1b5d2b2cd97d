//! A page with one button: what will happen, and a way back.

use askama::Template;

use super::shell::Shell;

#[derive(Template)]
#[template(path = "components/ask_page.html")]
pub struct ConfirmPage {
    pub shell: Shell,
    pub sentences: Vec<String>,
    /// Where it is sent and what the button says; without it there is only the way back.
    pub act: Option<(String, &'static str)>,
    pub back: String,
    /// Whether it takes something away that does not come back.
    pub is_grave: bool,
}
