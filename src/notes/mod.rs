//! What happened when a patient was seen: visits, and the notes about them.
//!
//! A note is a [`draft`] of its author until it is [`signed`]. A draft is stored every few seconds and nobody else sees it. Signing
//! makes a row in `notes`, which the database never changes or deletes, nor its visit; what is said later is an addendum.

pub mod addendum;
pub mod draft;
pub mod extensions;
pub mod note;
pub mod phrase;
pub mod routes;
pub mod sections;
pub mod signed;
pub mod template;
pub mod unsigned;
pub mod visit;

use crate::resource::Actor;

/// Permission to write and sign notes, and to add to them.
pub const SIGN: (&str, &str, &[&str]) = ("note.sign", "Can write and sign notes about visits", &["Doctor"]);

/// Whether the actor writes notes.
pub fn writes(actor: &Actor) -> bool {
    actor.can(SIGN.0) && actor.impersonated_by.is_none()
}
