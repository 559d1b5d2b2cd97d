//! Email: the content ([`Mail`]), the outbox in which it is stored, and the worker that sends it.
//!
//! An email is queued in the transaction of its cause, so that neither exists without the other, and sent afterwards. If a
//! process is killed while sending, another sends the email again: delivery is at least once, with the same Message-ID.

pub mod claim;
mod content;
pub mod failure;
pub mod mailer;
pub mod message;
pub mod outbox;
pub mod panel;
pub mod queued;
mod sms;
pub mod smtp;
pub mod viewer;
pub mod worker;

pub use crate::mail::content::is_address;
pub use crate::mail::content::{Mail, MailError};
pub use crate::mail::mailer::Mailer;
