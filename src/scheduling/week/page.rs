//! The page of the week editor: the usual week, periods, time off, and the appointments that lie outside of the hours.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::form::{HoursRow, Period, WeekForm};
use super::picture::Picture;
use super::save::{Failed, Week};
use super::{exceptions, outside, stored};
use crate::clinic::doctor::Doctor;
use crate::db::Connection;
use crate::db::schema::sites;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::form::bind::{BoundForm, Summary};
use crate::resource::{FormData, Model, Row};
use crate::scheduling::own_doctor::refusal;
use crate::scheduling::working_hours::HoursKind;
use crate::scheduling::working_hours::plans;
use crate::web::page::extension::Card;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::press::Press;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "scheduling/week/edit.html")]
struct WeekPage {
    shell: Shell,
    doctor_id: i64,
    /// The errors of the page, and the hidden inputs of the week.
    form: BoundForm,
    week: WeekForm,
    pictures: Vec<Picture>,
    /// Id and name; empty for a clinic without sites.
    sites: Vec<(String, String)>,
    outside: Option<Card>,
    /// `None` for whoever may not add any.
    time_off: Option<BoundForm>,
    exceptions: Vec<exceptions::Line>,
    can_remove: bool,
}

impl WeekPage {
    fn parts(&self) -> impl Iterator<Item = (&Period, &Picture)> {
        self.week.periods.iter().zip(&self.pictures)
    }

    /// The row that a script copies; it fills in the day and the number.
    fn blank(&self, period: &Period) -> HoursRow {
        HoursRow { name: format!("{}-__day__-__row__", period.name), ..HoursRow::new(HoursKind::Hours) }
    }
}

/// What the page shows instead of what is stored.
#[derive(Default)]
pub struct Shown {
    pub week: Option<WeekForm>,
    /// A sentence about the whole week.
    pub problem: &'static str,
    pub time_off: Option<BoundForm>,
    pub status: StatusCode,
}

pub async fn edit(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let doctor = find(&visit, &user, *id).await?;
    render(&visit, &user, &doctor, Shown::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let doctor = find(&visit, &user, *id).await?;
    let form = WeekForm::read(&typed);
    if let Some(changed) = form.pressed(&typed) {
        return render(&visit, &user, &doctor, Shown { week: Some(changed), ..Shown::default() }).await;
    }
    let (app, actor, doctor_id) = (visit.app.clone(), user.to_actor(), doctor.id);
    let (today, zone) = (visit.app.today(), visit.zone());
    let press = Press::of(user.id, &format!("week {doctor_id}"), &typed);
    let sent = form.clone();
    let saved = visit.app.db.write(move |c| {
        let week = Week { app: &app, actor: &actor, doctor_id, today, zone: &zone };
        week.save(c, &sent, press.as_ref())
    });
    match saved.await {
        Ok(is_changed) => saved_page(&visit, &user, doctor_id, is_changed).await,
        Err(Failed::Twice) => saved_page(&visit, &user, doctor_id, true).await,
        Err(Failed::Wrong(wrong)) => {
            let shown = Shown { week: Some(wrong), status: StatusCode::UNPROCESSABLE_ENTITY, ..Shown::default() };
            render(&visit, &user, &doctor, shown).await
        }
        Err(Failed::Stale(rows)) => {
            let shown = Shown {
                week: Some(stored::reconciled(&form, &rows)),
                problem: "Somebody else has changed these hours since you opened the page. Nothing was saved. Check the week and save again",
                status: StatusCode::CONFLICT,
                ..Shown::default()
            };
            render(&visit, &user, &doctor, shown).await
        }
        Err(Failed::Write(error)) => Err(error.into()),
    }
}

/// Says what was saved, and how many appointments lie outside of the hours now.
async fn saved_page(visit: &Visit, user: &CurrentUser, doctor_id: i64, is_changed: bool) -> AppResult<HttpResponse> {
    if !is_changed {
        leave(&visit.request, &visit.app, Tone::Info, "Nothing was changed.");
        return Ok(see_other(path(doctor_id)));
    }
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let left = visit.app.db.read(move |c| Ok::<_, AppError>(outside::outside(c, &app, &actor, doctor_id)?)).await?;
    let (tone, text) = match left.len() {
        0 => (Tone::Ok, "Working hours saved.".to_string()),
        count => {
            let verb = if count == 1 { "is" } else { "are" };
            (Tone::Warn, format!("Working hours saved. {} {verb} outside of them now.", outside::count(&left)))
        }
    };
    leave(&visit.request, &visit.app, tone, text);
    Ok(see_other(path(doctor_id)))
}

pub fn path(doctor_id: i64) -> String {
    format!("/doctors/{doctor_id}/week")
}

/// The doctor, if the user may plan their hours.
pub async fn find(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<Row> {
    let actor = user.to_actor();
    let doctor = record::find::find(&visit.app, actor.clone(), Doctor::NAME, id).await?;
    let refused = visit.app.db.read(move |c| Ok::<_, AppError>(refusal(c, Some(id), &actor)?)).await?;
    match refused {
        None if plans(user) => Ok(doctor),
        _ => Err(AppError::Forbidden("You can only plan your own hours.")),
    }
}

pub async fn render(visit: &Visit, user: &CurrentUser, doctor: &Row, shown: Shown) -> AppResult<HttpResponse> {
    let (app, actor, doctor_id, given) = (visit.app.clone(), user.to_actor(), doctor.id, shown.week);
    let zone = visit.zone();
    let (week, sites, outside, exceptions) = visit
        .app
        .db
        .read(move |c| {
            let week = match given {
                Some(week) => week,
                None => stored::form(&stored::load(c, doctor_id, app.today())?),
            };
            let left = outside::outside(c, &app, &actor, doctor_id)?;
            let exceptions = exceptions::list(c, doctor_id, app.today(), &app.zone(&actor))?;
            Ok::<_, AppError>((week, site_choices(c)?, outside::card(&left, &app, &actor), exceptions))
        })
        .await?;
    let time_off = match shown.time_off {
        None if exceptions::allows(user, Action::Add) => Some(exceptions::blank(visit, user, !sites.is_empty()).await?),
        given => given,
    };
    let mut form = BoundForm { hidden: vec![("seen", week.seen.clone())], ..BoundForm::default() };
    if !shown.problem.is_empty() {
        form.errors.push(Summary { target: "main".into(), text: shown.problem.into() });
    }
    form.errors.extend(week.summary());
    let wrong = time_off.iter().flat_map(|form| &form.errors);
    form.errors.extend(wrong.map(|error| Summary { target: error.target.clone(), text: error.text.clone() }));
    let record = format!("/doctors/{doctor_id}");
    let shell = visit.shell(format!("Working hours of {}", isolated(&doctor.label)));
    let shell = shell.under(&[("Doctors", "/doctors"), (&doctor.label, &record)]).renamed("Working hours");
    let page = WeekPage {
        shell: shell.with_errors(!form.errors.is_empty()),
        doctor_id,
        form,
        pictures: week.periods.iter().map(|period| Picture::of(period, &zone)).collect(),
        week,
        sites,
        outside,
        time_off,
        exceptions,
        can_remove: exceptions::allows(user, Action::Delete),
    };
    html(shown.status, &page)
}

/// The sites, if the clinic has any.
fn site_choices(c: &mut Connection) -> QueryResult<Vec<(String, String)>> {
    let found = sites::table.filter(sites::deleted_at.is_null()).order((sites::name, sites::id)).select((sites::id, sites::name));
    Ok(found.load::<(i64, String)>(c)?.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}
