//! Password hashes with outdated parameters are replaced when the password is typed.

use actix_web::web::Data;
use diesel::prelude::*;

use crate::app::App;
use crate::crypto::keys::digest;
use crate::db::schema::{sessions, token_families, users};
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};

diesel::define_sql_function! {
    fn replace(text: diesel::sql_types::Text, old: diesel::sql_types::Text, new: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The current hash of this password. Sessions and programs that signed in with the old hash stay signed in.
pub async fn improved(app: &Data<App>, user_id: i64, hash: String, password: String) -> AppResult<String> {
    if app.passwords.is_current(&hash) {
        return Ok(hash);
    }
    let (better, now) = (app.passwords.hash(password).await?, app.now());
    let (old, new) = (hash.clone(), better.clone());
    let done = app.db.write(move |c| Ok::<_, AppError>(exchange(c, user_id, &old, &new, now)?)).await?;
    // Another password was set in the meantime, and the old one no longer works.
    Ok(if done { better } else { hash })
}

fn exchange(c: &mut Connection, user_id: i64, old: &str, new: &str, now: UtcDateTime) -> QueryResult<bool> {
    let same = users::table.filter(users::id.eq(user_id)).filter(users::password_hash.eq(old));
    if diesel::update(same).set((users::password_hash.eq(new), users::updated_at.eq(now))).execute(c)? != 1 {
        return Ok(false);
    }
    let (before, after) = (digest(old), digest(new));
    let theirs = sessions::table.filter(sessions::user_id.eq(user_id));
    diesel::update(theirs).set(sessions::state.eq(replace(sessions::state, &before, &after))).execute(c)?;
    let programs = token_families::table.filter(token_families::user_id.eq(user_id)).filter(token_families::credential.eq(&before));
    diesel::update(programs).set(token_families::credential.eq(&after)).execute(c)?;
    Ok(true)
}
