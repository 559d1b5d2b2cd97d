//! Emails about an account. Each event has one function, which says what happened and what to do about it;
//! [`AccountMail`](model::AccountMail) adds the greeting, the time and the origin, and renders the text and the HTML part.
//!
//! An email that reports a change has no link, so that nobody learns to follow one from a warning. Codes are never part of a
//! subject or a link.

mod linked_account;
pub mod model;
mod password;
mod profile;
mod recipient;
mod registration;
mod second_factor;
mod sign_in;

pub use crate::accounts::mail::linked_account::{access_token_created, account_linked, account_unlinked, account_unlinked_by};
pub use crate::accounts::mail::password::{PasswordChange, first_password_requested, password_changed, password_reset_requested};
pub use crate::accounts::mail::profile::{account_deactivated, email_change_requested, email_changed, email_confirmation_requested};
pub use crate::accounts::mail::recipient::Recipient;
pub use crate::accounts::mail::registration::{account_exists, invitation, registration_invitation, registration_requested, welcome};
pub use crate::accounts::mail::second_factor::{
    authenticator_added, authenticator_removed, passkey_added, passkey_removed, recovery_codes_replaced, second_factor_removed,
};
pub use crate::accounts::mail::sign_in::{new_sign_in, recovery_code_used, sign_in_blocked};
