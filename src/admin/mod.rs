//! The administration: pages over `&dyn Resource`, written once for every declaration. Knows no area.

pub mod delete;
pub mod form;
pub mod history;
pub mod index;
pub mod list;
pub mod resend;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::Declaration;

/// The declaration behind `{resource}` of the address.
fn declared<'a>(app: &'a App, slug: &str) -> AppResult<&'a Declaration> {
    app.registry.at(slug).map(|resource| resource.declaration()).ok_or(AppError::NotFound)
}

/// The address of a resource's list.
fn home(declaration: &Declaration) -> String {
    format!("/admin/{}", declaration.slug)
}

const ROOT: (&str, &str) = ("Administration", "/admin");
