//! The behaviour of a model beyond its declaration: `impl Hooks for Patient { … }` in the model's file.

use diesel::QueryResult;

use super::candidate::Candidate;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::access::actor::Actor;
use crate::resource::form::data::Collided;
use crate::resource::value::{Row, Values};
use crate::resource::write::event::Event;
use crate::resource::write::message::Message;

/// All hooks are optional. Those that check or follow a change run in its transaction; an error rolls it back.
pub trait Hooks {
    /// The initial values of a new record.
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        Values::default()
    }

    /// Checks rules over several fields; may fill in values.
    fn validate(_c: &mut Connection, _candidate: &mut Candidate) -> QueryResult<()> {
        Ok(())
    }

    /// Fills in what follows from other values in a record that was stored before the program knew of it.
    fn complete(_values: &mut Values) {}

    /// For each of several new records: those, visible to the actor, that it probably is already.
    fn similar(_c: &mut Connection, added: &[&Values], _actor: &Actor) -> QueryResult<Vec<Vec<Row>>> {
        Ok(vec![Vec::new(); added.len()])
    }

    /// After a collision: what can be had instead. Runs after the transaction, because it may take longer than a writer should.
    fn offers(_c: &mut Connection, _collided: &Collided, _here: &Here) -> QueryResult<Offers> {
        Ok(Offers::default())
    }

    /// Returns a sentence that refuses the deletion, or `None`.
    fn before_delete(_c: &mut Connection, _row: &Row, _actor: &Actor) -> QueryResult<Option<String>> {
        Ok(None)
    }

    /// Runs after a record was added (`before` is `None`) or changed.
    fn after_save(_c: &mut Connection, _before: Option<&Row>, _after: &Row) -> QueryResult<()> {
        Ok(())
    }

    /// Returns the messages to send about a change, whatever caused it; see [`EventKind`](crate::resource::write::event::EventKind).
    fn notify(_c: &mut Connection, _event: &Event) -> QueryResult<Vec<Message>> {
        Ok(Vec::new())
    }

    /// The ids of the actor's own records for the start page, newest first and at most `most`; `None` if the model has no
    /// own records.
    fn mine(_c: &mut Connection, _actor: &Actor, _most: i64) -> QueryResult<Option<Vec<i64>>> {
        Ok(None)
    }

    /// Who may view this record and why, in a few words for its page; `None` if everybody with the permission may.
    fn visible_to(_c: &mut Connection, _row: &Row) -> QueryResult<Option<String>> {
        Ok(None)
    }

    /// Returns the values that follow from the inline rows, such as a total. Runs whenever rows were saved or deleted, if
    /// the model declares `has_totals`.
    fn after_rows(_c: &mut Connection, _row: &Row) -> QueryResult<Values> {
        Ok(Values::default())
    }
}

/// Returns the ids of an actor's records, at most as many as the last argument says.
pub type IdsFor = fn(&mut Connection, &Actor, i64) -> QueryResult<Option<Vec<i64>>>;

/// See [`Hooks::similar`].
pub type SimilarFn = fn(&mut Connection, &[&Values], &Actor) -> QueryResult<Vec<Vec<Row>>>;

/// See [`Hooks::offers`].
pub type OffersFn = fn(&mut Connection, &Collided, &Here) -> QueryResult<Offers>;

/// When and where somebody asks.
pub struct Here<'a> {
    pub now: UtcDateTime,
    pub clinic: &'a Zone,
    /// The zone of the actor.
    pub zone: &'a Zone,
}

/// What can be had instead.
#[derive(Default)]
pub struct Offers {
    /// A sentence without a full stop; blank for none.
    pub hint: String,
    pub values: Vec<Values>,
}

/// The hooks of one model as functions.
#[derive(Clone, Copy)]
pub struct HookTable {
    pub initial: fn(&Actor, UtcDateTime) -> Values,
    pub validate: fn(&mut Connection, &mut Candidate) -> QueryResult<()>,
    pub complete: fn(&mut Values),
    pub similar: SimilarFn,
    pub offers: OffersFn,
    pub before_delete: fn(&mut Connection, &Row, &Actor) -> QueryResult<Option<String>>,
    pub after_save: fn(&mut Connection, Option<&Row>, &Row) -> QueryResult<()>,
    pub notify: fn(&mut Connection, &Event) -> QueryResult<Vec<Message>>,
    pub after_rows: fn(&mut Connection, &Row) -> QueryResult<Values>,
    pub mine: IdsFor,
    pub visible_to: fn(&mut Connection, &Row) -> QueryResult<Option<String>>,
}

impl HookTable {
    pub const fn of<M: Hooks>() -> Self {
        Self {
            initial: M::initial,
            validate: M::validate,
            complete: M::complete,
            similar: M::similar,
            offers: M::offers,
            before_delete: M::before_delete,
            after_save: M::after_save,
            notify: M::notify,
            after_rows: M::after_rows,
            mine: M::mine,
            visible_to: M::visible_to,
        }
    }
}
