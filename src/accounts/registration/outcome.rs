//! What became of a registration.

use crate::db::UtcDateTime;
use crate::resource::{FormErrors, Row};

/// How it went.
pub enum Registered {
    /// There is an account; with this hash a session of it can be opened.
    Made {
        row: Box<Row>,
        hash: String,
    },
    /// Nothing yet, with REGISTRATION_PRIVATE: a mail says more, to whoever reads it.
    Mailed,
    Refused(FormErrors),
    /// Too many from this network; from then on there may be another.
    Later(UtcDateTime),
    /// Nobody registers here, or not with this link.
    Closed,
}
