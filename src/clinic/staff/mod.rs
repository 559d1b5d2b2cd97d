//! The staff pages of a model: list, record, form, trash.

pub mod kind;
pub mod pages;
pub mod record_page;
