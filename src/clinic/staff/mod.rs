//! The staff pages of a model: list, record, form, trash.

pub mod pages;
pub mod record_page;
