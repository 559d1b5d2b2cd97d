//! The plan of a bulk action: the records that it applies to, and those that it leaves out and why.

use diesel::QueryResult;

use super::action::BulkOperation;
use crate::app::App;
use crate::db::Connection;
use crate::english::plural;
use crate::resource::access::actor::Actor;
use crate::resource::value::Row;
use crate::resource::write::relations::{Dependents, tree};
use crate::resource::{Declaration, Resource};
use crate::web::list::changelist::thousands;
use crate::web::list::selection::{AT_ONCE, Selection};

/// The most records that are listed by name.
const SAMPLES: usize = 20;

/// Records with the same reason, some of them by name.
#[derive(Debug, Default)]
pub struct Batch {
    /// The reason, in a sentence.
    pub why: String,
    pub count: usize,
    /// Id and label.
    pub samples: Vec<(i64, String)>,
}

impl Batch {
    fn of<'a>(why: &str, rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut batch = Self { why: why.into(), ..Self::default() };
        rows.for_each(|row| batch.add(row));
        batch
    }

    fn add(&mut self, row: &Row) {
        self.count += 1;
        if self.samples.len() < SAMPLES {
            self.samples.push((row.id, row.label.clone()));
        }
    }

    pub fn rest(&self) -> usize {
        self.count.saturating_sub(self.samples.len())
    }

    pub fn count_text(&self) -> String {
        thousands(self.count as i64)
    }

    pub fn rest_text(&self) -> String {
        thousands(self.rest() as i64)
    }
}

/// Adds a record to those with the same reason.
pub fn sort(batches: &mut Vec<Batch>, why: String, row: &Row) {
    match batches.iter_mut().find(|batch| batch.why == why) {
        Some(batch) => batch.add(row),
        None => batches.push(Batch::of(&why, std::iter::once(row))),
    }
}

pub struct BulkPlan {
    pub rows: Vec<Row>,
    pub out: Vec<Batch>,
    /// The records that a deletion cascades to.
    pub tree: Vec<Dependents>,
    pub is_too_much: bool,
}

impl BulkPlan {
    pub fn make(
        c: &mut Connection,
        app: &App,
        actor: &Actor,
        resource: &Resource,
        operation: &BulkOperation,
        chosen: &Selection,
    ) -> QueryResult<Self> {
        let found = chosen.load(c, app, actor, resource)?;
        let refused = operation.refused(c, app, actor, resource, &found.rows)?;
        let (mut rows, mut out) = (Vec::new(), Vec::new());
        for row in found.rows {
            match refused.get(&row.id) {
                _ if chosen.is_without(row.id) => sort(&mut out, "Left out by you.".into(), &row),
                Some(why) => sort(&mut out, why.clone(), &row),
                None => rows.push(row),
            }
        }
        if found.missing > 0 {
            out.push(Batch {
                why: "They no longer exist, or you do not have access to them.".into(),
                count: found.missing,
                samples: Vec::new(),
            });
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let with_it = matches!(operation, BulkOperation::Delete) && !ids.is_empty();
        let tree = if with_it { tree(c, &app.registry, actor, resource.declaration().name, &ids)? } else { Vec::new() };
        Ok(Self { rows, out, tree, is_too_much: found.is_too_much })
    }

    /// A digest of the records and their versions, to compare two plans.
    pub fn seen(&self) -> String {
        let mut rows: Vec<(i64, i64)> = self.rows.iter().map(|row| (row.id, row.version)).collect();
        rows.sort_unstable();
        crate::crypto::keys::digest(&format!("{rows:?}"))
    }

    pub fn samples(&self) -> Batch {
        Batch::of("", self.rows.iter())
    }
}

/// `1 patient`, `1,200 patients`
pub fn counted(count: usize, own: &Declaration) -> String {
    plural(count as i64, &own.singular_lower(), &own.plural_lower())
}

/// The most records at once, as text.
pub fn most() -> String {
    thousands(AT_ONCE)
}
