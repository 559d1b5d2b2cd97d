//! What a calendar held when a program last asked. A program sends the token of a state to learn what has changed since.

use std::collections::BTreeMap;

use diesel::prelude::*;
use time::Duration;

use super::objects::Object;
use super::place::Key;
use crate::crypto::keys::digest;
use crate::db::connection::exclusive;
use crate::db::schema::caldav_states;
use crate::db::{Connection, UtcDateTime};

/// How many states of a calendar are kept for a user, and how long.
const MOST: i64 = 8;
const KEPT: Duration = Duration::days(30);
/// Tokens are addresses, by the standard.
const START: &str = "urn:praxis:sync:";

/// The names of the objects with their tags.
#[derive(Clone, Debug)]
pub struct State {
    pub token: String,
    objects: String,
}

/// What has happened since a state: the names of objects that are new or changed, and of those that are gone.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub changed: Vec<String>,
    pub removed: Vec<String>,
}

impl State {
    pub fn of(objects: &[Object]) -> Self {
        let lines: BTreeMap<&str, &str> = objects.iter().map(|object| (object.name.as_str(), object.etag.as_str())).collect();
        let objects: String = lines.iter().map(|(name, etag)| format!("{etag} {name}\n")).collect();
        Self { token: digest(&objects), objects }
    }

    /// As programs see it.
    pub fn uri(&self) -> String {
        format!("{START}{}", self.token)
    }

    fn tags(objects: &str) -> BTreeMap<&str, &str> {
        objects.lines().filter_map(|line| line.split_once(' ')).map(|(etag, name)| (name, etag)).collect()
    }

    fn since(&self, before: &str) -> Changes {
        let (now, before) = (Self::tags(&self.objects), Self::tags(before));
        let changed = now.iter().filter(|(name, etag)| before.get(*name) != Some(*etag)).map(|(name, _)| (*name).to_string());
        let removed = before.keys().filter(|name| !now.contains_key(*name)).map(|name| (*name).to_string());
        Changes { changed: changed.collect(), removed: removed.collect() }
    }
}

/// What has changed since the state with this token. `None` if that is no longer known.
pub fn changes(c: &mut Connection, user_id: i64, key: Key, uri: &str, now: &State) -> QueryResult<Option<Changes>> {
    let Some(token) = uri.strip_prefix(START) else { return Ok(None) };
    if token == now.token {
        return Ok(Some(Changes::default()));
    }
    Ok(find(c, user_id, key, token)?.map(|objects| now.since(&objects)))
}

pub fn is_kept(c: &mut Connection, user_id: i64, key: Key, state: &State) -> QueryResult<bool> {
    Ok(find(c, user_id, key, &state.token)?.is_some())
}

/// Keeps the state, and removes the oldest. Two programs of a user may ask at the same moment.
pub fn keep(c: &mut Connection, user_id: i64, key: Key, state: &State, now: UtcDateTime) -> QueryResult<()> {
    use caldav_states as own;
    exclusive(c, "caldav_states", user_id)?;
    if is_kept(c, user_id, key, state)? {
        return Ok(());
    }
    let calendar = key.text();
    let row = (
        own::user_id.eq(user_id),
        own::calendar.eq(&calendar),
        own::token.eq(&state.token),
        own::objects.eq(&state.objects),
        own::created_at.eq(now),
        own::updated_at.eq(now),
    );
    diesel::insert_into(own::table).values(row).execute(c)?;
    let all = own::table.filter(own::user_id.eq(user_id)).filter(own::calendar.eq(&calendar));
    let old: Vec<i64> = all.order(own::id.desc()).offset(MOST).limit(100).select(own::id).load(c)?;
    diesel::delete(own::table.filter(own::id.eq_any(old))).execute(c).map(|_| ())
}

fn find(c: &mut Connection, user_id: i64, key: Key, token: &str) -> QueryResult<Option<String>> {
    use caldav_states as own;
    let of_user = own::table.filter(own::user_id.eq(user_id)).filter(own::calendar.eq(key.text()));
    of_user.filter(own::token.eq(token)).select(own::objects).first(c).optional()
}

/// Removes states that no program asks about any more.
pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(caldav_states::table.filter(caldav_states::created_at.lt(now.plus(-KEPT)))).execute(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_says_what_has_changed_since_another() {
        let now = State { token: String::new(), objects: "2 a\n1 b\n1 d\n".into() };
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(now.since("1 a\n1 b\n1 c\n"), Changes { changed: names(&["a", "d"]), removed: names(&["c"]) });
        assert_eq!(now.since(&now.objects), Changes::default());
    }
}
