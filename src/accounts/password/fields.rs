//! The two fields for a new password, and the validation of their values.

use super::rules::{HINT, Known, SHORTEST, check, normal};
use crate::accounts::user::model::User;
use crate::app::App;
use crate::resource::declare::widget::Widget;
use crate::resource::{Field, FormErrors, Values, field};

/// The new password and its repetition.
pub fn password_fields() -> [Field; 2] {
    [
        field("Password")
            .named("password")
            .widget(Widget::NewPassword)
            .max(crate::passwords::LONGEST)
            .range(SHORTEST as i64, i64::MAX)
            .help(HINT)
            .required_error("Enter a password"),
        field("Confirm password")
            .named("password_again")
            .widget(Widget::NewPassword)
            .max(crate::passwords::LONGEST)
            .required_error("Enter the password again"),
    ]
}

/// Checks a new password against its repetition and the rules. Errors are added to `errors`.
pub fn check_password(app: &App, values: &Values, owner: &Values, errors: &mut FormErrors) {
    let (first, again) = (values.at("password").as_text(), values.at("password_again").as_text());
    if errors.of("password").is_none() && errors.of("password_again").is_none() {
        let broken = check(&normal(first), &Known::new(User::attributes(owner), &app.clinic_name()));
        if !broken.is_empty() {
            errors.add("password", broken.join(". "));
        } else if first != again {
            errors.add("password_again", "The passwords do not match");
        }
    }
}
