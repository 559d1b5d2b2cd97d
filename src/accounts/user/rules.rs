//! What the name, the address and the time zone of an account must be.

use diesel::prelude::*;

use crate::db::locale::Locale;
use crate::db::schema::users;
use crate::db::{Connection, Zone};
use crate::resource::Value;
use crate::resource::declare::declaration::Draft;

/// ASCII only, so that two names that look alike are alike, on both databases. A name in the form of an email address
/// must be the account's own, or it would sign in where somebody else's address should.
pub(crate) fn check_username(draft: &mut Draft) {
    let username = draft.values.at("username").as_text();
    let ordinary = |letter: char| letter.is_ascii_alphanumeric() || ".@+-_".contains(letter);
    if !username.chars().all(ordinary) {
        draft.errors.add("username", "Use only letters from a to z, digits and . _ - + @ in the username");
    }
    let (username, email) = (draft.values.at("username").as_text(), draft.values.at("email").as_text());
    if username.contains('@') && !username.eq_ignore_ascii_case(email) {
        draft.errors.add("username", "A username that contains @ must be the email address of the account");
    }
}

pub(crate) fn check_time_zone(draft: &mut Draft) {
    let name = draft.values.at("time_zone").as_text();
    if !name.is_empty() && Zone::named(name).is_none() {
        draft.errors.add("time_zone", "Choose a time zone from the list, such as Europe/Paris");
    }
}

/// Who does not say how they read dates reads them as before, or as the clinic does.
pub(crate) fn complete_locale(draft: &mut Draft) {
    if draft.values.at("locale").is_blank() && draft.errors.of("locale").is_none() {
        let known = draft.before.map(|row| row.values.at("locale").clone());
        draft.values.set("locale", known.unwrap_or_else(|| Value::Text(Locale::default().as_str().into())));
    }
}

/// The database refuses a second one as well; asking here tells both at once.
pub(crate) fn check_taken(c: &mut Connection, draft: &mut Draft) -> QueryResult<()> {
    for (name, text) in [("username", "This username is taken"), ("email", "An account with this email address already exists")] {
        let value = draft.values.at(name).as_text().to_lowercase();
        let same = diesel::dsl::sql::<diesel::sql_types::Text>(&format!("lower(users.{name})")).eq(value);
        let others = users::table.filter(same).filter(users::id.ne(draft.id.unwrap_or(0))).count().get_result::<i64>(c)?;
        if others > 0 {
            draft.errors.add_taken(name, text);
        }
    }
    Ok(())
}
