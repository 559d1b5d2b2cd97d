//! Counting without counting everything: `SELECT COUNT(*) FROM (… LIMIT n)`.

use diesel::QueryResult;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::sql_types::BigInt;

use crate::db::{Backend, Connection};

/// The number of rows that a limited query returns.
pub struct Capped<Q>(pub Q);

impl<Q> QueryId for Capped<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Capped<Q> {
    type SqlType = BigInt;
}

impl<Q> RunQueryDsl<Connection> for Capped<Q> {}

impl<Q: QueryFragment<Backend>> QueryFragment<Backend> for Capped<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}
