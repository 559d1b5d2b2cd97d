//! Errors of requests. [`crate::web::middleware::error_pages`] renders an [`AppError`] as a page.
//!
//! Which result a function returns:
//! - `QueryResult`: it runs statements on a connection, and can fail in no other way.
//! - `Result<_, WriteError>`: it stores records; a form shows [`WriteError`]'s `Invalid` and `Conflict` and stays open.
//! - `Result<_, DbError>`: it runs a transaction; [`DbError`] adds a database that cannot be reached and the read-only view.
//! - [`AppResult`]: a page's handler, and what it calls outside a transaction. `?` converts the errors above.
//! - `Result<_, ApiError>`: the same for the API, whose errors are JSON (see `api::http::error`).
//! - `Result<_, String>`: the command line and the start of the program; the text is shown to the operator.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::db::DbError;
use crate::resource::write::writer::WriteError;

/// Shown to a superuser who tries to change something while viewing Praxis as another user.
pub const READ_ONLY_VIEW: &str = "You are viewing Praxis as another user. Stop viewing before you make changes.";

/// Why a request failed.
#[derive(Debug)]
pub enum AppError {
    /// The request is malformed in a way that a form cannot report.
    BadRequest(&'static str),
    /// 401: nobody is signed in; the sign-in page is shown.
    SignInFirst,
    Forbidden(&'static str),
    /// The record does not exist, or the user may not see it; both get the same answer.
    NotFound,
    /// The record is in the trash. Holds its address there, for users who may restore it.
    InTrash(String),
    /// A link from an email that has expired, was withdrawn or never existed; all get the same answer.
    LinkEnded,
    Conflict(&'static str),
    TooLarge,
    WrongType,
    TooSlow,
    TooMany,
    /// 503: the database or another service cannot be reached; a later attempt may succeed. The text is for the log only.
    Unavailable(String),
    /// 500: a fault in the program; the text is for the log only.
    Internal(String),
}

pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// A sentence for the user, in addition to the page's own text; blank for most errors.
    pub fn detail(&self) -> &'static str {
        match self {
            Self::BadRequest(text) | Self::Forbidden(text) | Self::Conflict(text) => text,
            _ => "",
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(why) | Self::Internal(why) => f.write_str(why),
            other => write!(f, "{:?} {}", other.status_code(), other.detail()),
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound | Self::InTrash(_) | Self::LinkEnded => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(why) => Self::Unavailable(why),
            DbError::LookingOn => Self::Forbidden(READ_ONLY_VIEW),
            DbError::Query(diesel::result::Error::NotFound) => Self::NotFound,
            other => Self::internal(other),
        }
    }
}

impl From<diesel::result::Error> for AppError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// For code that has handled the errors of forms before.
impl From<WriteError> for AppError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotFound => Self::NotFound,
            WriteError::Db(error) => error.into(),
            WriteError::Conflict(_) => Self::Conflict("Somebody else has changed this record."),
            WriteError::Refused(_) | WriteError::Protected(_) => Self::Conflict("Other records depend on this record."),
            WriteError::Invalid(errors) => Self::internal(format!("refused without a form to say so: {errors:?}")),
        }
    }
}
