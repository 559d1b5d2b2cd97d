//! Emails about sign-ins.

use super::model::{AccountMail, SECURITY};
use crate::app::App;

/// A sign-in from an unknown browser.
pub fn new_sign_in(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "New sign-in to your account")
        .paragraph(format!("Someone signed in to your account at {clinic} from a new browser."))
        .advice(format!(
            "If this was you, you do not need to do anything. If it was not, change your password immediately and contact {clinic}."
        ))
}

/// The password was right, followed by too many wrong codes.
pub fn sign_in_blocked(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, SECURITY, "Sign-in blocked for your account")
        .paragraph(format!("Someone entered your password at {clinic} and then several incorrect codes. They were not signed in."))
        .advice(format!("If this was not you, someone knows your password. Change it immediately and contact {clinic}."))
}

/// A recovery code was used to sign in; `left` remain.
pub fn recovery_code_used(app: &App, left: i64) -> AccountMail {
    let clinic = &app.clinic_name();
    let left = match left {
        0 => "You have no codes left. Create new ones under “Sign-in and security”.".into(),
        1 => "You have 1 code left. Create new ones soon, under “Sign-in and security”.".into(),
        _ => format!("You have {left} codes left."),
    };
    AccountMail::new(app, SECURITY, "Recovery code used for your account")
        .paragraph(format!("A recovery code was used to sign in to your account at {clinic}. {left}"))
        .unless_it_was_you()
}
