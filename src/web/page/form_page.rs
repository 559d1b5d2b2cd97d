//! A page that is one form.

use askama::Template;

use crate::resource::form::bind::BoundForm;
use crate::web::page::shell::Shell;

/// A page that is one form.
#[derive(Template)]
#[template(path = "components/form_page.html")]
pub struct FormPage {
    pub shell: Shell,
    pub form: BoundForm,
    /// Where it is sent, where 'Cancel' leads, and what the button says.
    pub action: String,
    pub cancel: String,
    pub button: String,
}
