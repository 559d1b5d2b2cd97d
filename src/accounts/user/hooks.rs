//! The rules of users beyond their declaration.

use diesel::prelude::*;

use super::model::User;
use super::rules::{check_taken, check_time_zone, check_username, complete_locale};
use crate::accounts::code::purpose::Purpose;
use crate::db::connection::exclusive;
use crate::db::locale::Locale;
use crate::db::schema::users;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Actor;
use crate::resource::access::permissions::outranks;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::{Model, Row, Value, Values};

impl Hooks for User {
    fn initial(_actor: &Actor, now: UtcDateTime) -> Values {
        let blank = Value::Text(String::new());
        [
            ("first_name", blank.clone()),
            ("last_name", blank.clone()),
            ("phone", blank),
            ("time_zone", Value::Text(String::new())),
            ("locale", Value::Text(Locale::default().as_str().into())),
            ("is_active", Value::Bool(true)),
            ("is_staff", Value::Bool(false)),
            ("is_superuser", Value::Bool(false)),
            ("date_joined", Value::DateTime(now)),
        ]
        .into_iter()
        .collect()
    }

    /// Users can only grant what they have: only superusers may make or change a superuser, and only users who have a
    /// permission may grant it. The last active superuser cannot be demoted or deactivated.
    fn validate(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        check_username(candidate);
        check_time_zone(candidate);
        complete_locale(candidate);
        check_taken(c, candidate)?;
        let before = candidate.before;
        let was = |name: &str| before.map_or(&Value::Null, |row| row.values.at(name)).clone();
        let yes = Value::Bool(true);
        let was_superuser = was("is_superuser") == yes;
        if !candidate.actor.is_superuser {
            if was_superuser {
                candidate.errors.add("", "Only a superuser can change a superuser");
            } else if !outranks(c, candidate.actor, candidate.id.unwrap_or(0))? {
                candidate.errors.add("", "You cannot change this account, because it has permissions that you do not have");
            }
            for (name, text) in [
                ("is_superuser", "Only a superuser can make another user a superuser"),
                ("is_staff", "Only a superuser can give access to the administration area"),
            ] {
                if candidate.values.at(name) == &yes && was(name) != yes {
                    candidate.errors.add(name, text);
                }
            }
            crate::accounts::user::group::check_granted(c, candidate, "permissions")?;
            crate::accounts::user::group::check_memberships(c, candidate)?;
        }
        let stays = candidate.values.at(User::FIELDS.is_superuser) == &yes && candidate.values.at(User::FIELDS.is_active) == &yes;
        if was_superuser && was("is_active") == yes && !stays && is_last_superuser(c, candidate.id)? {
            candidate.errors.add("is_superuser", "This is the last active superuser. Add another one first");
        }
        Ok(())
    }

    fn before_delete(c: &mut Connection, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        let is_superuser = row.values.at(User::FIELDS.is_superuser) == &Value::Bool(true);
        Ok(match () {
            () if row.id == actor.id => Some("You cannot delete your own account.".into()),
            () if is_superuser && !actor.is_superuser => Some("Only a superuser can delete a superuser.".into()),
            () if !outranks(c, actor, row.id)? => {
                Some("You cannot delete this account, because it has permissions that you do not have.".into())
            }
            () if is_superuser && row.values.at(User::FIELDS.is_active) == &Value::Bool(true) && is_last_superuser(c, Some(row.id))? => {
                Some("This is the last active superuser. Add another one first.".into())
            }
            () => None,
        })
    }

    /// Deactivating a user ends their sessions, so that none is valid again after reactivation. Deactivation and a new email
    /// address withdraw invitations and codes. A new address must be confirmed again, and access tokens are revoked.
    fn after_save(c: &mut Connection, before: Option<&Row>, after: &Row) -> QueryResult<()> {
        let is_out = after.values.at(User::FIELDS.is_active) == &Value::Bool(false);
        if is_out {
            crate::accounts::revoke::end_all(c, after.id)?;
        }
        let moved = before.is_some_and(|before| before.values.at(User::FIELDS.email) != after.values.at(User::FIELDS.email));
        if is_out || moved {
            crate::accounts::revoke::withdraw(c, after.id)?;
            crate::accounts::code::one_time::void(c, after.id, &Purpose::ALL)?;
        }
        if moved {
            crate::accounts::user::confirmed::unconfirm(c, after.id)?;
            crate::accounts::revoke::end_programs(c, after.id)?;
        }
        Ok(())
    }
}

/// Serialised, so that two superusers cannot demote each other at the same time.
fn is_last_superuser(c: &mut Connection, id: Option<i64>) -> QueryResult<bool> {
    exclusive(c, "superusers", 0)?;
    let others = users::table
        .filter(users::is_superuser.eq(true))
        .filter(users::is_active.eq(true))
        .filter(users::id.ne(id.unwrap_or(0)))
        .count()
        .get_result::<i64>(c)?;
    Ok(others == 0)
}
