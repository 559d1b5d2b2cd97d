//! Who looked: at a record, for those who may view the log; what a user looked at; and at their own record, for patients.

mod filter;
mod lines;
pub mod own_page;
mod page;
pub mod record_page;
pub mod user_page;

/// Permission to see who looked. Not everybody who may see a record's history sees it: what colleagues read, and from which
/// address, is for those who check it.
pub const PERMISSION: &str = "log_entry.view";
