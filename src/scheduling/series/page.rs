//! The page between choosing a time and booking a series: every date with what is in its way, to be ticked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::book::{Failed, book};
use super::dates::{Asked, SeriesDate, dates};
use super::repeat::{Repeat, TIMES, WEEKS, section};
use crate::clinic::patient::Patient;
use crate::english::{isolated, plural};
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Field, FormData, FormErrors, Model, Row, Value, Values};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::booking::page::sentence;
use crate::scheduling::booking::times::{Time, chosen};
use crate::web::page::flash::leave_undoable;
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::press::Press;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;
/// What all of them have in common, in addition to the patient.
const COMMON: &[&str] = &[OWN.type_id, OWN.note, OWN.is_overbooked, OWN.overbooking_reason];
/// Carried from the page for booking.
const CARRIED: [&str; 6] = ["patient_id", "type_id", "doctor_id", "at", "is_overbooked", "overbooking_reason"];

/// The repeat that the shown dates are of.
const SHOWN: &str = "shown";

#[derive(Template)]
#[template(path = "scheduling/series/new.html")]
struct SeriesPage {
    shell: Shell,
    form: BoundForm,
    dates: Vec<SeriesDate>,
    /// What stands on the button: `Book 8 appointments`
    button: String,
    /// Dates that somebody else has since, in words.
    taken: Vec<String>,
    carried: Vec<(&'static str, String)>,
    /// Back to the free times.
    back: String,
}

/// The first time the dates are shown, after a time was chosen on the page for booking.
pub async fn preview(visit: &Visit, user: &CurrentUser, typed: FormData) -> AppResult<HttpResponse> {
    render(visit, user, typed, None, FormErrors::default(), StatusCode::OK).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let repeat = match Repeat::read(&typed) {
        Ok(Some(repeat)) => repeat,
        Ok(None) => return refuse(&visit, &user, typed, TIMES, "Enter how many appointments to book").await,
        Err((field, text)) => return refuse(&visit, &user, typed, field, text).await,
    };
    if !typed.has("book") {
        return render(&visit, &user, typed, None, FormErrors::default(), StatusCode::OK).await;
    }
    if typed.text(SHOWN) != shown(repeat) {
        let text = "These are other dates than before. Check them, then book";
        let mut errors = FormErrors::default();
        errors.add(TIMES, text);
        return render(&visit, &user, typed, None, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let times: Vec<_> = (0..repeat.times).filter_map(|place| chosen(typed.text(&format!("date-{place}")))).collect();
    if times.is_empty() {
        return refuse(&visit, &user, typed, "", "Tick at least one date").await;
    }
    let patient = patient(&visit, &user, &typed).await?;
    let (mut common, errors) = parse(fields(), &typed, visit.app.today(), &visit.zone());
    if !errors.is_empty() {
        return render(&visit, &user, typed.clone(), Some(typed), errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    common.set(OWN.patient_id, Value::Integer(patient.id));
    save(&visit, &user, typed, common, times).await
}

async fn save(visit: &Visit, user: &CurrentUser, typed: FormData, common: Values, times: Vec<(i64, i64)>) -> AppResult<HttpResponse> {
    let (app, actor, count) = (visit.app.clone(), user.to_actor(), times.len());
    let press = Press::of(user.id, "appointment_series", &typed);
    let before = press.clone();
    let booked = visit.app.db.write(move |c| book(c, &app, &actor, press.as_ref(), &common, &times)).await;
    let first = match booked {
        Ok(first) => first,
        Err(Failed::Twice) => {
            let added = visit.app.db.read(move |c| Ok::<_, AppError>(before.map(|press| press.added(c)).transpose()?.flatten())).await?;
            return Ok(see_other(format!("/appointments/{}", added.ok_or(AppError::NotFound)?)));
        }
        Err(Failed::Write(WriteError::Invalid(errors))) if errors.is_collision() => {
            return render(visit, user, typed.clone(), Some(typed), errors, StatusCode::CONFLICT).await;
        }
        Err(Failed::Write(WriteError::Invalid(errors))) => {
            return render(visit, user, typed.clone(), Some(typed), errors, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Err(Failed::Write(error)) => return Err(error.into()),
    };
    let record = format!("/appointments/{}", first.id);
    let what = sentence(visit, user, &first).await?;
    let (text, undo) = match count {
        1 => (format!("Booked: {what}."), format!("{record}/enter-in-error")),
        _ => (format!("Booked {}, the first: {what}.", appointments(count)), format!("{record}/series/undo")),
    };
    leave_undoable(&visit.request, &visit.app, text, undo);
    Ok(see_other(record))
}

fn appointments(count: usize) -> String {
    plural(i64::try_from(count).unwrap_or(0), "appointment", "appointments")
}

fn shown(repeat: Repeat) -> String {
    format!("{}-{}", repeat.weeks, repeat.times)
}

fn fields() -> impl Iterator<Item = &'static Field> {
    Appointment::resource().declaration().fields_named(COMMON)
}

/// The patient, if the user may see them.
async fn patient(visit: &Visit, user: &CurrentUser, typed: &FormData) -> AppResult<Row> {
    let id = typed.text("patient_id").parse::<i64>().map_err(|_| AppError::NotFound)?;
    record::find::find(&visit.app, user.to_actor(), Patient::NAME, id).await
}

/// The dates again, with an error at a field.
async fn refuse(visit: &Visit, user: &CurrentUser, typed: FormData, field: &'static str, text: &str) -> AppResult<HttpResponse> {
    let mut errors = FormErrors::default();
    errors.add(field, text);
    render(visit, user, typed.clone(), Some(typed), errors, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// `ticked` is the form whose ticks are kept; without one, every date that is free is ticked.
async fn render(
    visit: &Visit,
    user: &CurrentUser,
    typed: FormData,
    ticked: Option<FormData>,
    errors: FormErrors,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    let patient = patient(visit, user, &typed).await?;
    let (doctor_id, first) = typed.get("at").and_then(chosen).ok_or(AppError::BadRequest("Choose a time first."))?;
    let type_id = typed.text("type_id").parse().map_err(|_| AppError::BadRequest("Choose a type first."))?;
    let repeat = Repeat::read(&typed);
    let mut found = Vec::new();
    if let Ok(Some(repeat)) = repeat {
        let is_overbooked = typed.has("is_overbooked");
        let asked = Asked { patient_id: patient.id, type_id, doctor_id, first, repeat, is_overbooked };
        let (app, actor) = (visit.app.clone(), user.to_actor());
        let read = visit.app.db.read(move |c| Ok::<_, AppError>(dates(c, &app, &actor, &asked, ticked.as_ref())?));
        found = read.await?.ok_or(AppError::NotFound)?;
    }
    // What somebody else has now is listed; otherwise two of the dates are in each other's way.
    let errors = match errors.is_collision() {
        true if found.iter().any(|date| date.was_taken) => FormErrors::default(),
        true => {
            let mut whole = FormErrors::default();
            whole.add("", format!("Nothing is booked. {}. Choose another time for one of the dates", errors.first_text()));
            whole
        }
        false => errors,
    };
    let wrong = errors.iter().find_map(|error| {
        let field = [WEEKS, TIMES].into_iter().find(|name| *name == error.field)?;
        Some((field, error.text.clone()))
    });
    let note = Appointment::resource().declaration().fields_named(&[OWN.note]).cloned().collect();
    let mut form = bind(&visit.app, note, typed.clone(), errors).await?;
    form.sections.insert(0, section(&typed, wrong.as_ref().map(|(field, text)| (*field, text.as_str()))));
    let count = found.iter().filter(|date| !date.chosen.is_empty()).count();
    let mut carried: Vec<_> =
        CARRIED.into_iter().filter_map(|name| Some((name, typed.get(name)?.to_string()))).filter(|(_, value)| !value.is_empty()).collect();
    carried.extend(repeat.ok().flatten().map(|repeat| (SHOWN, shown(repeat))));
    let title = format!("Book several appointments for {}", isolated(&patient.label));
    let shell = visit.shell(title).under(&[("Appointments", "/appointments")]).renamed("Repeat").with_errors(!form.errors.is_empty());
    let shell = shell.of_record(visit, Patient::resource().declaration(), &patient, &format!("/patients/{}", patient.id));
    let page = SeriesPage {
        taken: found.iter().filter(|date| date.was_taken).map(|date| when(&date.time)).collect(),
        button: format!("Book {}", appointments(count)),
        back: format!("/appointments/new?patient_id={}&type_id={type_id}&doctor_id={doctor_id}", patient.id),
        shell,
        form,
        dates: found,
        carried,
    };
    html(status, &page)
}

/// `Monday 7 Dec 2026, 14:10`
fn when(time: &Time) -> String {
    format!("{}, {}", time.day, time.clock)
}
