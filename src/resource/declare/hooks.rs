//! What a model does beyond its declaration. Written beside the model: `impl Hooks for Patient { … }`.

use diesel::QueryResult;

use super::candidate::Candidate;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Actor;
use crate::resource::access::scope::IdsFor;
use crate::resource::value::{Row, Values};

/// Each hook may be left out. All but `initial` run in the transaction that writes; an error undoes the whole.
pub trait Hooks {
    /// The values that a new record starts with.
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        Values::default()
    }

    /// Checks rules over several fields; may fill in values.
    fn validate(_c: &mut Connection, _candidate: &mut Candidate) -> QueryResult<()> {
        Ok(())
    }

    /// Returns a sentence that refuses the deletion, or `None`.
    fn before_delete(_c: &mut Connection, _row: &Row, _actor: &Actor) -> QueryResult<Option<String>> {
        Ok(None)
    }

    /// Follows from a record that was added (`before` is `None`) or changed.
    fn after_save(_c: &mut Connection, _before: Option<&Row>, _after: &Row) -> QueryResult<()> {
        Ok(())
    }

    /// The ids of this person's own records, the newest first and at most so many; `None` for a model that knows no own ones.
    /// For the start page.
    fn mine(_c: &mut Connection, _actor: &Actor, _most: i64) -> QueryResult<Option<Vec<i64>>> {
        Ok(None)
    }

    /// Returns the values that follow from the rows of the inlines, such as a total. Runs after rows were saved or deleted,
    /// wherever, if the model declares `has_totals`.
    fn after_rows(_c: &mut Connection, _row: &Row) -> QueryResult<Values> {
        Ok(Values::default())
    }
}

/// The hooks of one model as functions.
#[derive(Clone, Copy)]
pub struct HookTable {
    pub initial: fn(&Actor, UtcDateTime) -> Values,
    pub validate: fn(&mut Connection, &mut Candidate) -> QueryResult<()>,
    pub before_delete: fn(&mut Connection, &Row, &Actor) -> QueryResult<Option<String>>,
    pub after_save: fn(&mut Connection, Option<&Row>, &Row) -> QueryResult<()>,
    pub after_rows: fn(&mut Connection, &Row) -> QueryResult<Values>,
    pub mine: IdsFor,
}

impl HookTable {
    pub const fn of<M: Hooks>() -> Self {
        Self {
            initial: M::initial,
            validate: M::validate,
            before_delete: M::before_delete,
            after_save: M::after_save,
            after_rows: M::after_rows,
            mine: M::mine,
        }
    }
}
