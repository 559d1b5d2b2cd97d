//! Saved views: the state of a list under a name, for oneself or for a group.

use diesel::prelude::*;

use crate::db::schema::{groups, saved_views, user_groups};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Actor;

#[derive(Clone, Debug, Queryable)]
pub struct SavedView {
    pub id: i64,
    pub user_id: i64,
    pub group_id: Option<i64>,
    pub resource: String,
    pub name: String,
    /// The query string of the list's address.
    pub query: String,
    /// Shown first to its owner.
    pub is_default: bool,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

/// The columns that the owner can set.
#[derive(Clone, Debug, Insertable, AsChangeset)]
#[diesel(table_name = saved_views, treat_none_as_null = true)]
pub struct SavedViewChanges {
    pub group_id: Option<i64>,
    pub name: String,
    pub query: String,
    pub is_default: bool,
}

impl SavedView {
    /// The user's own views and those of their groups, by name.
    pub fn list_for(c: &mut Connection, actor: &Actor, resource: &str) -> QueryResult<Vec<SavedView>> {
        let theirs = user_groups::table.filter(user_groups::user_id.eq(actor.id)).select(user_groups::group_id.nullable());
        saved_views::table
            .filter(saved_views::resource.eq(resource))
            .filter(saved_views::user_id.eq(actor.id).nullable().or(saved_views::group_id.eq_any(theirs)))
            .order((saved_views::name, saved_views::id))
            .limit(30)
            .load(c)
    }

    /// A view that the user may change.
    pub fn find_own(c: &mut Connection, actor: &Actor, resource: &str, id: i64) -> QueryResult<Option<SavedView>> {
        let own = saved_views::table.filter(saved_views::user_id.eq(actor.id)).filter(saved_views::resource.eq(resource));
        own.filter(saved_views::id.eq(id)).first(c).optional()
    }

    /// The groups that the user can share with: their own, or any for a superuser.
    pub fn groups_of(c: &mut Connection, actor: &Actor) -> QueryResult<Vec<(i64, String)>> {
        if actor.is_superuser {
            return groups::table.order(groups::name).select((groups::id, groups::name)).load(c);
        }
        let theirs = user_groups::table.filter(user_groups::user_id.eq(actor.id)).select(user_groups::group_id);
        groups::table.filter(groups::id.eq_any(theirs)).order(groups::name).select((groups::id, groups::name)).load(c)
    }

    pub fn create(c: &mut Connection, actor: &Actor, resource: &str, changes: &SavedViewChanges, now: UtcDateTime) -> QueryResult<i64> {
        Self::make_room(c, actor, resource, changes)?;
        diesel::insert_into(saved_views::table)
            .values((
                changes,
                saved_views::user_id.eq(actor.id),
                saved_views::resource.eq(resource),
                saved_views::created_at.eq(now),
                saved_views::updated_at.eq(now),
            ))
            .returning(saved_views::id)
            .get_result(c)
    }

    pub fn update(&self, c: &mut Connection, actor: &Actor, changes: &SavedViewChanges, now: UtcDateTime) -> QueryResult<usize> {
        Self::make_room(c, actor, &self.resource, changes)?;
        diesel::update(saved_views::table.filter(saved_views::id.eq(self.id))).set((changes, saved_views::updated_at.eq(now))).execute(c)
    }

    pub fn delete(&self, c: &mut Connection) -> QueryResult<usize> {
        diesel::delete(saved_views::table.filter(saved_views::id.eq(self.id))).execute(c)
    }

    /// Unsets the other default, because only one view is shown first.
    fn make_room(c: &mut Connection, actor: &Actor, resource: &str, changes: &SavedViewChanges) -> QueryResult<()> {
        if changes.is_default {
            let others = saved_views::table.filter(saved_views::user_id.eq(actor.id)).filter(saved_views::resource.eq(resource));
            diesel::update(others).set(saved_views::is_default.eq(false)).execute(c)?;
        }
        Ok(())
    }
}
