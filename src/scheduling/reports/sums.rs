//! Sums of whole months. A worker counts each month once, and anew after a change; until then, a report counts that month itself, so
//! that no figure is ever behind.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use actix_web::web::Data;
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use super::filter::Filter;

use super::months::{first_of, last_of, month_of, whole};
use super::parts::{GROUPED, Part, Times, hours_of, matching, waiting};
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::{appointment_changes as changes, appointment_months as counted};
use crate::db::sql::Sql;
use crate::db::{Connection, DbError, UtcDateTime, Zone};
use crate::scheduling::appointment::state::State;
use crate::scheduling::slots::load::zones;
use crate::scheduling::slots::rota::Zones;

const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The most changes of one step. With more of them open, every month counts as changed.
const MOST: i64 = 5_000;
/// The months of ten years before and after today are counted.
const REACH: i64 = 120;

pub async fn run(app: Data<App>) {
    loop {
        if let Err(error) = count(&app).await {
            tracing::warn!(%error, "could not count appointments by month");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Counts what is not counted yet or has changed; returns how many months. Nothing is written if nothing has.
pub async fn count(app: &Data<App>) -> Result<usize, DbError> {
    let mut done = 0;
    loop {
        let (zone, today) = (app.clinic_zone(), month_of(app.today()));
        let next = app.db.read(move |c| next(c, &zone, today).map_err(DbError::from)).await?;
        let Some((month, ids)) = next else { return Ok(done) };
        let zone = app.clinic_zone();
        app.db.write(move |c| recount(c, &zone, month, &ids).map_err(DbError::from)).await?;
        done += 1;
    }
}

/// A month to count, and the changes that this settles.
fn next(c: &mut Connection, zone: &Zone, today: i64) -> QueryResult<Option<(i64, Vec<i64>)>> {
    let open: Vec<(i64, UtcDateTime)> = changes::table.order(changes::id).limit(MOST).load(c)?;
    let month = |at: UtcDateTime| month_of(zone.date(at));
    if let Some((_, first)) = open.first() {
        let wanted = month(*first);
        let ids = open.into_iter().filter(|(_, at)| month(*at) == wanted).map(|(id, _)| id).collect();
        return Ok(Some((wanted, ids)));
    }
    let ends = Sql::new("SELECT min(starts_at), max(starts_at) FROM appointments WHERE deleted_at IS NULL");
    let ends: (Option<UtcDateTime>, Option<UtcDateTime>) = ends.returning::<(Nullable<Timestamp>, Nullable<Timestamp>)>().get_result(c)?;
    let (Some(first), Some(last)) = ends else { return Ok(None) };
    let known = known(c, zone)?;
    let mut all = month(first).max(today - REACH)..=month(last).min(today + REACH);
    Ok(all.find(|month| !known.contains(month)).map(|month| (month, Vec::new())))
}

/// The months that are counted in this time zone.
fn known(c: &mut Connection, zone: &Zone) -> QueryResult<BTreeSet<i64>> {
    let months: Vec<i64> = counted::table.filter(counted::time_zone.eq(zone.name())).select(counted::month).load(c)?;
    Ok(months.into_iter().collect())
}

/// Replaces the sums of a month. A change that is committed later has a row of its own and is counted the next time.
fn recount(c: &mut Connection, zone: &Zone, month: i64, ids: &[i64]) -> QueryResult<()> {
    exclusive(c, "appointment sums", month)?;
    Sql::new("DELETE FROM appointment_changes WHERE ").is_one_of("id", ids).execute(c)?;
    for table in ["appointment_sums", "appointment_hour_sums", "appointment_months"] {
        Sql::new(format!("DELETE FROM {table} WHERE month = ")).number(month).execute(c)?;
    }
    let (Some(from), Some(to)) = (first_of(month), last_of(month)) else { return Ok(()) };
    let zones = zones(c, zone)?;
    let matching = matching(&zones, &Filter { from, to, doctor_id: None, type_id: None, site_id: None });
    let into = "INSERT INTO appointment_sums (month, doctor_id, type_id, site_id, state, counted, seconds, waited, waiting) SELECT ";
    let grouped =
        format!(", +doctor_id, type_id, site_id, state, {GROUPED}, count({0}), CAST(COALESCE(sum({0}), 0) AS BIGINT) ", waiting(c));
    let parts = Sql::new(into).number(month).text(grouped).append(matching.clone());
    parts.text(" GROUP BY +doctor_id, type_id, site_id, state").execute(c)?;
    let rows = hours(c, matching, &zones)?;
    for rows in rows.chunks(200) {
        let row = |(kind, site, weekday, hour, count): &HourRow| {
            let site = site.map_or_else(|| "NULL".to_string(), |id| id.to_string());
            Sql::new(format!("({month}, {kind}, {site}, {weekday}, {hour}, {count})"))
        };
        let into = "INSERT INTO appointment_hour_sums (month, type_id, site_id, weekday, hour, counted) VALUES ";
        Sql::new(into).append(Sql::join(rows.iter().map(row).collect(), ", ")).execute(c)?;
    }
    diesel::insert_into(counted::table).values((counted::month.eq(month), counted::time_zone.eq(zone.name()))).execute(c)?;
    Ok(())
}

/// Type, site, weekday from Monday, hour, count.
type HourRow = (i64, Option<i64>, i64, i64, i64);

fn hours(c: &mut Connection, matching: Sql, zones: &Zones) -> QueryResult<Vec<HourRow>> {
    let grouped = Sql::new("SELECT starts_at, type_id, site_id, count(*) ").append(matching);
    let grouped = grouped.text(" AND state <> 'cancelled' GROUP BY starts_at, type_id, site_id");
    type Row = (UtcDateTime, i64, Option<i64>, i64);
    let rows: Vec<Row> = grouped.returning::<(Timestamp, BigInt, Nullable<BigInt>, BigInt)>().load(c)?;
    let mut sums = BTreeMap::new();
    for (at, kind, site, count) in rows {
        let (weekday, hour) = hours_of(zones, site, at);
        *sums.entry((kind, site, weekday, hour)).or_insert(0) += count;
    }
    Ok(sums.into_iter().map(|((kind, site, weekday, hour), count)| (kind, site, weekday, hour, count)).collect())
}

/// After very many appointments were added in another way: every month is counted anew.
pub fn forget(c: &mut Connection) -> QueryResult<()> {
    diesel::delete(changes::table).execute(c)?;
    diesel::delete(counted::table).execute(c).map(|_| ())
}

/// The months of a report whose sums are up to date. None for one doctor, which is counted fast enough, and none for a site whose days
/// begin at another time.
pub fn ready(c: &mut Connection, zones: &Zones, filter: &Filter) -> QueryResult<BTreeSet<i64>> {
    let asked = whole(filter.from, filter.to);
    if asked.is_empty() || filter.doctor_id.is_some() || zones.of(filter.site_id).name() != zones.clinic.name() {
        return Ok(BTreeSet::new());
    }
    let open: Vec<UtcDateTime> = changes::table.select(changes::starts_at).distinct().limit(MOST).load(c)?;
    if open.len() as i64 >= MOST {
        return Ok(BTreeSet::new());
    }
    let changed: BTreeSet<i64> = open.into_iter().map(|at| month_of(zones.clinic.date(at))).collect();
    Ok(known(c, &zones.clinic)?.intersection(&asked).filter(|month| !changed.contains(month)).copied().collect())
}

/// The sums of these months that the report is about.
fn of_months(table: &'static str, columns: &'static str, filter: &Filter, months: &[i64], by: &'static str) -> Sql {
    let mut sql = Sql::new(format!("SELECT {columns} FROM {table} WHERE ")).is_one_of("month", months);
    for (condition, id) in [(" AND type_id = ", filter.type_id), (" AND site_id = ", filter.site_id)] {
        sql = id.into_iter().fold(sql, |sql, id| sql.text(condition).number(id));
    }
    sql.text(format!(" GROUP BY {by}"))
}

pub fn parts(c: &mut Connection, filter: &Filter, months: &[i64]) -> QueryResult<Vec<Part>> {
    let columns = "doctor_id, type_id, state, CAST(sum(counted) AS BIGINT), CAST(sum(seconds) AS BIGINT), CAST(sum(waited) AS BIGINT), \
                   CAST(sum(waiting) AS BIGINT)";
    let sql = of_months("appointment_sums", columns, filter, months, "doctor_id, type_id, state");
    type Types = (BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt);
    let rows: Vec<(i64, i64, State, i64, i64, i64, i64)> = sql.returning::<Types>().load(c)?;
    Ok(rows.into_iter().map(Part::of).collect())
}

pub fn times(c: &mut Connection, filter: &Filter, months: &[i64], times: &mut Times) -> QueryResult<()> {
    let sql = of_months("appointment_hour_sums", "weekday, hour, CAST(sum(counted) AS BIGINT)", filter, months, "weekday, hour");
    let rows: Vec<(i64, i64, i64)> = sql.returning::<(BigInt, BigInt, BigInt)>().load(c)?;
    rows.into_iter().for_each(|(weekday, hour, count)| times.add(weekday, hour, count));
    Ok(())
}
