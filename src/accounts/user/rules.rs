//! Validation of the username, address and time zone of an account.

use diesel::prelude::*;

use crate::accounts::user::model::User;
use crate::db::locale::Locale;
use crate::db::schema::users;
use crate::db::{Connection, Zone};
use crate::resource::Model;
use crate::resource::Value;
use crate::resource::declare::candidate::Candidate;

/// ASCII only, to exclude look-alike letters of other scripts. A username in the form of an email address must be the
/// account's own address, because it would otherwise take precedence at sign-in over the user with that address.
pub(crate) fn check_username(candidate: &mut Candidate) {
    let username = candidate.values.at(User::FIELDS.username).as_text();
    let ordinary = |letter: char| letter.is_ascii_alphanumeric() || ".@+-_".contains(letter);
    if !username.chars().all(ordinary) {
        candidate.errors.add("username", "Use only letters from a to z, digits and . _ - + @ in the username");
    }
    let (username, email) = (candidate.values.at(User::FIELDS.username).as_text(), candidate.values.at(User::FIELDS.email).as_text());
    if username.contains('@') && !username.eq_ignore_ascii_case(email) {
        candidate.errors.add("username", "A username that contains @ must be the email address of the account");
    }
}

pub(crate) fn check_time_zone(candidate: &mut Candidate) {
    let name = candidate.values.at(User::FIELDS.time_zone).as_text();
    if !name.is_empty() && Zone::named(name).is_none() {
        candidate.errors.add("time_zone", "Choose a time zone from the list, such as Europe/Paris");
    }
}

/// A blank date format becomes the previous one, or the clinic's.
pub(crate) fn complete_locale(candidate: &mut Candidate) {
    if candidate.values.at(User::FIELDS.locale).is_blank() && candidate.errors.of("locale").is_none() {
        let known = candidate.before.map(|row| row.values.at(User::FIELDS.locale).clone());
        candidate.values.set("locale", known.unwrap_or_else(|| Value::Text(Locale::default().as_str().into())));
    }
}

/// The database has unique indexes as well; this reports both errors at once.
pub(crate) fn check_taken(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
    for (name, text) in [("username", "This username is taken"), ("email", "An account with this email address already exists")] {
        let value = candidate.values.at(name).as_text().to_lowercase();
        let same = diesel::dsl::sql::<diesel::sql_types::Text>(&format!("lower(users.{name})")).eq(value);
        let others = users::table.filter(same).filter(users::id.ne(candidate.id.unwrap_or(0))).count().get_result::<i64>(c)?;
        if others > 0 {
            candidate.errors.add_taken(name, text);
        }
    }
    Ok(())
}
