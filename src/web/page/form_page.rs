//! A page that consists of one form.

use askama::Template;

use crate::resource::form::bind::BoundForm;
use crate::web::page::shell::Shell;

/// A page that consists of one form.
#[derive(Template)]
#[template(path = "web/page/form_page.html")]
pub struct FormPage {
    pub shell: Shell,
    pub form: BoundForm,
    /// The address that it is sent to, where 'Cancel' leads, and the label of the button.
    pub action: String,
    pub cancel: String,
    pub button: String,
}
