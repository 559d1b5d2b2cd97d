//! The result of a registration.

use crate::db::UtcDateTime;
use crate::resource::{FormErrors, Row};

/// The result of a registration.
pub enum Registered {
    /// The account was created; this hash of its password opens a session.
    Made {
        row: Box<Row>,
        hash: String,
    },
    /// With REGISTRATION_PRIVATE: an email was sent, and no account was created yet.
    Mailed,
    Refused(FormErrors),
    /// Too many from this network; the next one is allowed at this time.
    Later(UtcDateTime),
    /// Registration is closed, or the link is not valid.
    Closed,
}
