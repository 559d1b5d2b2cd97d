//! The administration: pages over `&Resource`, written once for every declaration. Knows no area.

pub mod bulk;
pub mod delete;
pub mod export;
mod facts;
pub mod form;
pub mod history;
pub mod import;
pub mod index;
pub mod list;
pub mod recent;
pub mod resend;
pub mod system;
pub mod trash;
pub mod versions;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::Declaration;
use crate::web::list::return_link::Back;
use crate::web::request::visit::Visit;

/// The declaration for `{resource}` in the address. [`AppError::NotFound`] if there is none, here and below.
fn declared<'a>(app: &'a App, slug: &str) -> AppResult<&'a Declaration> {
    app.registry.at(slug).map(|resource| resource.declaration()).ok_or(AppError::NotFound)
}

/// The declaration of this name.
fn declared_as<'a>(app: &'a App, name: &str) -> AppResult<&'a Declaration> {
    app.registry.get(name).map(|resource| resource.declaration()).ok_or(AppError::NotFound)
}

/// The path of a resource's list.
fn home(declaration: &Declaration) -> String {
    format!("/admin/{}", declaration.slug)
}

/// The list that a record's page was opened from, in its state.
fn back(visit: &Visit, declaration: &Declaration) -> Back {
    Back::of(&visit.request, &visit.app, &home(declaration), declaration, declaration.list_filter)
}

const ROOT: (&str, &str) = ("Administration", "/admin");
