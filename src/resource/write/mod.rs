//! Writing records: saving, conflicts, deletion, restoring, relations.

pub mod conflict;
pub mod delete;
pub mod dependents;
pub mod event;
pub mod files;
pub mod inline;
pub mod message;
pub mod relations;
pub mod required_records;
pub mod restore;
pub mod store;
pub mod totals;
pub mod undeletable;
pub mod writer;
