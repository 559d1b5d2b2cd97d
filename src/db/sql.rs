//! SQL that is put together at run time: text and bound values in a row.
//!
//! Values are always bound, never written into the text, so a statement keeps its text and is prepared once for each
//! connection.

use std::borrow::Cow;
use std::marker::PhantomData;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::sql_types::{self, Nullable};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, debug_query};
use time::{Date, Time};

use super::connection::{Backend, Connection};
use super::time::UtcDateTime;

/// The SQL type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    /// 32 bits
    Integer,
    /// 64 bits
    BigInt,
    Bool,
    Date,
    Time,
    /// An instant in UTC.
    Timestamp,
}

/// A value to bind, in the type of its column; `None` is NULL.
#[derive(Clone, Debug, PartialEq)]
pub enum Bind {
    Text(Option<String>),
    Integer(Option<i32>),
    BigInt(Option<i64>),
    Bool(Option<bool>),
    Date(Option<Date>),
    Time(Option<Time>),
    Timestamp(Option<UtcDateTime>),
}

impl Bind {
    pub fn null(column: ColumnType) -> Self {
        match column {
            ColumnType::Text => Self::Text(None),
            ColumnType::Integer => Self::Integer(None),
            ColumnType::BigInt => Self::BigInt(None),
            ColumnType::Bool => Self::Bool(None),
            ColumnType::Date => Self::Date(None),
            ColumnType::Time => Self::Time(None),
            ColumnType::Timestamp => Self::Timestamp(None),
        }
    }

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        match self {
            Self::Text(value) => out.push_bind_param::<Nullable<sql_types::Text>, _>(value),
            Self::Integer(value) => out.push_bind_param::<Nullable<sql_types::Integer>, _>(value),
            Self::BigInt(value) => out.push_bind_param::<Nullable<sql_types::BigInt>, _>(value),
            Self::Bool(value) => out.push_bind_param::<Nullable<sql_types::Bool>, _>(value),
            Self::Date(value) => out.push_bind_param::<Nullable<sql_types::Date>, _>(value),
            Self::Time(value) => out.push_bind_param::<Nullable<sql_types::Time>, _>(value),
            Self::Timestamp(value) => out.push_bind_param::<Nullable<sql_types::Timestamp>, _>(value),
        }
    }
}

/// The names of columns as SQL text, for statements that are put together again and again.
pub fn names(columns: &impl QueryFragment<Sqlite>) -> String {
    let text = debug_query::<Sqlite, _>(columns).to_string();
    let names = text.split(" -- binds").next().unwrap_or_default().trim();
    // Both databases accept the quotation marks of the standard.
    names.replace('`', "\"")
}

#[derive(Clone, Debug)]
enum Piece {
    Text(Cow<'static, str>),
    Bind(Bind),
    /// Ids as a JSON array, bound as one value however many there are.
    Ids(String),
}

/// A statement, or a part of one.
#[derive(Clone, Debug, Default)]
pub struct Sql {
    pieces: Vec<Piece>,
}

impl Sql {
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self::default().text(text)
    }

    /// Adds SQL text, which must not hold anything that somebody typed.
    #[must_use]
    pub fn text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.pieces.push(Piece::Text(text.into()));
        self
    }

    #[must_use]
    pub fn bind(mut self, value: Bind) -> Self {
        self.pieces.push(Piece::Bind(value));
        self
    }

    /// Binds a 64-bit number.
    #[must_use]
    pub fn number(self, number: i64) -> Self {
        self.bind(Bind::BigInt(Some(number)))
    }

    #[must_use]
    pub fn append(mut self, mut other: Self) -> Self {
        self.pieces.append(&mut other.pieces);
        self
    }

    /// `place IN (these ids)`.
    #[must_use]
    pub fn is_one_of(mut self, place: &str, ids: &[i64]) -> Self {
        let list: Vec<String> = ids.iter().map(i64::to_string).collect();
        self.pieces.push(Piece::Text(place.to_string().into()));
        self.pieces.push(Piece::Ids(format!("[{}]", list.join(","))));
        self
    }

    /// The parts with this between each two.
    pub fn join(parts: Vec<Self>, between: &'static str) -> Self {
        parts.into_iter().enumerate().fold(Self::default(), |whole, (place, part)| match place {
            0 => part,
            _ => whole.text(between).append(part),
        })
    }

    /// Changes rows; returns how many.
    pub fn execute(self, c: &mut Connection) -> QueryResult<usize> {
        Typed::<()>::of(self).execute(c)
    }

    /// Reads one column of ids.
    pub fn load_ids(self, c: &mut Connection) -> QueryResult<Vec<i64>> {
        Typed::<sql_types::BigInt>::of(self).load(c)
    }

    /// The same as a condition in a typed query. Diesel's own literals are prepared anew each time, and so are its lists of values on
    /// SQLite.
    pub fn condition(self) -> Condition {
        Condition(self)
    }

    /// The same as a query whose rows have this SQL type.
    pub fn returning<ST>(self) -> Typed<ST> {
        Typed::of(self)
    }
}

impl QueryFragment<Backend> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Bind(value) => value.push(&mut out)?,
                Piece::Ids(list) => {
                    let (before, after) = match out.backend() {
                        // From a subquery, so that the plan does not depend on how many there are: for a long list PostgreSQL would
                        // read the whole table in the order of a list, until the page is full.
                        Backend::Postgres(_) => (" = ANY(ARRAY(SELECT unnest(translate(", ", '[]', '{}')::bigint[])))"),
                        Backend::Sqlite(_) => (" IN (SELECT value FROM json_each(", "))"),
                    };
                    out.push_sql(before);
                    out.push_bind_param::<sql_types::Text, _>(list)?;
                    out.push_sql(after);
                }
            }
        }
        Ok(())
    }
}

/// A condition of text, whose statement is prepared once.
pub struct Condition(Sql);

/// A condition of this text.
pub fn condition(text: &'static str) -> Condition {
    Sql::new(text).condition()
}

/// `place IN (these ids)`.
pub fn is_one_of(place: &str, ids: &[i64]) -> Condition {
    Sql::default().is_one_of(place, ids).condition()
}

impl Expression for Condition {
    type SqlType = sql_types::Bool;
}

impl QueryId for Condition {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Backend> for Condition {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<QS> AppearsOnTable<QS> for Condition {}
impl<QS> SelectableExpression<QS> for Condition {}

impl<GB> ValidGrouping<GB> for Condition {
    type IsAggregate = is_aggregate::Never;
}

/// A number that a subquery finds, to select with the columns of a typed query.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub &'static str);

impl Expression for Number {
    type SqlType = sql_types::BigInt;
}

impl QueryId for Number {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Backend> for Number {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<QS> AppearsOnTable<QS> for Number {}
impl<QS> SelectableExpression<QS> for Number {}

impl<GB> ValidGrouping<GB> for Number {
    type IsAggregate = is_aggregate::Never;
}

/// A query whose rows have the SQL type `ST`.
pub struct Typed<ST> {
    sql: Sql,
    rows: PhantomData<ST>,
}

impl<ST> Typed<ST> {
    fn of(sql: Sql) -> Self {
        Self { sql, rows: PhantomData }
    }
}

impl<ST> QueryId for Typed<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Typed<ST> {
    type SqlType = ST;
}

impl<ST> RunQueryDsl<Connection> for Typed<ST> {}

impl<ST> QueryFragment<Backend> for Typed<ST> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        self.sql.walk_ast(out)
    }
}
