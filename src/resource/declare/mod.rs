//! Declaring a resource: fields, fieldsets, hooks, actions and the macro.

pub mod api;
pub mod bulk_action;
pub mod candidate;
pub mod clauses;
pub mod declaration;
pub mod field;
pub mod fieldset;
pub mod hooks;
pub mod inline;
pub mod lock;
pub mod macros;
pub mod reference;
pub mod staff_pages;
pub mod widget;
