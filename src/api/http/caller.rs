//! The caller of a request.

use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::accounts::api_token::model::Scope;
use crate::db::UtcDateTime;
use crate::resource::Actor;

/// The user on whose behalf a program calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Shared with the threads that query the database.
    pub actor: Arc<Actor>,
    /// The token that identified them.
    pub by: By,
    /// Headers for every response to them, such as the rate limit.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// The type of the token, with the id of its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    SignIn { family: i64 },
    Script { token: i64, scope: Scope, expires_at: UtcDateTime },
}

impl By {
    /// The key of their rate limit.
    pub fn key(self) -> String {
        match self {
            Self::SignIn { family } => format!("family {family}"),
            Self::Script { token, .. } => format!("token {token}"),
        }
    }

    /// Whether the token has all permissions of the account.
    pub fn is_whole(self) -> bool {
        !matches!(self, Self::Script { scope: Scope::Read | Scope::Chosen, .. })
    }
}
