//! Calendar feeds: secret addresses at which calendar programs read the appointments of a doctor, of a room or of a person.
//!
//! The database has the digest of the secret only. Whatever its owner may no longer see is no longer in the calendar.

pub mod events;
pub mod file;
pub mod model;
pub mod new_page;
pub mod page;
