//! Sessions as a resource: who is signed in, and where. Read-only; the program creates and ends them.

use diesel::prelude::*;

use crate::db::UtcDateTime;
use crate::db::schema::{sessions, users};
use crate::resource::access::actor::Action;
use crate::resource::declare::field::OnDelete;
use crate::resource::field;

#[derive(Clone, Debug, Queryable)]
pub struct Session {
    pub id: i64,
    pub key_hash: String,
    pub user_id: Option<i64>,
    pub state: String,
    pub ip: String,
    pub user_agent: String,
    pub last_seen_at: UtcDateTime,
    pub expires_at: UtcDateTime,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    /// Lasts for days, without an idle limit.
    pub remembered: bool,
}

crate::resource! {
    Session in sessions;
    name "session" at "sessions", "Session" / "Sessions";
    area "Accounts", icon "lock";
    fields {}
    automatic {
        user_id: field("User").references("user", OnDelete::Cascade),
        ip: field("IP address"),
        user_agent: field("Browser"),
        created_at: field("Started"),
        last_seen_at: field("Last seen"),
        expires_at: field("Expires"),
        remembered: field("Stay signed in"),
    }
    list [user_id, ip, created_at, last_seen_at, expires_at];
    search_through { user_id by users }
    filter [user_id, created_at, last_seen_at, expires_at];
    order [last_seen_at true];
    through { user_id by users.search_text }
    label |session| format!("Session {}", session.id);
    about { read_only: true, granted: &[("Administrator", &[Action::View])] }
}
