//! The statements that change one record. [`Writer`](super::writer::Writer) does the checks, the history and the trash.

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime};
use crate::resource::Resource;
use crate::resource::declare::field::Field;
use crate::resource::declare::reference::Join;
use crate::resource::value::{Kind, Value, Values, misfit};

impl Resource {
    /// Returns the id of the new record.
    pub(crate) fn insert(&self, c: &mut Connection, values: &Values, search_text: &str, now: UtcDateTime) -> QueryResult<i64> {
        let mut columns = self.columns_of(values, search_text, now)?;
        columns.push(("created_at", Bind::Timestamp(Some(now))));
        let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let binds = columns.into_iter().map(|(_, value)| Sql::default().bind(value)).collect();
        let statement = Sql::new(format!("INSERT INTO {} ({}) VALUES (", self.declaration().table, names.join(", ")));
        let id = statement.append(Sql::join(binds, ", ")).text(") RETURNING id").returning::<BigInt>().get_result(c)?;
        self.store_many(c, id, values, now)?;
        Ok(id)
    }

    /// Returns the number of changed rows: 1, or 0 if the record does not exist.
    pub(crate) fn update(&self, c: &mut Connection, id: i64, values: &Values, search_text: &str, now: UtcDateTime) -> QueryResult<usize> {
        let columns = self.columns_of(values, search_text, now)?;
        let sets = columns.into_iter().map(|(name, value)| Sql::new(format!("\"{name}\" = ")).bind(value)).collect();
        let statement = Sql::new(format!("UPDATE {} SET version = version + 1, ", self.declaration().table));
        let changed = statement.append(Sql::join(sets, ", ")).text(" WHERE id = ").number(id).execute(c)?;
        self.store_many(c, id, values, now)?;
        Ok(changed)
    }

    /// Moves a record to the trash, or out of it with `None`; returns its new version.
    pub(crate) fn set_deleted_at(&self, c: &mut Connection, id: i64, at: Option<UtcDateTime>) -> QueryResult<i64> {
        let statement = Sql::new(format!("UPDATE {} SET version = version + 1, deleted_at = ", self.declaration().table));
        let statement = statement.bind(Bind::Timestamp(at)).text(" WHERE id = ").number(id).text(" RETURNING version");
        statement.load_ids(c)?.pop().ok_or(diesel::result::Error::NotFound)
    }

    /// The ids of records that were moved to the trash before this time, oldest first.
    pub(crate) fn trashed_before(&self, c: &mut Connection, at: UtcDateTime, most: i64) -> QueryResult<Vec<i64>> {
        if !self.declaration().trash {
            return Ok(Vec::new());
        }
        let statement = Sql::new(format!("SELECT id FROM {} WHERE deleted_at < ", self.declaration().table));
        statement.bind(Bind::Timestamp(Some(at))).text(" ORDER BY deleted_at LIMIT ").number(most).load_ids(c)
    }

    pub(crate) fn delete(&self, c: &mut Connection, id: i64) -> QueryResult<usize> {
        Sql::new(format!("DELETE FROM {} WHERE id = ", self.declaration().table)).number(id).execute(c)
    }

    /// The columns that every change writes, with their values.
    fn columns_of(&self, values: &Values, search_text: &str, now: UtcDateTime) -> QueryResult<Vec<(&'static str, Bind)>> {
        let declaration = self.declaration();
        if declaration.read_only {
            return Err(diesel::result::Error::QueryBuilderError("this resource is read-only".into()));
        }
        let mut columns = Vec::new();
        for field in declaration.fields.iter().filter(|field| field.is_stored()) {
            columns.push((field.name, bind(field, values.at(field.name))?));
        }
        if !declaration.search_fields.is_empty() {
            columns.push(("search_text", Bind::Text(Some(search_text.into()))));
        }
        columns.push(("updated_at", Bind::Timestamp(Some(now))));
        Ok(columns)
    }

    /// Replaces the rows of the join tables with the chosen ids.
    fn store_many(&self, c: &mut Connection, id: i64, values: &Values, now: UtcDateTime) -> QueryResult<()> {
        for field in &self.declaration().fields {
            let (Some(Join { table, own, other }), Some(Value::Many(chosen))) = (field.join, values.get(field.name)) else { continue };
            let known = Sql::new(format!("SELECT {other} FROM {table} WHERE {own} = ")).number(id).load_ids(c)?;
            let removed: Vec<i64> = known.iter().copied().filter(|other| !chosen.contains(other)).collect();
            if !removed.is_empty() {
                let statement = Sql::new(format!("DELETE FROM {table} WHERE {own} = ")).number(id);
                statement.text(" AND ").is_one_of(other, &removed).execute(c)?;
            }
            for added in chosen.iter().filter(|other| !known.contains(other)) {
                let at = || Bind::Timestamp(Some(now));
                let statement = Sql::new(format!("INSERT INTO {table} ({own}, {other}, created_at, updated_at) VALUES ("));
                let row = statement.number(id).text(", ").number(*added).text(", ").bind(at()).text(", ").bind(at());
                row.text(")").execute(c)?;
            }
        }
        Ok(())
    }
}

/// Whoever adds a record need not name each text and each box: blank texts are stored as such, and boxes are not ticked.
fn bind(field: &Field, value: &Value) -> QueryResult<Bind> {
    let blank = match field.kind {
        Kind::Text => Value::Text(String::new()),
        Kind::Bool => Value::Bool(false),
        _ => Value::Null,
    };
    let value = if *value == Value::Null && !field.nullable { &blank } else { value };
    let is_known = match (field.kind, value) {
        (Kind::Choice(choices), Value::Text(text)) => choices.iter().any(|(stored, _)| stored == text),
        (_, Value::Null) => field.nullable,
        _ => true,
    };
    value.to_bind(field.column).filter(|_| is_known).map_or_else(|| misfit(field.name), Ok)
}
