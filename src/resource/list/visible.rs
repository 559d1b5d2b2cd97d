//! How a statement finds the records that an actor may view.

use diesel::QueryResult;

use super::comparison::test;
use super::keyset::Term;
use super::query::{Condition, ListQuery};
use crate::db::Connection;
use crate::db::sql::Sql;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::access::scope::Scope;
use crate::resource::access::table::AccessTable;

/// Up to this many ids are looked up one by one, which is faster than scanning a large table.
const FEW: i64 = 500;

/// How the visible records are found.
pub enum Visible {
    /// All are visible.
    All,
    /// The rows of the user are read from the access table, and their records joined.
    Joined(AccessTable, i64),
    /// Each record is tested.
    Tested(i64),
    /// The records, or those that they are seen through, are few, and these.
    Few(Vec<i64>),
}

impl Resource {
    /// How a list finds its records, and what it sorts by. The access table is read in its order if it has the order of the
    /// list; otherwise the table of the records is, and it is looked up who sees them.
    pub(super) fn listed(&self, c: &mut Connection, terms: Vec<Term>, scope: Option<&Actor>) -> QueryResult<(Visible, Vec<Term>)> {
        let Some(actor) = scope.filter(|actor| !self.sees_all(actor)) else { return Ok((Visible::All, terms)) };
        if let Some((access, sorted)) = self.access().and_then(|access| Some((access, sorted_by(&access, &terms)?))) {
            return Ok((Visible::Joined(access, actor.id), sorted));
        }
        let few = self.origin().map_or(Ok(None), |access| access.few(c, actor.id, FEW))?;
        Ok((few.map_or(Visible::Tested(actor.id), Visible::Few), terms))
    }

    /// How counting finds the records. The planner chooses whether it begins with the user's rows or with the conditions.
    pub(super) fn counted(&self, scope: Option<&Actor>) -> Visible {
        let Some(actor) = scope.filter(|actor| !self.sees_all(actor)) else { return Visible::All };
        let parent = match self.scope {
            Scope::Through(field) => self.parent(field).and_then(Self::access),
            _ => self.access(),
        };
        parent.map_or(Visible::Tested(actor.id), |access| Visible::Joined(access, actor.id))
    }

    /// How one record is found.
    pub(super) fn found(&self, scope: Option<&Actor>) -> Visible {
        scope.filter(|actor| !self.sees_all(actor)).map_or(Visible::All, |actor| Visible::Tested(actor.id))
    }

    /// The tables that a statement reads.
    pub(super) fn from(&self, visible: &Visible) -> String {
        let own = self.declaration().table;
        match visible {
            Visible::Joined(access, _) => {
                let AccessTable { table, record, .. } = access;
                format!("{table} JOIN {own} ON {} = {table}.{record}", self.seen_as())
            }
            _ => own.into(),
        }
    }

    /// The conditions that leave only visible records.
    pub(super) fn seen(&self, query: &ListQuery, visible: &Visible) -> Vec<Sql> {
        match visible {
            Visible::All => Vec::new(),
            Visible::Joined(access, user) => {
                // The same as the condition on the records, for the index of the access table.
                let trash = (self.access().is_some() && self.declaration().trash).then(|| query.in_trash(access.table));
                let same = query.conditions.iter().filter_map(|condition| self.in_access(access, condition));
                [access.of_user(*user)].into_iter().chain(trash.map(Sql::new)).chain(same).collect()
            }
            Visible::Tested(user) => vec![self.tested(&|access, id| access.includes(*user, id))],
            Visible::Few(ids) => vec![self.tested(&|_, id| Sql::default().is_one_of(id, ids))],
        }
    }

    /// The same condition on the access table, if it has the field: without it, an index of that table would be read from its end
    /// to find nothing, such as what was added today.
    fn in_access(&self, access: &AccessTable, condition: &Condition) -> Option<Sql> {
        let is_kept = access.orders.iter().any(|(field, column)| *field == condition.field && field == column);
        let field = self.declaration().field(condition.field).filter(|_| is_kept && self.access().is_some())?;
        test(&format!("{}.{}", access.table, field.name), field.column, &condition.test)
    }

    /// A condition on the id by which the access table knows a record, through as many parents as there are.
    fn tested(&self, test: &dyn Fn(AccessTable, &str) -> Sql) -> Sql {
        let parent = match self.scope {
            Scope::Through(field) => self.parent(field),
            _ => Some(self),
        };
        match parent.map(|parent| (parent, parent.access())) {
            Some((_, Some(access))) => test(access, &self.seen_as()),
            Some((parent, None)) if matches!(parent.scope, Scope::Through(_)) => {
                let table = parent.declaration().table;
                let inside = Sql::new(format!("{} IN (SELECT {table}.id FROM {table} WHERE ", self.seen_as()));
                inside.append(parent.tested(test)).text(")")
            }
            // The scope leads nowhere; the checks at startup refuse this.
            _ => Sql::new("1 = 0"),
        }
    }

    /// The column of the id by which the record is seen: its own, or that of its parent.
    fn seen_as(&self) -> String {
        let table = self.declaration().table;
        match self.scope {
            Scope::Through(field) => format!("{table}.{field}"),
            _ => format!("{table}.id"),
        }
    }

    /// The access table at the end of the scope.
    fn origin(&self) -> Option<AccessTable> {
        let mut model = self;
        while let Scope::Through(field) = model.scope {
            model = model.parent(field)?;
        }
        model.access()
    }
}

/// The same order by the columns of the access table, if one of its indexes has it.
fn sorted_by(access: &AccessTable, terms: &[Term]) -> Option<Vec<Term>> {
    let (id, rest) = terms.split_last()?;
    if rest.len() > 1 || rest.iter().any(|term| term.descends != id.descends) {
        return None;
    }
    let column = |name: &str| access.orders.iter().find(|(field, _)| *field == name).map(|(_, column)| *column);
    let of = |term: &Term, column: &str| Term { place: Sql::new(format!("{}.{column}", access.table)), nullable: false, ..term.clone() };
    let mut sorted = rest.iter().map(|term| Some(of(term, column(term.field)?))).collect::<Option<Vec<_>>>()?;
    sorted.push(of(id, access.record));
    Some(sorted)
}
