//! Comparing a column with values.

use super::query::Test;
use crate::db::sql::{ColumnType, Sql};
use crate::resource::value::Value;

/// Matches no record.
pub const NONE: &str = "1 = 0";

/// `None` if the value does not fit the column.
pub(super) fn test(place: &str, column: ColumnType, test: &Test) -> Option<Sql> {
    let compared = |comparison: &str, value: &Value| Some(Sql::new(format!("{place} {comparison} ")).bind(value.to_bind(column)?));
    match test {
        Test::In(values) => is_in(place, column, values),
        Test::InOrBlank(values) if values.is_empty() => Some(Sql::new(format!("{place} IS NULL"))),
        Test::InOrBlank(values) => Some(Sql::new("(").append(is_in(place, column, values)?).text(format!(" OR {place} IS NULL)"))),
        Test::Within(ranges) if ranges.is_empty() => Some(Sql::new(NONE)),
        Test::Within(ranges) => {
            let within = |(from, until): &(Value, Value)| {
                let from = Sql::new(format!("({place} >= ")).bind(from.to_bind(column)?);
                Some(from.text(format!(" AND {place} < ")).bind(until.to_bind(column)?).text(")"))
            };
            let ranges = ranges.iter().map(within).collect::<Option<Vec<_>>>()?;
            Some(Sql::new("(").append(Sql::join(ranges, " OR ")).text(")"))
        }
        Test::AtLeast(value) => compared(">=", value),
        Test::Below(value) => compared("<", value),
        Test::Blank(true) => Some(Sql::new(format!("{place} IS NULL"))),
        Test::Blank(false) => Some(Sql::new(format!("{place} IS NOT NULL"))),
    }
}

/// The number of placeholders is rounded up to a power of two, so that few different statements are prepared.
fn is_in(place: &str, column: ColumnType, values: &[Value]) -> Option<Sql> {
    if let [value] = values {
        return Some(Sql::new(format!("{place} = ")).bind(value.to_bind(column)?));
    }
    if column == ColumnType::BigInt {
        let ids: Vec<i64> = values.iter().map(Value::as_id).collect::<Option<_>>()?;
        return Some(Sql::default().is_one_of(place, &ids));
    }
    let last = values.last()?;
    let filling = values.len().next_power_of_two() - values.len();
    let padded = values.iter().chain(std::iter::repeat_n(last, filling));
    let binds = padded.map(|value| value.to_bind(column).map(|value| Sql::default().bind(value))).collect::<Option<Vec<_>>>()?;
    Some(Sql::new(format!("{place} IN (")).append(Sql::join(binds, ", ")).text(")"))
}
