//! The state of a session: entries by name, each of them JSON.

use std::collections::HashMap;

/// The entry with the user, loaded with the session and never stored.
pub const ACTOR: &str = "actor";

/// The id of the session's row, loaded with it and never stored. A session in a cookie has none.
pub const ROW: &str = "row";

/// When it began and when it ends, loaded with it and never stored.
pub const STANDING: &str = "standing";

/// A view as another user that has ended, loaded with it and never stored.
pub const LAPSED: &str = "lapsed";

pub const LOADED: [&str; 4] = [ACTOR, ROW, STANDING, LAPSED];

/// Entries that are stored in columns.
pub const IP: &str = "ip";

pub const USER_AGENT: &str = "user_agent";

/// A digest of the password hash that the session was opened with. The session ends when the password changes.
pub const CREDENTIAL: &str = "credential";

/// Lasts for days, without an idle limit.
pub const REMEMBERED: &str = "remembered";

/// The entry in which actix-identity stores the id.
pub const IDENTITY: &str = "actix_identity.user_id";

pub type State = HashMap<String, String>;

/// An entry of a state is JSON.
pub fn entry<T: serde::de::DeserializeOwned>(state: &State, name: &str) -> Option<T> {
    state.get(name).and_then(|json| serde_json::from_str(json).ok())
}

pub fn put(state: &mut State, name: &str, value: &impl serde::Serialize) {
    if let Ok(json) = serde_json::to_string(value) {
        state.insert(name.into(), json);
    }
}

/// The user of a session, if anybody is signed in.
pub fn user_in(state: &State) -> Option<i64> {
    entry::<String>(state, IDENTITY)?.parse().ok()
}
