//! Errors of the API: always JSON, always with a stable code for programs.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::db::DbError;
use crate::english::plural;
use crate::error::AppError;
use crate::resource::FormErrors;
use crate::resource::write::relations::Dependents;
use crate::resource::write::writer::WriteError;

/// Sent when the database cannot be reached, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The member with errors of the body as a whole.
pub const WHOLE: &str = "non_field_errors";

#[derive(Debug)]
pub struct ApiError {
    pub status: StatusCode,
    body: Value,
    headers: Vec<(HeaderName, HeaderValue)>,
    collision: Option<Box<FormErrors>>,
}

impl ApiError {
    /// A sentence for people and a stable code for programs.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        Self { status, body: json!({ "detail": detail, "code": code }), headers: Vec::new(), collision: None }
    }

    /// Validation errors by field: all fields at once, and all messages of a field.
    pub fn fields<'a>(errors: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, Value::Object(by_field(errors)))
    }

    /// One validation error.
    pub fn field(name: &str, text: impl Into<String>) -> Self {
        Self::fields([(name, text.into())])
    }

    /// Any body.
    pub fn of(status: StatusCode, body: Value) -> Self {
        Self { status, body, headers: Vec::new(), collision: None }
    }

    /// Adds a member to the body.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        if let Value::Object(members) = &mut self.body {
            members.insert(name.into(), value);
        }
        self
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parse_error", detail)
    }

    /// 401: no token was sent.
    pub fn not_authenticated() -> Self {
        Self::unauthorized("not_authenticated", "Send a token with the request: Authorization: Bearer …")
    }

    /// 401: the token or the credentials are invalid.
    pub fn unauthorized(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail).header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"api\""))
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "permission_denied", detail)
    }

    /// 404: the record does not exist, or the caller may not see it; both get the same response.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found, or you do not have access.")
    }

    pub fn method_not_allowed(method: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", format!("The method {method} is not allowed here."))
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 429, with the seconds to wait.
    pub fn throttled(seconds: u64) -> Self {
        let detail = format!("Too many requests. Try again in {}.", plural(seconds as i64, "second", "seconds"));
        Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", detail).header(header::RETRY_AFTER, seconds.into())
    }

    pub fn unavailable() -> Self {
        let detail = "The database is temporarily unavailable. Try again in a moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).header(header::RETRY_AFTER, RETRY_AFTER)
    }

    /// 500: a fault in the program; the text is for the log only.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "an API request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "error", "Something went wrong. The error has been logged.")
    }

    /// After a collision, with the errors of the record, so that others can look for what is free instead.
    pub fn over(self, errors: &FormErrors) -> Self {
        Self { collision: Some(Box::new(errors.clone())), ..self }
    }

    /// The errors of a record that collided.
    pub fn collision(&self) -> Option<&FormErrors> {
        self.collision.as_deref()
    }

    /// The body, for responses that contain several.
    pub fn into_body(self) -> Value {
        self.body
    }

    pub fn answer(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for header in self.headers {
            response.insert_header(header);
        }
        response.content_type("application/json").body(self.body.to_string())
    }
}

fn by_field<'a>(errors: impl IntoIterator<Item = (&'a str, String)>) -> Map<String, Value> {
    let mut named = Map::new();
    for (name, text) in errors {
        let name = if name.is_empty() { WHOLE } else { name };
        match named.entry(name).or_insert_with(|| json!([])) {
            Value::Array(texts) => texts.push(text.into()),
            other => *other = json!([text]),
        }
    }
    named
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(why) => {
                tracing::error!(why, "the database is unavailable");
                Self::unavailable()
            }
            DbError::Query(diesel::result::Error::NotFound) => Self::not_found(),
            other => Self::internal(other),
        }
    }
}

impl From<diesel::result::Error> for ApiError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::BadRequest(detail) => Self::malformed(detail),
            AppError::SignInFirst => Self::not_authenticated(),
            AppError::Forbidden(detail) => Self::forbidden(detail),
            AppError::NotFound | AppError::InTrash(_) | AppError::LinkEnded => Self::not_found(),
            AppError::Conflict(detail) => Self::conflict("conflict", detail),
            AppError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request body is too large."),
            AppError::WrongType => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send application/json."),
            AppError::TooSlow => Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The request did not arrive in time."),
            AppError::TooMany => Self::throttled(5),
            AppError::Unavailable(why) => DbError::Unavailable(why).into(),
            AppError::Internal(why) => Self::internal(why),
        }
    }
}

/// Uses the declaration's names of fields; [`crate::api::schema::Shape::refused`] translates them to those of the API.
impl From<WriteError> for ApiError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Invalid(errors) => Self::fields(errors.iter().map(|error| (error.field, error.text.clone()))),
            WriteError::Protected(blocking) => protected(&blocking),
            WriteError::Refused(sentence) => Self::conflict("refused", sentence),
            WriteError::NotFound => Self::not_found(),
            WriteError::Conflict(conflict) => Self::conflict("stale_version", conflict.message()),
            WriteError::Db(error) => error.into(),
        }
    }
}

/// The records that prevent a deletion: how many of each kind, and the labels of those that the caller may see.
fn protected(blocking: &[Dependents]) -> ApiError {
    let kinds: Vec<String> = blocking.iter().map(|one| format!("{} {}", one.count, one.noun())).collect();
    let blocked_by: Vec<Value> = blocking
        .iter()
        .map(|one| {
            let objects: Vec<Value> = one.samples.iter().map(|sample| json!({ "id": sample.id, "label": sample.label })).collect();
            json!({ "resource": one.resource, "count": one.count, "objects": objects })
        })
        .collect();
    let detail = format!("This cannot be deleted, because it is used by {}.", kinds.join(", "));
    ApiError::conflict("protected", detail).with("blocked_by", blocked_by.into())
}
