//! The page with a user's notifications. Opening it marks them as read.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use askama::Template;
use diesel::prelude::*;

use super::add::Kind;
use crate::app::App;
use crate::db::schema::notifications;
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, ListQuery, Test, Value};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::messages::occasion::Occasion;
use crate::scheduling::messages::wording::moment;
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// The most that are shown.
const MOST: i64 = 50;

#[derive(Template)]
#[template(path = "scheduling/notification/notifications.html")]
struct NotificationsPage {
    shell: Shell,
    lines: Vec<Line>,
}

struct Line {
    /// `Booked: Émile Zola, Follow-up`
    text: String,
    /// Blank if the user may not see the appointment.
    href: String,
    moment: String,
    by: String,
    is_new: bool,
}

#[derive(Queryable)]
struct Notification {
    id: i64,
    appointment_id: i64,
    kind: Kind,
    actor: String,
    read_at: Option<UtcDateTime>,
    created_at: UtcDateTime,
}

pub async fn index(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor, zone) = (visit.app.clone(), user.to_actor(), visit.zone());
    let (lines, last) = visit.app.db.read(move |c| Ok::<_, AppError>(read(c, &app, &actor, &zone)?)).await?;
    // Somebody who views Praxis as this user, and a program that looks at the head only, have not read them.
    let is_read = user.impersonated_by.is_none() && visit.request.method() == Method::GET && lines.iter().any(|line| line.is_new);
    let mut shell = visit.shell("Notifications");
    if is_read {
        let (user_id, now) = (user.id, visit.app.now());
        visit.app.db.write(move |c| Ok::<_, AppError>(mark(c, user_id, last, now)?)).await?;
        shell.unread = shell.unread.map(|_| String::new());
    }
    html(StatusCode::OK, &NotificationsPage { shell, lines })
}

/// The newest notifications, and the id of the newest.
fn read(c: &mut Connection, app: &App, actor: &Actor, zone: &Zone) -> QueryResult<(Vec<Line>, i64)> {
    use notifications as own;
    let newest = own::table.filter(own::user_id.eq(actor.id)).order(own::id.desc()).limit(MOST);
    let found: Vec<Notification> =
        newest.select((own::id, own::appointment_id, own::kind, own::actor, own::read_at, own::created_at)).load(c)?;
    let ids = found.iter().map(|one| Value::Integer(one.appointment_id)).collect();
    let resource = app.registry.of::<Appointment>();
    let visible: Vec<i64> = match resource.declaration().allows(actor, Action::View) {
        true => resource.list(c, &ListQuery::only("id", Test::In(ids), MOST), Some(actor))?.iter().map(|row| row.id).collect(),
        false => Vec::new(),
    };
    let occasions = Occasion::list(c, Sql::default().is_one_of("a.id", &visible), &app.clinic_zone())?;
    let occasions: BTreeMap<i64, Occasion> = occasions.into_iter().map(|occasion| (occasion.id, occasion)).collect();
    let last = found.first().map_or(0, |one| one.id);
    Ok((found.iter().map(|one| line(one, occasions.get(&one.appointment_id), zone)).collect(), last))
}

fn line(one: &Notification, occasion: Option<&Occasion>, zone: &Zone) -> Line {
    let by = format!("{}, {}", one.actor, zone.show(one.created_at));
    let is_new = one.read_at.is_none();
    match occasion {
        Some(occasion) => Line {
            text: format!("{}: {}, {}", one.kind.label(), occasion.patient_name, occasion.type_name),
            href: format!("/patients/{}", occasion.patient_id),
            moment: moment(occasion, occasion.starts_at, zone),
            by,
            is_new,
        },
        None => Line {
            text: format!("{}: an appointment that was deleted or that you cannot see", one.kind.label()),
            href: String::new(),
            moment: String::new(),
            by,
            is_new,
        },
    }
}

fn mark(c: &mut Connection, user_id: i64, last: i64, now: UtcDateTime) -> QueryResult<usize> {
    use notifications as own;
    let unread = own::table.filter(own::user_id.eq(user_id)).filter(own::read_at.is_null()).filter(own::id.le(last));
    diesel::update(unread).set((own::read_at.eq(Some(now)), own::updated_at.eq(now))).execute(c)
}
