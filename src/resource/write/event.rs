//! What happened to a record, for those who have to know: the model's own messages, and the followers of the registry. They hear of it
//! in the transaction of the change, whatever caused it: a form, the API, a bulk action, an import.

use diesel::QueryResult;

use super::writer::Writer;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::declare::declaration::Declaration;
use crate::resource::value::{Row, Value};

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Added,
    Changed,
    Trashed,
    Restored,
    /// Permanently, from the trash or without one.
    Deleted,
}

impl EventKind {
    /// The word for programs: `added`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Trashed => "trashed",
            Self::Restored => "restored",
            Self::Deleted => "deleted",
        }
    }
}

/// One change of one record.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    pub declaration: &'a Declaration,
    pub kind: EventKind,
    /// `None` if the record was added.
    pub before: Option<&'a Row>,
    /// `None` if the record was deleted.
    pub after: Option<&'a Row>,
    pub actor: &'a Actor,
    pub at: UtcDateTime,
    /// The clinic's.
    pub zone: &'a Zone,
    /// Whether text messages can be sent.
    pub has_texts: bool,
}

impl Event<'_> {
    /// The name of the resource: `patient`.
    pub fn resource(&self) -> &'static str {
        self.declaration.name
    }

    /// The id of the record.
    pub fn id(&self) -> i64 {
        self.after.or(self.before).map_or(0, |row| row.id)
    }

    /// Whether the value of a field is another than before.
    pub fn has_changed(&self, field: &str) -> bool {
        let [before, after] = [self.before, self.after].map(|row| row.map_or(&Value::Null, |row| row.values.at(field)));
        before != after
    }
}

/// Called for every event of a model that `publishes`.
pub type Follower = fn(&mut Connection, &Event) -> QueryResult<()>;

impl Writer<'_> {
    /// Tells the model and the followers what happened.
    pub(crate) fn publish(
        &self,
        c: &mut Connection,
        resource: &Resource,
        kind: EventKind,
        before: Option<&Row>,
        after: Option<&Row>,
    ) -> QueryResult<()> {
        let (declaration, has_texts) = (resource.declaration(), self.registry.has_texts);
        let event = Event { declaration, kind, before, after, actor: self.actor, at: self.now, zone: self.zone, has_texts };
        for message in resource.notify(c, &event)?.iter().filter(|message| message.kind != self.left_out.get()) {
            self.registry.deliver(c, message, self.now)?;
        }
        if event.declaration.publishes {
            self.registry.followers().iter().try_for_each(|follower| follower(c, &event))?;
        }
        Ok(())
    }
}
