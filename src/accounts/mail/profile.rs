//! Emails about the email address of an account, and about its deactivation.

use super::model::{AccountMail, SAME_BROWSER};
use crate::app::App;
use crate::web::paths::ACTIVATION;

/// The code that confirms the address of an account.
pub fn email_confirmation_requested(app: &App, code: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "activation", "Confirm your email address")
        .paragraph(format!("Confirm the email address of your account at {clinic} with this code. You need to be signed in."))
        .code(code)
        .link(app, "Enter the code", ACTIVATION)
        .advice("If this was not you, you can ignore this email. The address is not confirmed without the code.")
}

/// The code that confirms a new address. It is sent to that address and names no account, because the address may be somebody
/// else's.
pub fn email_change_requested(app: &App, code: &str) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "code", "Confirm this email address")
        .paragraph(format!("Someone with an account at {clinic} asked to use this email address for it."))
        .paragraph(format!("If this was you: {}", SAME_BROWSER.replacen("Enter", "enter", 1)))
        .code(code)
        .advice("If this was not you, you can ignore this email. Nothing changes without the code.")
}

/// To the previous address of the account.
pub fn email_changed(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "email notice", "Your email address was changed")
        .paragraph(format!("The email address of your account at {clinic} was changed. Emails now go to the new address."))
        .paragraph("You can no longer sign in with this address. You have been signed out everywhere else.")
        .unless_it_was_you()
}

/// To an owner who deactivated the account.
pub fn account_deactivated(app: &App) -> AccountMail {
    let clinic = &app.clinic_name();
    AccountMail::new(app, "account notice", "Your account was deactivated")
        .paragraph(format!("Your account at {clinic} was deactivated, and you have been signed out everywhere."))
        .paragraph(format!("Nothing was deleted. To use the account again, ask an administrator of {clinic}."))
        .unless_it_was_you()
}
