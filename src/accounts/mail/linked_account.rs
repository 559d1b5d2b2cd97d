//! Emails about accounts at providers and about access tokens.

use super::model::{AccountMail, SECURITY};
use crate::app::App;
use crate::db::UtcDateTime;
use crate::english::isolated;

const ADDED: &str = "Linked account added";
const REMOVED: &str = "Linked account removed";
const ELSEWHERE: &str = "You have been signed out everywhere else.";

pub fn account_linked(app: &App, provider: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, ADDED)
        .paragraph(format!("Your account at {provider} was linked. You can now sign in to {clinic} with it. {ELSEWHERE}"))
        .unless_it_was_you()
}

pub fn account_unlinked(app: &App, provider: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, REMOVED)
        .paragraph(format!("Your account at {provider} was unlinked. You can no longer sign in to {clinic} with it. {ELSEWHERE}"))
        .unless_it_was_you()
}

/// An administrator, by name, unlinked it.
pub fn account_unlinked_by(app: &App, provider: &str, by: &str) -> AccountMail {
    let by = isolated(by);
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, REMOVED)
        .paragraph(format!("{by} unlinked your account at {provider}. You can no longer sign in to {clinic} with it."))
        .paragraph("You have been signed out everywhere.")
        .advice(format!("If you did not ask for this, contact {clinic} immediately, in person or by phone."))
}

pub fn access_token_created(app: &App, token: &str, expires: UtcDateTime) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "token notice", "New access token for your account")
        .paragraph(format!("The access token “{token}” was created for your account at {clinic}. Programs that have it can act as you."))
        .expires(expires)
        .advice(format!("If this was not you, sign in, revoke the token under “Access tokens”, change your password and contact {clinic}."))
}
