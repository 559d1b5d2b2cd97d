//! Bulk actions on selected records.

pub mod action;
pub mod page;
pub mod perform;
pub mod plan;
