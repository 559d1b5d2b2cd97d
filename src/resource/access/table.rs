//! Access tables: a row for each user and each record that they see. A view states the rule, and triggers keep the table equal
//! to it, so that a list of what somebody sees is read from an index.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::Connection;
use crate::db::sql::Sql;

#[derive(Clone, Copy, Debug)]
pub struct AccessTable {
    pub table: &'static str,
    /// The view that states the rule. It has the columns of the table.
    pub rule: &'static str,
    /// The column with the id of the user.
    pub user: &'static str,
    /// The column with the id of the record.
    pub record: &'static str,
    /// What lists are sorted by, with the column that repeats it. Each has an index on user, column and record, without the
    /// trash. If the model has a trash, the table has its `deleted_at`.
    pub orders: &'static [(&'static str, &'static str)],
}

impl AccessTable {
    /// `patient_access.user_id = 5`
    pub fn of_user(&self, user: i64) -> Sql {
        Sql::new(format!("{}.{} = ", self.table, self.user)).number(user)
    }

    /// Tests one record: whether the user sees the one with this id.
    pub fn includes(&self, user: i64, id: &str) -> Sql {
        let Self { table, record, .. } = self;
        Sql::new(format!("EXISTS (SELECT 1 FROM {table} WHERE ")).append(self.of_user(user)).text(format!(" AND {table}.{record} = {id})"))
    }

    /// The ids of all records that the user sees, also in the trash; `None` if there are more than `most`.
    pub fn few(&self, c: &mut Connection, user: i64, most: i64) -> QueryResult<Option<Vec<i64>>> {
        let asked = Sql::new(format!("SELECT {} FROM {} WHERE ", self.record, self.table)).append(self.of_user(user));
        let ids = asked.text(" LIMIT ").number(most.saturating_add(1)).load_ids(c)?;
        Ok((ids.len() as i64 <= most).then_some(ids))
    }

    /// The number of rows in which the table and the rule differ.
    pub fn differences(&self, c: &mut Connection) -> QueryResult<i64> {
        let Self { table, rule, .. } = self;
        let columns = self.columns();
        let only_in = |one: &str, other: &str| {
            format!("(SELECT COUNT(*) FROM (SELECT {columns} FROM {one} EXCEPT SELECT {columns} FROM {other}) AS only_in_{one})")
        };
        let counted = format!("SELECT {} + {}", only_in(table, rule), only_in(rule, table));
        Sql::new(counted).returning::<BigInt>().get_result(c)
    }

    /// Fills the table anew. Only needed if somebody changed it by hand, or switched its triggers off.
    pub fn rebuild(&self, c: &mut Connection) -> QueryResult<usize> {
        let (table, rule, columns) = (self.table, self.rule, self.columns());
        Sql::new(format!("DELETE FROM {table}")).execute(c)?;
        Sql::new(format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM {rule}")).execute(c)
    }

    fn columns(&self) -> String {
        let sorted = self.orders.iter().map(|(_, column)| *column);
        [self.user, self.record].into_iter().chain(sorted).collect::<Vec<_>>().join(", ")
    }
}
