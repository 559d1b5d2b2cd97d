//! Reading records. `scope` is the actor who views them; `None` reads every record and is only for the program's own
//! queries.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::conditions::conditions;
use super::keyset::{Term, stretches};
use super::order::order;
use super::query::ListQuery;
use super::search::Matching;
use crate::db::Connection;
use crate::db::sql::Sql;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::access::scope::FEW;
use crate::resource::declare::reference::Join;
use crate::resource::value::{Row, Value};

impl Resource {
    /// A page of records, without their many-to-many values.
    pub fn list(&self, c: &mut Connection, query: &ListQuery, scope: Option<&Actor>) -> QueryResult<Vec<Row>> {
        let matching = self.matching(c, query, scope)?;
        let terms = order(self.declaration(), query, &matching);
        let Some(seek) = query.seek else {
            return self.page(c, query, &matching, scope, &terms, None, (query.limit, query.offset));
        };
        let Some(stretches) = stretches(c, self.declaration().table, &terms, seek)? else { return Ok(Vec::new()) };
        let wanted = query.limit.saturating_add(query.offset);
        let mut rows = Vec::new();
        for stretch in stretches {
            let missing = wanted - rows.len() as i64;
            if missing > 0 {
                rows.extend(self.page(c, query, &matching, scope, &terms, stretch, (missing, 0))?);
            }
        }
        let mut rows: Vec<Row> = rows.into_iter().skip(query.offset as usize).collect();
        if seek.backwards {
            rows.reverse();
        }
        Ok(rows)
    }

    pub fn count(&self, c: &mut Connection, query: &ListQuery, scope: Option<&Actor>) -> QueryResult<i64> {
        let matching = self.matching(c, query, scope)?;
        let table = self.declaration().table;
        let counted = Sql::new(format!("SELECT COUNT(*) FROM {table} WHERE ")).append(conditions(self, query, &matching, scope));
        counted.returning::<BigInt>().get_result(c)
    }

    /// The number of records, counted up to `most`.
    pub fn count_up_to(&self, c: &mut Connection, query: &ListQuery, most: i64, scope: Option<&Actor>) -> QueryResult<i64> {
        let matching = self.matching(c, query, scope)?;
        let table = self.declaration().table;
        let some = Sql::new(format!("SELECT COUNT(*) FROM (SELECT {table}.id FROM {table} WHERE "))
            .append(conditions(self, query, &matching, scope))
            .text(" LIMIT ")
            .number(most)
            .text(") AS counted");
        some.returning::<BigInt>().get_result(c)
    }

    /// One record that is not in the trash, with its many-to-many values.
    pub fn find(&self, c: &mut Connection, id: i64, scope: Option<&Actor>) -> QueryResult<Option<Row>> {
        let table = self.declaration().table;
        let seen = conditions(self, &ListQuery::default(), &Matching::default(), scope);
        let statement = self.select().append(seen).text(format!(" AND {table}.id = ")).number(id);
        let mut rows = (self.load)(c, statement)?;
        self.load_many(c, &mut rows)?;
        Ok(rows.pop())
    }

    /// Loads the many-to-many values of these records.
    pub fn load_many(&self, c: &mut Connection, rows: &mut [Row]) -> QueryResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        for (name, join) in self.declaration().fields.iter().filter_map(|field| Some((field.name, field.join?))) {
            let Join { table, own, other } = join;
            let asked = Sql::new(format!("SELECT {own}, {other} FROM {table} WHERE ")).is_one_of(own, &ids);
            let pairs = asked.text(format!(" ORDER BY {other}")).returning::<(BigInt, BigInt)>().load::<(i64, i64)>(c)?;
            let mut by_row: HashMap<i64, Vec<i64>> = HashMap::new();
            for (own, other) in pairs {
                by_row.entry(own).or_default().push(other);
            }
            for row in rows.iter_mut() {
                row.values.set(name, Value::Many(by_row.remove(&row.id).unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// The labels of these records, including those in the trash.
    pub fn labels(&self, c: &mut Connection, ids: &[i64]) -> QueryResult<Vec<(i64, String)>> {
        let place = format!("{}.id", self.declaration().table);
        let rows = (self.load)(c, self.select().is_one_of(&place, ids))?;
        Ok(rows.into_iter().map(|row| (row.id, row.label)).collect())
    }

    /// The result of the search index, with the ids that the actor may view if they are few.
    fn matching(&self, c: &mut Connection, query: &ListQuery, scope: Option<&Actor>) -> QueryResult<Matching> {
        let mut matching = query.matching(c, self.declaration())?;
        if let Some(actor) = scope {
            matching.seen = self.few_visible(c, actor, FEW)?;
        }
        Ok(matching)
    }

    /// `SELECT … FROM … WHERE `, to be completed by a condition.
    fn select(&self) -> Sql {
        Sql::new("SELECT ").expression((self.columns)()).text(format!(" FROM {} WHERE ", self.declaration().table))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn page(
        &self,
        c: &mut Connection,
        query: &ListQuery,
        matching: &Matching,
        scope: Option<&Actor>,
        terms: &[Term],
        stretch: Option<Sql>,
        (limit, offset): (i64, i64),
    ) -> QueryResult<Vec<Row>> {
        let mut statement = self.select().append(conditions(self, query, matching, scope));
        if let Some(stretch) = stretch {
            statement = statement.text(" AND ").append(stretch);
        }
        let order = Sql::join(terms.iter().map(Term::sql).collect(), ", ");
        statement = statement.text(" ORDER BY ").append(order).text(" LIMIT ").number(limit);
        (self.load)(c, statement.text(" OFFSET ").number(offset))
    }
}
