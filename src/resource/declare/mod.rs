//! Declaring a resource: fields, fieldsets, actions, the macro and the checks at start.

pub mod api;
pub mod bulk_action;
pub mod checks;
pub mod declaration;
pub mod declared;
pub mod field;
pub mod index_checks;
pub mod inline;
pub mod lock;
pub mod macros;
pub mod section;
pub mod statements;
pub mod text_enum;
