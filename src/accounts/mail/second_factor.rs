//! Emails about two-step verification and passkeys.

use super::model::{AccountMail, SECURITY};
use crate::app::App;
use crate::english::isolated;

const ELSEWHERE: &str = "You have been signed out everywhere else.";

pub fn authenticator_added(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "Authenticator app added to your account")
        .paragraph(format!("An authenticator app was added to your account at {clinic}. You need a code from it to sign in. {ELSEWHERE}"))
        .unless_it_was_you()
}

pub fn authenticator_removed(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "Authenticator app removed from your account")
        .paragraph(format!("The authenticator app was removed from your account at {clinic}. Its codes no longer work. {ELSEWHERE}"))
        .unless_it_was_you()
}

pub fn passkey_added(app: &App, passkey: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "Passkey added to your account")
        .paragraph(format!("The passkey “{passkey}” was added to your account at {clinic}. You can now sign in with it. {ELSEWHERE}"))
        .unless_it_was_you()
}

pub fn passkey_removed(app: &App, passkey: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "Passkey removed from your account")
        .paragraph(format!("The passkey “{passkey}” was removed from your account at {clinic}. It no longer works. {ELSEWHERE}"))
        .unless_it_was_you()
}

pub fn recovery_codes_replaced(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "New recovery codes for your account")
        .paragraph(format!("New recovery codes were created for your account at {clinic}. The old codes no longer work. {ELSEWHERE}"))
        .unless_it_was_you()
}

/// An administrator, by name, removed two-step verification.
pub fn second_factor_removed(app: &App, by: &str) -> AccountMail {
    let by = isolated(by);
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "Two-step verification turned off for your account")
        .paragraph(format!("{by} removed the authenticator app, passkeys and recovery codes from your account at {clinic}."))
        .paragraph("You have been signed out everywhere. You can sign in with your password alone.")
        .advice(format!("If you did not ask for this, contact {clinic} immediately, in person or by phone."))
}
