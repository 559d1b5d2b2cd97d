//! Who asks the API: whoever the token in the `Authorization` header speaks for. Cookies open nothing here.

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, web};
use serde_json::{Value, json};

use super::auth::token::{Claims, Kind, Wrong};
use super::known::Moment;
use crate::accounts::api_token::{self, Scope, is_due};
use crate::accounts::{api_token_secret, token_family};
use crate::app::App;
use crate::db::{DbError, UtcDateTime};
use crate::resource::Actor;
use crate::web::current::ip_of;

/// A page waits so long for the note that a token was used.
const NOTE_WITHIN: std::time::Duration = std::time::Duration::from_millis(250);

/// Who stands behind a token.
#[derive(Clone, Debug)]
pub struct Holder {
    pub actor: Actor,
    pub by: By,
}

/// The kind of token, by the number of its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    SignIn { family: i64 },
    Script { token: i64, scope: Scope, expires_at: UtcDateTime, last_used_at: Option<UtcDateTime> },
}

impl By {
    /// What a limit is counted by.
    pub fn key(self) -> String {
        match self {
            Self::SignIn { family } => format!("family {family}"),
            Self::Script { token, .. } => format!("token {token}"),
        }
    }

    /// Whether its holder may do with it all that they may do themselves.
    pub fn is_whole(self) -> bool {
        !matches!(self, Self::Script { scope: Scope::Read | Scope::Chosen, .. })
    }
}

/// Why a token lets nobody in.
#[derive(Debug)]
pub enum Refusal {
    /// The header is not `Bearer` and one word.
    Header,
    Token(Wrong),
    NoUser,
    Inactive,
    Db(DbError),
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl Refusal {
    pub fn status(&self) -> StatusCode {
        if matches!(self, Self::Db(_)) { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::UNAUTHORIZED }
    }

    /// The body, in the shape that clients of simplejwt know.
    pub fn body(&self) -> Value {
        match self {
            Self::Header => {
                json!({"detail": "Authorization header must contain two space-delimited values", "code": "bad_authorization_header"})
            }
            Self::Token(wrong) => json!({
                "detail": "Given token not valid for any token type",
                "code": "token_not_valid",
                "messages": [{"token_class": "AccessToken", "token_type": "access", "message": wrong.text()}],
            }),
            Self::NoUser => json!({"detail": "User not found", "code": "user_not_found"}),
            Self::Inactive => json!({"detail": "User is inactive", "code": "user_inactive"}),
            Self::Db(_) => json!({"detail": "The clinic's data cannot be reached just now.", "code": "unavailable"}),
        }
    }
}

/// Who asks, if anybody says so. Reads may rest on what was known a moment ago; whatever changes something is asked anew.
pub async fn authenticate(request: &HttpRequest, app: &Data<App>) -> Result<Option<Holder>, Refusal> {
    let Some(token) = presented(request)? else { return Ok(None) };
    let may_be_known = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let now = Moment { at: app.now(), writes: app.db.writes() };
    let mut holder = if token.starts_with(api_token_secret::PREFIX) {
        script(app, token, may_be_known, now).await?
    } else {
        signed(app, token, may_be_known, now).await?
    };
    holder.actor.ip = ip_of(request);
    Ok(Some(holder))
}

/// The token of the header; another scheme is none of our business, as with simplejwt.
fn presented(request: &HttpRequest) -> Result<Option<&str>, Refusal> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let Some(first) = headers.next() else { return Ok(None) };
    let Ok(text) = first.to_str() else { return Err(Refusal::Header) };
    let mut words = text.split_ascii_whitespace();
    match words.next() {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer") => {}
        _ => return Ok(None),
    }
    match (words.next(), words.next(), headers.next()) {
        (Some(token), None, None) => Ok(Some(token)),
        _ => Err(Refusal::Header),
    }
}

/// An access token, which its signature proves and its family keeps alive.
async fn signed(app: &Data<App>, token: &str, may_be_known: bool, now: Moment) -> Result<Holder, Refusal> {
    let claims = app.tokens.read_as(Kind::Access, token, now.at).map_err(Refusal::Token)?;
    let key = format!("{} {}", claims.user_id, claims.family);
    if let Some(holder) = may_be_known.then(|| app.known.get(&key, now)).flatten() {
        return Ok(holder);
    }
    let member = member(app, claims, now.at).await?;
    let holder = Holder { actor: member.actor, by: By::SignIn { family: member.family } };
    app.known.put(key, now, holder.clone());
    Ok(holder)
}

/// Whom a signed token speaks for, asked of the database.
pub async fn member(app: &Data<App>, claims: Claims, now: UtcDateTime) -> Result<token_family::Member, Refusal> {
    let standing = app.db.read(move |c| Ok::<_, DbError>(token_family::standing(c, claims.user(), &claims.family, now)?)).await?;
    match standing {
        token_family::Standing::Holds(member) => Ok(*member),
        token_family::Standing::NoUser => Err(Refusal::NoUser),
        token_family::Standing::Inactive => Err(Refusal::Inactive),
        token_family::Standing::Ended => Err(Refusal::Token(Wrong::Ended)),
    }
}

/// A token that somebody made for a script.
async fn script(app: &Data<App>, token: &str, may_be_known: bool, now: Moment) -> Result<Holder, Refusal> {
    if !api_token_secret::is_written_right(token) {
        return Err(Refusal::Token(Wrong::Invalid));
    }
    let key = crate::keys::digest(token);
    if let Some(holder) = may_be_known.then(|| app.known.get(&key, now)).flatten() {
        return match holder.by {
            By::Script { expires_at, .. } if expires_at <= now.at => Err(Refusal::Token(Wrong::Expired)),
            _ => Ok(holder),
        };
    }
    let (data, text) = (app.clone(), token.to_string());
    let standing = app.db.read(move |c| Ok::<_, DbError>(api_token::standing(c, &data.registry, &text, now.at)?)).await?;
    let held = match standing {
        api_token::Standing::Holds(held) => *held,
        api_token::Standing::Unknown => return Err(Refusal::Token(Wrong::Invalid)),
        api_token::Standing::Expired => return Err(Refusal::Token(Wrong::Expired)),
        api_token::Standing::Inactive => return Err(Refusal::Inactive),
    };
    let api_token::ApiToken { id, scope, expires_at, last_used_at, .. } = held.token;
    if is_due(last_used_at, now.at) {
        note(app, id, now.at).await;
    }
    let holder = Holder { actor: held.actor, by: By::Script { token: id, scope, expires_at, last_used_at } };
    app.known.put(key, now, holder.clone());
    Ok(holder)
}

/// Nobody is refused because this could not be written, nor waits long for it.
async fn note(app: &web::Data<App>, id: i64, now: UtcDateTime) {
    let noted = app.db.write_aside(move |c| Ok::<_, DbError>(api_token::used(c, id, now)?));
    match tokio::time::timeout(NOTE_WITHIN, noted).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the use of a token was not written down"),
        Err(_) => tracing::debug!("the use of a token was not written down in time"),
    }
}
