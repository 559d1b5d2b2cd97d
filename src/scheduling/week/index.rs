//! Whose working hours there are to plan. A doctor who plans only their own goes there at once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl};
use time::Date;

use super::page::path;
use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
use crate::error::{AppError, AppResult};
use crate::scheduling::own_doctor::{PERMISSION, doctor_of};
use crate::scheduling::working_hours::plans;
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "scheduling/week/index.html")]
struct IndexPage {
    shell: Shell,
    doctors: Vec<Line>,
}

struct Line {
    name: String,
    href: String,
    /// `27 h 30 min a week`
    hours: String,
}

/// The most doctors that are listed.
const MOST: i64 = 500;

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (actor, today) = (user.to_actor(), visit.app.today());
    if !user.can(PERMISSION.0) || !plans(&user) {
        let own = visit.app.db.read(move |c| Ok::<_, AppError>(doctor_of(c, &actor)?)).await?;
        let own = own
            .filter(|_| plans(&user))
            .ok_or(AppError::Forbidden("Your account does not belong to a doctor, so you have no hours to plan."))?;
        return Ok(see_other(path(own)));
    }
    let doctors = visit.app.db.read(move |c| Ok::<_, AppError>(list(c, today)?)).await?;
    html(StatusCode::OK, &IndexPage { shell: visit.shell("Working hours"), doctors })
}

/// Every doctor with the length of their usual week.
fn list(c: &mut Connection, today: Date) -> QueryResult<Vec<Line>> {
    let day = || Bind::Date(Some(today));
    let statement = Sql::new(
        "SELECT d.id, trim(d.title || ' ' || d.name), CAST(COALESCE(SUM((CASE WHEN h.to_time = 0 THEN 1440 ELSE h.to_time END - h.from_time) \
         * CASE WHEN h.kind = 'break' THEN -1 ELSE 1 END), 0) AS BIGINT) FROM doctors AS d \
         LEFT JOIN working_hours AS h ON h.doctor_id = d.id AND h.deleted_at IS NULL AND (h.valid_from IS NULL OR h.valid_from <= ",
    );
    let statement = statement.bind(day()).text(") AND (h.valid_to IS NULL OR h.valid_to >= ").bind(day());
    let statement = statement.text(") WHERE d.deleted_at IS NULL GROUP BY d.id, d.title, d.name ORDER BY d.name, d.id LIMIT ").number(MOST);
    let rows: Vec<(i64, String, i64)> = statement.returning::<(BigInt, Text, BigInt)>().load(c)?;
    Ok(rows.into_iter().map(|(id, name, minutes)| Line { name, href: path(id), hours: hours(minutes) }).collect())
}

fn hours(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (..=0, ..=0) => "No hours yet".into(),
        (hours, 0) => format!("{hours} h a week"),
        (hours, minutes) => format!("{hours} h {minutes} min a week"),
    }
}
