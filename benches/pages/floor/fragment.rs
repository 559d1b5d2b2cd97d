//! SQL text as an expression of Diesel.

use std::borrow::Cow;
use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, SingleValue, SqlType, Text};

/// Text, one bound value at most, and text again. Unlike `diesel::dsl::sql`, its statement is prepared once for each connection.
#[derive(Clone)]
pub struct Fragment<ST> {
    before: Cow<'static, str>,
    bound: Option<String>,
    after: Cow<'static, str>,
    row: PhantomData<ST>,
}

impl<ST> Fragment<ST> {
    pub fn text(text: &'static str) -> Self {
        Self { before: text.into(), bound: None, after: "".into(), row: PhantomData }
    }

    pub fn binding(before: &'static str, value: String, after: &'static str) -> Self {
        Self { before: before.into(), bound: Some(value), after: after.into(), row: PhantomData }
    }

    /// The same as a part of more text.
    pub fn within<T>(&self, before: &str, after: &str) -> Fragment<T> {
        let (before, after) = (format!("{before}{}", self.before), format!("{}{after}", self.after));
        Fragment { before: before.into(), bound: self.bound.clone(), after: after.into(), row: PhantomData }
    }
}

impl<ST: SqlType + SingleValue> Expression for Fragment<ST> {
    type SqlType = ST;
}

impl<ST, QS> AppearsOnTable<QS> for Fragment<ST> where Self: Expression {}

impl<ST, QS> SelectableExpression<QS> for Fragment<ST> where Self: AppearsOnTable<QS> {}

impl<ST, Clause> ValidGrouping<Clause> for Fragment<ST> {
    type IsAggregate = is_aggregate::No;
}

impl<ST> QueryId for Fragment<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST, DB> QueryFragment<DB> for Fragment<ST>
where
    DB: Backend + HasSqlType<Text>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(&self.before);
        if let Some(value) = &self.bound {
            out.push_bind_param::<Text, _>(value)?;
        }
        out.push_sql(&self.after);
        Ok(())
    }
}
