//! A declared model: the trait that the [`resource!`](crate::resource!) macro implements, and the [`Resource`] that everything
//! else works with, without knowing the Rust type.

use std::sync::atomic::AtomicBool;

use diesel::QueryResult;

use super::access::actor::Actor;
use super::access::scope::Scope;
use super::declare::candidate::Candidate;
use super::declare::declaration::Declaration;
use super::declare::hooks::{HookTable, Hooks, OffersFn};
use super::value::{Row, Values};
use super::write::event::Event;
use super::write::message::Message;
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime};

/// Implemented by `resource!`. Everything in it is compiled for each model; all other code is shared.
pub trait Model: Hooks + 'static {
    /// The name in permissions and the log: `patient`.
    const NAME: &'static str;
    const TABLE: &'static str;
    /// Whether the table has a column `search_text`.
    const IS_SEARCHED: bool;
    const SCOPE: Scope;
    /// The names of the fields, so that a misspelt name is a compile error: `Patient::FIELDS.name`.
    type Fields;
    const FIELDS: Self::Fields;

    fn declaration() -> Declaration;
    /// The columns of the table, in the order of the struct.
    fn columns() -> &'static str;
    /// Reads rows: `statement` selects the columns.
    fn load(c: &mut Connection, statement: Sql) -> QueryResult<Vec<Row>>;
    /// The model with its own declaration.
    fn resource() -> &'static Resource;
}

/// A model as data: its declaration and the few functions that know its type.
pub struct Resource {
    declaration: Declaration,
    pub(super) scope: Scope,
    pub(super) columns: fn() -> &'static str,
    pub(super) load: fn(&mut Connection, Sql) -> QueryResult<Vec<Row>>,
    hooks: HookTable,
    /// Whether the last select that could have offered its records had too many of them.
    pub(super) is_long: AtomicBool,
}

impl Resource {
    pub fn of<M: Model>() -> Self {
        Self::declared_as::<M>(M::declaration())
    }

    /// The model with another declaration.
    pub fn declared_as<M: Model>(declaration: Declaration) -> Self {
        let (scope, columns, load, hooks) = (M::SCOPE, M::columns, M::load, HookTable::of::<M>());
        Self { declaration, scope, columns, load, hooks, is_long: AtomicBool::new(false) }
    }

    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// The initial values of a new record.
    pub fn initial(&self, actor: &Actor, now: UtcDateTime) -> Values {
        (self.hooks.initial)(actor, now)
    }

    /// Fills in what follows from the other values.
    pub(super) fn complete(&self, values: &mut Values) {
        (self.hooks.complete)(values);
    }

    /// For each of several new records: those that it probably is already. With few statements for all of them.
    pub fn similar(&self, c: &mut Connection, added: &[&Values], actor: &Actor) -> QueryResult<Vec<Vec<Row>>> {
        (self.hooks.similar)(c, added, actor)
    }

    /// Finds what can be had instead of what collided.
    pub fn offers(&self) -> OffersFn {
        self.hooks.offers
    }

    pub(super) fn validate(&self, c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        (self.hooks.validate)(c, candidate)
    }

    /// Returns a sentence that refuses the deletion, or `None`.
    pub fn before_delete(&self, c: &mut Connection, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        (self.hooks.before_delete)(c, row, actor)
    }

    pub(crate) fn after_save(&self, c: &mut Connection, before: Option<&Row>, after: &Row) -> QueryResult<()> {
        (self.hooks.after_save)(c, before, after)
    }

    /// The messages to send about a change; see [`Hooks::notify`].
    pub(super) fn notify(&self, c: &mut Connection, event: &Event) -> QueryResult<Vec<Message>> {
        (self.hooks.notify)(c, event)
    }

    /// Who may view a record; see [`Hooks::visible_to`].
    pub fn visible_to(&self, c: &mut Connection, row: &Row) -> QueryResult<Option<String>> {
        (self.hooks.visible_to)(c, row)
    }

    /// The ids of the actor's own records, newest first; see [`Hooks::mine`].
    pub fn mine(&self, c: &mut Connection, actor: &Actor, most: i64) -> QueryResult<Option<Vec<i64>>> {
        (self.hooks.mine)(c, actor, most)
    }

    pub(super) fn after_rows(&self, c: &mut Connection, row: &Row) -> QueryResult<Values> {
        (self.hooks.after_rows)(c, row)
    }
}
