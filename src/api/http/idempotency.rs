//! `Idempotency-Key`: what is sent twice, because the first answer was lost, is done once and answered alike. The answer is
//! stored in the transaction of its effect.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use diesel::prelude::*;

use super::error::ApiError;
use super::request::Call;
use crate::crypto::keys::digest;
use crate::db::connection::exclusive;
use crate::db::schema::api_replies;
use crate::db::{Backend, Connection, UtcDateTime};

/// So long an answer is remembered.
pub const REMEMBERED: time::Duration = time::Duration::hours(24);
pub const LONGEST_KEY: usize = 255;

/// What requests are remembered by: keyed, because a body may hold what must not be guessed from its hash.
const PURPOSE: &str = "api: replies";

/// A request that must have one effect, however often it comes.
#[derive(Clone, Debug)]
pub struct Once {
    /// `None` at a public route.
    user_id: Option<i64>,
    key_hash: String,
    request_hash: String,
}

/// An answer that can be given again.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    /// Blank for none.
    etag: String,
    body: Vec<u8>,
    is_repeated: bool,
}

impl Reply {
    pub fn new(status: StatusCode, etag: String, body: Vec<u8>) -> Self {
        Self { status, etag, body, is_repeated: false }
    }

    pub fn answer(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(tag) = HeaderValue::from_str(&self.etag).ok().filter(|_| !self.etag.is_empty()) {
            response.insert_header((header::ETAG, tag));
        }
        if self.is_repeated {
            response.insert_header((HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true")));
        }
        response.content_type("application/json").body(self.body)
    }
}

impl Once {
    /// `None` where the caller names no key.
    pub fn of(call: &Call) -> Result<Option<Self>, ApiError> {
        let mut keys = call.request.headers().get_all("idempotency-key");
        let Some(key) = keys.next() else { return Ok(None) };
        let is_word = |key: &&str| (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        // Of two keys, another reader might heed the other.
        let key = key.to_str().ok().filter(is_word).filter(|_| keys.next().is_none());
        let detail = "An Idempotency-Key must be 1 to 255 visible ASCII characters without spaces.";
        let key = key.ok_or_else(|| ApiError::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid", detail))?;
        let user_id = call.caller.as_ref().map(|caller| caller.actor.id);
        let place = format!("{} {}", call.request.method(), call.request.path().trim_end_matches('/'));
        let sign = call.app.keys.sign(PURPOSE, &[place.as_bytes(), &call.body.bytes]);
        Ok(Some(Self {
            user_id,
            // Nobody's keys are not those of somebody.
            key_hash: if user_id.is_some() { digest(key) } else { digest(&format!("nobody {key}")) },
            request_hash: sign.iter().map(|byte| format!("{byte:02x}")).collect(),
        }))
    }

    /// The answer that was given before. Whoever asks for the same meanwhile waits until this transaction ends.
    pub fn begin(&self, c: &mut Connection, now: UtcDateTime) -> Result<Option<Reply>, ApiError> {
        exclusive(c, &format!("reply {} {}", self.user_id.unwrap_or(0), self.key_hash), 0)?;
        let mut mine = api_replies::table.filter(api_replies::key_hash.eq(&self.key_hash)).into_boxed::<Backend>();
        if let Some(user_id) = self.user_id {
            mine = mine.filter(api_replies::user_id.eq(user_id));
        }
        let columns = (
            api_replies::id,
            api_replies::request_hash,
            api_replies::status,
            api_replies::etag,
            api_replies::body,
            api_replies::created_at,
        );
        let known = mine.select(columns).first::<(i64, String, i32, String, String, UtcDateTime)>(c).optional()?;
        let Some((id, request_hash, status, etag, body, at)) = known else { return Ok(None) };
        if at.plus(REMEMBERED) <= now {
            diesel::delete(api_replies::table.filter(api_replies::id.eq(id))).execute(c)?;
            return Ok(None);
        }
        if request_hash != self.request_hash {
            let detail = "This Idempotency-Key was used for another request. Use a new one.";
            return Err(ApiError::conflict("idempotency_key_reused", detail));
        }
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        Ok(Some(Reply { status, etag, body: body.into_bytes(), is_repeated: true }))
    }

    /// Remembers the answer, with its effect or not at all. An account that nobody had before keeps that of its registration.
    pub fn keep(&self, c: &mut Connection, reply: &Reply, made: i64, now: UtcDateTime) -> QueryResult<()> {
        let row = (
            api_replies::user_id.eq(self.user_id.unwrap_or(made)),
            api_replies::key_hash.eq(&self.key_hash),
            api_replies::request_hash.eq(&self.request_hash),
            api_replies::status.eq(i32::from(reply.status.as_u16())),
            api_replies::etag.eq(&reply.etag),
            api_replies::body.eq(String::from_utf8_lossy(&reply.body)),
            api_replies::created_at.eq(now),
            api_replies::updated_at.eq(now),
        );
        diesel::insert_into(api_replies::table).values(row).execute(c).map(|_| ())
    }
}

/// Forgets what is older than a day.
pub fn clear(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(api_replies::table.filter(api_replies::created_at.le(now.plus(-REMEMBERED)))).execute(c)
}
