//! What a request can end with besides success. Handlers say it in a word; [`crate::web::middleware::error_pages`] draws the page.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::db::DbError;
use crate::resource::write::writer::WriteError;

/// Told to a superuser who sees Praxis as somebody else.
pub const READ_ONLY_VIEW: &str = "You are viewing Praxis as another user. Stop viewing before you make changes.";

/// Why a request was not done.
#[derive(Debug)]
pub enum AppError {
    /// Malformed beyond what a form can tell.
    BadRequest(&'static str),
    /// Nobody is signed in.
    SignInFirst,
    Forbidden(&'static str),
    /// Not there, or not theirs: the same answer.
    NotFound,
    /// In the trash, whose address is told to those who may take it out.
    InTrash(String),
    Conflict(&'static str),
    TooLarge,
    WrongType,
    TooSlow,
    TooMany,
    /// The database or another part is away; trying again later helps.
    Unavailable(String),
    /// A fault of ours; the text is for the log only.
    Internal(String),
}

pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// What the person should know beyond the page's own words.
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
            Self::NotFound | Self::InTrash(_) => StatusCode::NOT_FOUND,
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

/// For writes whose form errors were dealt with before.
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
