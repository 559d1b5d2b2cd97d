//! A record that is about to be saved.

use time::Date;

use crate::db::{UtcDateTime, Zone};
use crate::resource::access::actor::Actor;
use crate::resource::form::data::FormErrors;
use crate::resource::value::{Row, Values};

/// What [`Hooks::validate`](super::hooks::Hooks::validate) checks; it may fill in values and add errors.
pub struct Candidate<'a> {
    /// `None` for a new record.
    pub id: Option<i64>,
    pub values: Values,
    pub errors: FormErrors,
    pub actor: &'a Actor,
    pub before: Option<&'a Row>,
    /// Today, in the clinic or where the actor is, whichever is later.
    pub today: Date,
    pub now: UtcDateTime,
    /// The clinic's.
    pub zone: &'a Zone,
}
