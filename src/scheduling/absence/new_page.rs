//! The page on which an absence is entered: first it shows who is affected, then one button does everything.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use time::Date;

use super::act::{Absence, MOST, Outcome, act, plan};
use super::affected::{Days, affected};
use crate::clinic::doctor::Doctor;
use crate::db::sql::Sql;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::declare::reference::OnDelete;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Field, FormData, FormErrors, Kind, Model, Value, Values, field};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::scheduling::messages::offered::UNDO;
use crate::web::page::extension::CardLine;
use crate::web::page::flash::leave_undoable;
use crate::web::page::shell::Shell;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

crate::text_enum! {
    /// Whose times are offered.
    pub enum Whose {
        Any = "any" / "Any doctor",
        Same = "same" / "The same doctor",
    }
}

#[derive(Template)]
#[template(path = "scheduling/absence/new.html")]
struct NewPage {
    shell: Shell,
    form: BoundForm,
    /// Who is affected, once that was asked.
    affected: Option<Vec<CardLine>>,
    /// The ids of those, as the button sends them.
    shown: String,
    button: String,
}

fn fields() -> Vec<Field> {
    vec![
        field("Doctor").named("doctor_id").kind(Kind::Integer).references::<Doctor>(OnDelete::Cascade).required_error("Choose the doctor"),
        field("First day").named("first_day").kind(Kind::Date).required_error("Enter the first day"),
        field("Last day").named("last_day").kind(Kind::Date).optional().help("Leave blank for one day"),
        field("Offer times of").named("whose").kind(Kind::Choice(Whose::CHOICES)),
        field("Reason").named("reason").max(120).optional().help("Patients do not see it"),
    ]
}

pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let today = visit.app.today().to_string();
    let typed = FormData::default()
        .with("doctor_id", asked.text("doctor_id"))
        .with("first_day", asked.get("first_day").unwrap_or(&today))
        .with("whose", Whose::Any.as_str());
    render(&visit, &user, typed, FormErrors::default(), None).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    if !Appointment::resource().declaration().allows(&user, Action::Change) {
        return Err(AppError::Forbidden("You do not have permission to change appointments."));
    }
    let typed = FormData::clone(&posted);
    let today = visit.app.latest_today(&user);
    let (values, mut errors) = parse(fields().iter(), &typed, today, &visit.zone());
    if let Some(id) = values.at("doctor_id").as_id() {
        let (app, actor) = (visit.app.clone(), user.to_actor());
        let known = visit.app.db.read(move |c| Ok::<_, AppError>(app.registry.of::<Doctor>().find(c, id, Some(&actor))?.is_some()));
        if !known.await? {
            errors.add("doctor_id", "Choose the doctor from the list");
        }
    }
    let absence = match absence(&values, errors, today) {
        Ok(absence) => absence,
        Err(errors) => return render(&visit, &user, typed, errors, None).await,
    };
    if !typed.has("shown") || typed.has("look") {
        return render(&visit, &user, typed, FormErrors::default(), Some(absence)).await;
    }
    let mut shown: Vec<i64> = typed.text("shown").split(',').filter_map(|id| id.parse().ok()).collect();
    shown.sort_unstable();
    let (app, actor, wanted, is_anybody) = (visit.app.clone(), user.to_actor(), absence.clone(), !shown.is_empty());
    let (data, planned) = (visit.app.clone(), absence.clone());
    let other_times = visit.app.db.read(move |c| Ok::<_, AppError>(plan(c, &data, &planned)?)).await?;
    let mut errors = FormErrors::default();
    match visit.app.db.write(move |c| act(c, &app, &actor, &wanted, &shown, other_times)).await {
        Ok(Outcome::Done(id)) => {
            let message = match is_anybody {
                true => format!(
                    "Done. Patients get an email in {}. Until then you can undo it.",
                    plural(UNDO.whole_minutes(), "minute", "minutes")
                ),
                false => "The absence is saved.".into(),
            };
            leave_undoable(&visit.request, &visit.app, message, format!("/absences/{id}/undo"));
            return Ok(see_other(format!("/absences/{id}")));
        }
        Ok(Outcome::Changed) => errors.add_conflict("Other appointments are affected now. Look at the list again"),
        Err(WriteError::Invalid(wrong)) => errors = wrong,
        Err(WriteError::NotFound) => errors.add("", "You cannot see every patient who is affected. Ask somebody who can"),
        Err(error) => return Err(error.into()),
    }
    render(&visit, &user, typed, errors, Some(absence)).await
}

/// The absence, or what is wrong.
fn absence(values: &Values, mut errors: FormErrors, today: Date) -> Result<Absence, FormErrors> {
    let day = |name: &str| match values.at(name) {
        Value::Date(day) => Some(*day),
        _ => None,
    };
    let (first, last) = (day("first_day"), day("last_day").or(day("first_day")));
    if let (Some(first), Some(last)) = (first, last) {
        if first < today {
            errors.add("first_day", "The first day must not be in the past");
        }
        if last < first {
            errors.add("last_day", "The last day must not be before the first");
        } else if (last - first).whole_days() > 365 {
            errors.add("last_day", "An absence must not be longer than a year");
        }
    }
    match (values.at("doctor_id").as_id(), first, last) {
        (Some(doctor_id), Some(first), Some(last)) if errors.is_empty() => Ok(Absence {
            doctor_id,
            days: Days { first, last },
            reason: values.at("reason").as_text().into(),
            same_doctor: values.at("whose").as_text() == Whose::Same.as_str(),
        }),
        _ => Err(errors),
    }
}

async fn render(
    visit: &Visit,
    user: &CurrentUser,
    typed: FormData,
    errors: FormErrors,
    absence: Option<Absence>,
) -> AppResult<HttpResponse> {
    let status = match () {
        () if errors.is_empty() => StatusCode::OK,
        () if errors.iter().any(|error| error.field.is_empty()) => StatusCode::CONFLICT,
        () => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let loaded = visit.app.db.read(move |c| {
        let Some(absence) = absence else { return Ok::<_, AppError>(None) };
        let all = affected(c, &app.clinic_zone(), absence.doctor_id, absence.days, app.now())?;
        let mut ids: Vec<i64> = all.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        let condition = Sql::default().is_one_of("appointments.id", &ids);
        let wanted = Wanted { condition, is_latest_first: false, only_visible: false, most: MOST as i64 };
        Ok(Some((load(c, &actor, wanted)?, ids)))
    });
    let found = loaded.await?;
    let (zone, now) = (visit.zone(), visit.app.now());
    let line = |entry: &Entry| CardLine { label: entry.name().into(), note: entry.line(&zone, now).label, ..entry.line(&zone, now) };
    let shown = found.as_ref().map(|(_, ids)| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")).unwrap_or_default();
    let affected: Option<Vec<CardLine>> = found.map(|(entries, _)| entries.iter().map(line).collect());
    let count = affected.as_ref().map_or(0, Vec::len) as i64;
    let button = match count {
        0 => "Save the absence".to_string(),
        _ => format!("Cancel {} and offer other times", plural(count, "appointment", "appointments")),
    };
    let form = bind(&visit.app, fields(), typed, errors).await?;
    let shell = visit.shell("A doctor is away").under(&[("Calendar", "/calendar")]).with_errors(!form.errors.is_empty());
    html(status, &NewPage { shell, form, affected, shown, button })
}
