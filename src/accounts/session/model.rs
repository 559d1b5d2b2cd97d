//! Sessions as a resource: who is signed in, and where. Read-only; the program creates and ends them.

use diesel::prelude::*;

use crate::accounts::user::model::User;
use crate::db::UtcDateTime;
use crate::db::schema::sessions;
use crate::resource::access::actor::Action;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
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
    Session in sessions, read_only;
    name "session" at "sessions", "Session" / "Sessions";
    area "Accounts", icon "lock";
    fields {}
    automatic {
        user_id: field("User").references::<User>(OnDelete::Cascade),
        ip: field("IP address"),
        user_agent: field("Browser"),
        created_at: field("Started"),
        last_seen_at: field("Last seen"),
        expires_at: field("Expires"),
        remembered: field("Stay signed in"),
    }
    list_display [user_id, ip, created_at, last_seen_at, expires_at];
    search_through [user_id];
    list_filter [user_id, created_at, last_seen_at, expires_at];
    ordering [-last_seen_at];
    label |session| format!("Session {}", session.id);
    options { default_grants: &[("Administrator", &[Action::View])] }
}

impl Hooks for Session {}
