//! Emails about new accounts and registration.

use super::model::AccountMail;
use crate::app::App;
use crate::db::UtcDateTime;
use crate::english::isolated;

const UNEXPECTED: &str = "If you were not expecting this email, you can ignore it.";
/// The same whether there is an account or not, because subjects are shown on locked screens.
const YOUR_ACCOUNT: &str = "Your account";
const ONE_ADDRESS: &str = "The link is for this email address only.";

/// An administrator created an account, and its owner chooses the password.
pub fn invitation(app: &App, token: &str, expires: UtcDateTime) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "invitation", "Set up your account")
        .paragraph(format!("An account was created for you at {clinic}. Choose a password to start using it."))
        .link(app, "Choose a password", &format!("/invitation/{token}"))
        .expires(expires)
        .advice(UNEXPECTED)
}

/// An administrator, by name, invites somebody to create an account.
pub fn registration_invitation(app: &App, by: &str, token: &str, expires: UtcDateTime) -> AccountMail {
    let by = isolated(by);
    let clinic = &app.clinic_name();
    AccountMail::new(app, "registration link", "Create your account")
        .paragraph(format!("{by} invites you to create an account at {clinic}."))
        .paragraph(ONE_ADDRESS)
        .link(app, "Create your account", &register(token))
        .expires(expires)
        .advice(UNEXPECTED)
}

/// Somebody asked to register at a clinic that does not reveal who has an account.
pub fn registration_requested(app: &App, token: &str, expires: UtcDateTime) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "requested link", YOUR_ACCOUNT)
        .paragraph(format!("You asked to create an account at {clinic} with this email address."))
        .paragraph(ONE_ADDRESS)
        .link(app, "Create your account", &register(token))
        .expires(expires)
        .advice("If this was not you, you can ignore this email. No account was created.")
}

/// Somebody asked for an account with an address that has one. Only its owner is notified.
pub fn account_exists(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "known account", YOUR_ACCOUNT)
        .paragraph(format!("Someone asked to use this email address for an account at {clinic}. You already have an account with it."))
        .paragraph("If you have forgotten your password, select “Forgot your password?” on the sign-in page.")
        .link(app, "Sign in", "/login")
        .advice("If this was not you, you can ignore this email. Nobody else can see that you have an account.")
}

/// The account is ready.
pub fn welcome(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "welcome", "Welcome to your account")
        .paragraph(format!("Your account at {clinic} is ready. Sign in with your username or with this email address."))
        .link(app, "Sign in", "/login")
        .advice(format!("If you did not create this account, someone else used your address. Contact {clinic} to have it removed."))
}

fn register(token: &str) -> String {
    format!("/register/{token}")
}
