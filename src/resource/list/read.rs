//! Reading records. `scope` is the actor who views them; `None` reads every record and is only for the program's own
//! queries.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::conditions::conditions;
use super::keyset::{Term, stretches};
use super::order::order;
use super::query::{ListQuery, Test};
use super::search::matching::Matching;
use super::visible::Visible;
use crate::db::Connection;
use crate::db::sql::Sql;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::declare::reference::Join;
use crate::resource::value::{Row, Value};

impl Resource {
    /// A page of records, without their many-to-many values.
    pub fn list(&self, c: &mut Connection, query: &ListQuery, scope: Option<&Actor>) -> QueryResult<Vec<Row>> {
        let matching = query.matching(c, self.declaration())?;
        if matching.is_empty() {
            return Ok(Vec::new());
        }
        let (visible, terms) = self.listed(c, order(self.declaration(), query, &matching), scope)?;
        let reading = Reading { resource: self, query, matching, visible, terms: &terms };
        let Some(seek) = query.seek else { return reading.page(c, None, query.limit, query.offset) };
        let Some(stretches) = stretches(c, self.declaration().table, &terms, seek)? else { return Ok(Vec::new()) };
        let wanted = query.limit.saturating_add(query.offset);
        let mut rows = Vec::new();
        for stretch in stretches {
            let missing = wanted - rows.len() as i64;
            if missing > 0 {
                rows.extend(reading.page(c, stretch, missing, 0)?);
            }
        }
        let mut rows: Vec<Row> = rows.into_iter().skip(query.offset as usize).collect();
        if seek.backwards {
            rows.reverse();
        }
        Ok(rows)
    }

    pub fn count(&self, c: &mut Connection, query: &ListQuery, scope: Option<&Actor>) -> QueryResult<i64> {
        let counted = Sql::new("SELECT COUNT(*) FROM ").append(self.matches(c, query, scope)?);
        counted.returning::<BigInt>().get_result(c)
    }

    /// The number of records, counted up to `most`.
    pub fn count_up_to(&self, c: &mut Connection, query: &ListQuery, most: i64, scope: Option<&Actor>) -> QueryResult<i64> {
        if query.matching.as_ref().is_some_and(Matching::is_empty) {
            return Ok(0);
        }
        Sql::new("SELECT ").append(self.counted_up_to(c, query, most, scope)?).returning::<BigInt>().get_result(c)
    }

    /// The same as an expression, to be selected beside others.
    pub(super) fn counted_up_to(&self, c: &mut Connection, query: &ListQuery, most: i64, scope: Option<&Actor>) -> QueryResult<Sql> {
        let some = Sql::new("(SELECT COUNT(*) FROM (SELECT 1 FROM ").append(self.matches(c, query, scope)?);
        Ok(some.text(" LIMIT ").number(most).text(") AS counted)"))
    }

    /// `id FROM … WHERE …`: which of these ids somebody sees, to be selected beside those of other models.
    pub fn seen_of(&self, c: &mut Connection, ids: Vec<Value>, actor: &Actor) -> QueryResult<Sql> {
        let query = ListQuery::only("id", Test::In(ids), 0);
        Ok(Sql::new(format!("{}.id FROM ", self.declaration().table)).append(self.matches(c, &query, Some(actor))?))
    }

    /// One record that is not in the trash, with its many-to-many values.
    pub fn find(&self, c: &mut Connection, id: i64, scope: Option<&Actor>) -> QueryResult<Option<Row>> {
        let table = self.declaration().table;
        let visible = self.found(scope);
        let seen = conditions(self, &ListQuery::default(), &Matching::default(), &visible);
        let statement = self.select(&visible).append(seen).text(format!(" AND {table}.id = ")).number(id);
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
        let rows = (self.load)(c, self.select(&Visible::All).is_one_of(&place, ids))?;
        Ok(rows.into_iter().map(|row| (row.id, row.label)).collect())
    }

    /// The records after this id, in the order of their ids, including those in the trash.
    pub fn after(&self, c: &mut Connection, id: i64, most: i64) -> QueryResult<Vec<Row>> {
        let statement = self.select(&Visible::All).text(format!("{}.id > ", self.declaration().table)).number(id);
        (self.load)(c, statement.text(" ORDER BY id LIMIT ").number(most))
    }

    /// `table WHERE …` for counting. If nothing else is asked, the access table alone says how much somebody sees.
    fn matches(&self, c: &mut Connection, query: &ListQuery, scope: Option<&Actor>) -> QueryResult<Sql> {
        let visible = self.counted(scope);
        if let (Visible::Joined(access, _), Some(_)) = (&visible, self.access())
            && query.terms.is_empty()
            && query.conditions.is_empty()
        {
            return Ok(Sql::new(format!("{} WHERE ", access.table)).append(Sql::join(self.seen(query, &visible), " AND ")));
        }
        let matching = query.matching(c, self.declaration())?;
        Ok(Sql::new(format!("{} WHERE ", self.from(&visible))).append(conditions(self, query, &matching, &visible)))
    }

    /// `SELECT … FROM … WHERE `, to be completed by a condition.
    fn select(&self, visible: &Visible) -> Sql {
        Sql::new(format!("SELECT {} FROM {} WHERE ", (self.columns)(), self.from(visible)))
    }
}

/// The parts of the statement that reads a page.
struct Reading<'a> {
    resource: &'a Resource,
    query: &'a ListQuery,
    matching: Matching,
    visible: Visible,
    terms: &'a [Term],
}

impl Reading<'_> {
    fn page(&self, c: &mut Connection, stretch: Option<Sql>, limit: i64, offset: i64) -> QueryResult<Vec<Row>> {
        let Self { resource, query, matching, visible, terms } = self;
        let order = || Sql::new(" ORDER BY ").append(Sql::join(terms.iter().map(Term::sql).collect(), ", "));
        let page = |from: Sql| {
            let from = stretch.into_iter().fold(from, |from, stretch| from.text(" AND ").append(stretch));
            from.append(order()).text(" LIMIT ").number(limit).text(" OFFSET ").number(offset)
        };
        let statement = match visible {
            Visible::Joined(access, _) if query.terms.is_empty() && query.conditions.is_empty() => {
                // The page is known before a record is read, however far it is from the beginning.
                let rows =
                    Sql::new(format!("SELECT * FROM {} WHERE ", access.table)).append(Sql::join(resource.seen(query, visible), " AND "));
                let statement = Sql::new(format!("SELECT {} FROM (", (resource.columns)())).append(page(rows));
                statement.text(format!(") AS {}", resource.from(visible))).append(order())
            }
            _ => page(resource.select(visible).append(conditions(resource, query, matching, visible))),
        };
        (resource.load)(c, statement)
    }
}
