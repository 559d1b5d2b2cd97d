//! `Idempotency-Key`: a request that is repeated because its response was lost takes effect once and gets the same response. The
//! response is stored in the transaction of the effect.

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

/// How long a response is stored.
pub const REMEMBERED: time::Duration = time::Duration::hours(24);
pub const LONGEST_KEY: usize = 255;

/// The purpose of the key for digests of requests. A plain hash would allow guessing the contents of a body.
const PURPOSE: &str = "api: replies";

/// A request that must take effect once, however often it is sent.
#[derive(Clone, Debug)]
pub struct Once {
    /// `None` on a public route.
    user_id: Option<i64>,
    key_hash: String,
    request_hash: String,
}

/// A stored response.
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
    /// `None` if the caller sent no key.
    pub fn of(call: &Call) -> Result<Option<Self>, ApiError> {
        let mut keys = call.request.headers().get_all("idempotency-key");
        let Some(key) = keys.next() else { return Ok(None) };
        let is_word = |key: &&str| (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        // With two headers, another reader might use the other one.
        let key = key.to_str().ok().filter(is_word).filter(|_| keys.next().is_none());
        let detail = "An Idempotency-Key must be 1 to 255 visible ASCII characters without spaces.";
        let key = key.ok_or_else(|| ApiError::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid", detail))?;
        let user_id = call.caller.as_ref().map(|caller| caller.actor.id);
        let place = format!("{} {}", call.request.method(), call.request.path().trim_end_matches('/'));
        let sign = call.app.keys.sign(PURPOSE, &[place.as_bytes(), &call.body.bytes]);
        Ok(Some(Self {
            user_id,
            // Keys of anonymous callers are separate from those of users.
            key_hash: if user_id.is_some() { digest(key) } else { digest(&format!("nobody {key}")) },
            request_hash: sign.iter().map(|byte| format!("{byte:02x}")).collect(),
        }))
    }

    /// The response to an earlier copy of the request. A concurrent copy waits until this transaction ends.
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

    /// Stores the response in the transaction of the effect. For a registration it belongs to the new account.
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

/// Removes responses older than a day.
pub fn clear(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(api_replies::table.filter(api_replies::created_at.le(now.plus(-REMEMBERED)))).execute(c)
}
