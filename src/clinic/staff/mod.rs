//! The staff pages of any model that declares them: list, record, form, trash, and the rows of its inlines.

pub(super) mod details;
mod events;
mod neighbours;
mod opened_from;
mod pages;
mod record_page;
pub(super) mod related;
mod related_form;
pub mod routes;

pub use routes::routes;
