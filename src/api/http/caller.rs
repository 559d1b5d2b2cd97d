//! Who calls.

use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::accounts::api_token::model::Scope;
use crate::db::UtcDateTime;
use crate::resource::Actor;

/// The person on whose behalf a program calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Shared, because it goes along into the threads that ask the database.
    pub actor: Arc<Actor>,
    /// What they hold.
    pub by: By,
    /// What every answer to them tells beside the answer, such as how many calls are left.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// The kind of token that somebody holds, by the number of its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    SignIn { family: i64 },
    Script { token: i64, scope: Scope, expires_at: UtcDateTime },
}

impl By {
    /// What their calls are counted by.
    pub fn key(self) -> String {
        match self {
            Self::SignIn { family } => format!("family {family}"),
            Self::Script { token, .. } => format!("token {token}"),
        }
    }

    /// Whether they may do all that their account may.
    pub fn is_whole(self) -> bool {
        !matches!(self, Self::Script { scope: Scope::Read | Scope::Chosen, .. })
    }
}
