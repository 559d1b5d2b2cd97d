//! The staff pages of any model that declares them: list, record, form, trash, and the rows of its inlines.

mod neighbours;
mod pages;
mod record_page;
mod related;
mod related_form;
pub mod routes;

pub use routes::routes;
