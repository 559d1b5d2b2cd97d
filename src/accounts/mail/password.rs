//! Emails about passwords: the code to set one, and the notice that it was changed.

use super::model::{AccountMail, SAME_BROWSER};
use crate::app::App;
use crate::english::isolated;

/// How a password was changed.
pub enum PasswordChange<'a> {
    /// By its owner, who is signed in.
    ByOwner,
    /// With a code that was sent to the owner's address.
    WithCode,
    /// By somebody else, by name.
    By(&'a str),
}

/// The password has changed.
pub fn password_changed(app: &App, change: &PasswordChange) -> AccountMail {
    let clinic = &app.clinic_name();
    let mail = AccountMail::new(app, "password notice", "Your password was changed");
    let (mail, ended) = match change {
        PasswordChange::ByOwner => {
            let text = format!("The password for your account at {clinic} was changed.");
            (mail.paragraph(text).unless_it_was_you(), "You have been signed out everywhere else.")
        }
        PasswordChange::WithCode => {
            let text = format!("The password for your account at {clinic} was reset with a code that we sent to this email address.");
            let advice = format!(
                "If this was not you, someone can read your email. Contact {clinic} immediately, in person or by phone, and change the password of your email account."
            );
            (mail.paragraph(text).advice(advice), "You have been signed out everywhere.")
        }
        PasswordChange::By(name) => {
            let text = format!("{} set a new password for your account at {clinic}.", isolated(name));
            let advice = format!("If you did not ask for this, contact {clinic} immediately, in person or by phone.");
            (mail.paragraph(text).advice(advice), "You have been signed out everywhere.")
        }
    };
    mail.paragraph(format!("The old password no longer works. {ended}"))
}

/// The code for a forgotten password.
pub fn password_reset_requested(app: &App, code: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "password reset", "Reset your password")
        .paragraph(format!("You asked to reset the password for your account at {clinic}."))
        .paragraph(SAME_BROWSER)
        .code(code)
        .advice("If this was not you, you can ignore this email. Your password stays the same.")
}

/// The code for the first password of an account that has none.
pub fn first_password_requested(app: &App, code: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "code", "Set a password")
        .paragraph(format!("You asked to set a password for your account at {clinic}."))
        .paragraph(SAME_BROWSER)
        .code(code)
        .advice(format!(
            "If this was not you, someone else is signed in to your account. Contact {clinic} immediately, in person or by phone."
        ))
}
