//! One record: finding, reading, the form, saving, conflicts, deletion, drafts.

pub mod conflict;
pub mod delete;
pub mod drafts;
pub mod find;
pub mod form;
pub mod gone;
pub mod merge;
pub mod plain_form;
pub mod purge;
pub mod read;
pub mod retention;
pub mod save;
pub mod submit;
pub mod trash;
