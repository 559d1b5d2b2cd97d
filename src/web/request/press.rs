//! A form that is sent twice adds one record: with a second press, or again because the answer did not come.
//!
//! Every form has a token of its own, so a second request with the same token and the same values is the same form. What the
//! first one added is remembered for a day beside the responses of the API, in the transaction that adds it.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use crate::crypto::keys::digest;
use crate::db::schema::api_replies;
use crate::db::{Connection, UtcDateTime};
use crate::resource::FormData;
use crate::web::request::csrf;

/// The token of the form that an error page sends again with a new one.
pub const PRESS: &str = "_press";

/// A form for a new record, as it was sent.
#[derive(Clone)]
pub struct Press {
    user_id: i64,
    /// Guessing what was typed from the digest would take the random token.
    key_hash: String,
}

impl Press {
    /// `None` for a form without a token of its own.
    pub fn of(user_id: i64, resource: &str, typed: &FormData) -> Option<Self> {
        let token = typed.get(PRESS).or_else(|| typed.get(csrf::FIELD))?.to_string();
        let sent = typed.clone().without(csrf::FIELD).without(PRESS).encoded();
        Some(Self { user_id, key_hash: digest(&format!("form {resource} {token} {sent}")) })
    }

    /// Before the record is added. `false` if the form was sent before; then the transaction has to end.
    pub fn begin(&self, c: &mut Connection, now: UtcDateTime) -> QueryResult<bool> {
        let row = (
            api_replies::user_id.eq(self.user_id),
            api_replies::key_hash.eq(&self.key_hash),
            api_replies::request_hash.eq(&self.key_hash),
            api_replies::status.eq(201),
            api_replies::body.eq(""),
            api_replies::created_at.eq(now),
            api_replies::updated_at.eq(now),
        );
        match diesel::insert_into(api_replies::table).values(row).execute(c) {
            Ok(_) => Ok(true),
            Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Remembers what was added.
    pub fn end(&self, c: &mut Connection, id: i64) -> QueryResult<usize> {
        let own = api_replies::table.filter(api_replies::user_id.eq(self.user_id)).filter(api_replies::key_hash.eq(&self.key_hash));
        diesel::update(own).set(api_replies::body.eq(id.to_string())).execute(c)
    }

    /// The record that the first request added.
    pub fn added(&self, c: &mut Connection) -> QueryResult<Option<i64>> {
        let own = api_replies::table.filter(api_replies::user_id.eq(self.user_id)).filter(api_replies::key_hash.eq(&self.key_hash));
        let body = own.select(api_replies::body).first::<String>(c).optional()?;
        Ok(body.and_then(|id| id.parse().ok()))
    }
}
