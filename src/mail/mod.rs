//! Mail: what is said ([`Mail`]), the outbox in which it waits as a row, and the worker that sends it.
//!
//! A mail is queued in the transaction of its cause, so that neither exists without the other, and sent afterwards. What a
//! killed process had in hand is sent by the next one: at least once, with one Message-ID.

pub mod claim;
mod content;
pub mod failure;
pub mod mailer;
pub mod outbox;
pub mod panel;
pub mod queued;
pub mod smtp;
pub mod viewer;
pub mod worker;

pub use crate::mail::content::is_address;
pub use crate::mail::content::{Mail, MailError};
pub use crate::mail::mailer::Mailer;
