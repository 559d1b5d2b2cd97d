//! The page for booking. A time is a button that books at once, so everything else stands before the times.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::choices::{Chosen, Offer};
use super::times::{Day, Time, chosen};
use crate::clinic::patient::Patient;
use crate::db::UtcDateTime;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::declare::staff_pages::StaffFieldset;
use crate::resource::form::bind::{BoundForm, Choice, Control};
use crate::resource::value::Row;
use crate::resource::{FormData, Model, Value, Values};
use crate::scheduling::appointment::model::{Appointment, OVERBOOK};
use crate::scheduling::series;
use crate::scheduling::series::repeat::{self, Repeat};
use crate::web::page::extension::Card;
use crate::web::page::flash::leave_undoable;
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::record::form::{RecordErrors, RecordForm, Saved};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// The fields of the page: what is chosen before the times, and what is folded.
const WITH_PATIENT: &[StaffFieldset] = &[("What and with whom", &["type_id", "doctor_id"]), ("Note", &["note"])];
const WITHOUT_PATIENT: &[StaffFieldset] = &[("Who, what and with whom", &["patient_id", "type_id", "doctor_id"]), ("Note", &["note"])];
const OVERBOOKING: &[StaffFieldset] =
    &[("What and with whom", &["type_id", "doctor_id"]), ("Note and overbooking", &["note", "is_overbooked", "overbooking_reason"])];

/// The buttons of the page.
const AT: &str = "at";
const FIND: &str = "_find";

#[derive(Template)]
#[template(path = "scheduling/booking/new.html")]
pub struct BookingPage {
    pub shell: Shell,
    pub form: BoundForm,
    pub action: String,
    pub cancel: String,
    /// The patient, once chosen.
    pub patient: Option<i64>,
    pub from: String,
    /// The time of that day from which times are offered; blank for the whole day.
    pub time: String,
    /// What is missing before anything can be booked: a sentence, and where it is added.
    pub missing: Option<(&'static str, Option<&'static str>)>,
    pub days: Vec<Day>,
    pub later: String,
    /// The time that somebody else has, as a heading, and the next free ones.
    pub taken: Option<String>,
    pub next: Vec<Time>,
    /// What the patient has and had, beside the form.
    pub cards: Vec<Card>,
    pub is_move: bool,
    /// A time shows the dates of a series.
    pub repeats: bool,
}

impl BookingPage {
    /// The page of an offer; `taken` is the time that somebody else has.
    pub fn of(shell: Shell, form: BoundForm, offer: Offer, choice: &Chosen, user: &CurrentUser, taken: Option<String>) -> Self {
        let next = if taken.is_some() { offer.next() } else { Vec::new() };
        let patient = offer.patient.as_ref().map(|row| row.id);
        Self {
            shell,
            form,
            action: "/appointments/new".into(),
            cancel: patient.map_or_else(|| "/calendar".into(), |id| format!("/patients/{id}")),
            patient,
            from: choice.from.to_string(),
            missing: missing(&offer, user),
            later: offer.later.map_or_else(String::new, |minute| minute.to_string()),
            time: if choice.at == 0 { String::new() } else { format!("{:02}:{:02}", choice.at / 60, choice.at % 60) },
            cards: offer.cards,
            days: offer.days,
            taken,
            next,
            is_move: false,
            repeats: false,
        }
    }
}

pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    render(&visit, &user, asked, None).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let time = typed.get(AT).and_then(chosen).filter(|_| !typed.has(FIND));
    match Repeat::read(&typed) {
        Err((field, text)) if !typed.has(FIND) => return render(&visit, &user, typed, Some(RecordErrors::at(field, text))).await,
        // Whoever repeats an appointment sees all of the dates first.
        Ok(Some(_)) if time.is_some() && typed.has("patient_id") => return series::page::preview(&visit, &user, typed).await,
        _ => {}
    }
    let Some((doctor_id, minute)) = time else { return render(&visit, &user, typed, Some(RecordErrors::default())).await };
    let starts = UtcDateTime::from_unix_minutes(minute);
    let mut fixed: Values = [(OWN.doctor_id, Value::Integer(doctor_id)), (OWN.starts_at, Value::DateTime(starts))].into_iter().collect();
    if let Ok(id) = typed.text("patient_id").parse() {
        fixed.set(OWN.patient_id, Value::Integer(id));
    }
    let form = form(&visit, &user, typed.has("patient_id"));
    let sent = typed.clone().with("doctor_id", doctor_id.to_string());
    match form.save(sent, fixed).await? {
        Saved::Saved(row) | Saved::Unchanged(row) => booked(&visit, &user, &row).await,
        Saved::Invalid(_, problems) => render(&visit, &user, typed, Some(problems)).await,
        Saved::Conflict(..) => Err(AppError::internal("a new appointment has no other version")),
    }
}

/// Says what was booked, with the button that undoes it.
async fn booked(visit: &Visit, user: &CurrentUser, row: &Row) -> AppResult<HttpResponse> {
    let what = sentence(visit, user, row).await?;
    leave_undoable(&visit.request, &visit.app, format!("Booked: {what}."), format!("/appointments/{}/enter-in-error", row.id));
    Ok(see_other(format!("/appointments/{}", row.id)))
}

/// `Émile Zola with Dr Hopper, Monday 23 Nov 2026, 09:20`
pub async fn sentence(visit: &Visit, user: &CurrentUser, row: &Row) -> AppResult<String> {
    let (app, actor, zone) = (visit.app.clone(), user.to_actor(), visit.zone());
    let (patient, doctor) = (row.values.at(OWN.patient_id).as_id(), row.values.at(OWN.doctor_id).as_id());
    let names = visit.app.db.read(move |c| {
        let mut label = |name: &str, id: Option<i64>| app.registry.visible_label(c, &actor, name, id.unwrap_or_default());
        Ok::<_, AppError>((label("patient", patient)?, label("doctor", doctor)?))
    });
    let (patient, doctor) = names.await?;
    let when = match row.values.at(OWN.starts_at) {
        Value::DateTime(at) => format!("{} {}", zone.date(*at).weekday(), zone.show(*at)),
        _ => String::new(),
    };
    Ok(format!("{} with {}, {when}", isolated(&patient), isolated(&doctor)))
}

fn form(visit: &Visit, user: &CurrentUser, has_patient: bool) -> RecordForm {
    let sections = match has_patient {
        false => WITHOUT_PATIENT,
        true if user.can(OVERBOOK) => OVERBOOKING,
        true => WITH_PATIENT,
    };
    RecordForm::new(visit, user, Appointment::NAME).with_sections(sections)
}

/// The page as it is opened, or with what was typed.
async fn render(visit: &Visit, user: &CurrentUser, typed: FormData, problems: Option<RecordErrors>) -> AppResult<HttpResponse> {
    let today = visit.app.today_of(user);
    let choice = Chosen::read(&typed, today, &visit.zone());
    let (app, actor, wanted) = (visit.app.clone(), user.to_actor(), choice.clone());
    let offer = visit.app.db.read(move |c| Ok::<_, AppError>(Offer::load(c, &app, &actor, &wanted)?)).await?;
    if choice.patient_id.is_some() && offer.patient.is_none() {
        return Err(AppError::NotFound);
    }
    if let Some(row) = &offer.patient {
        record::read::opened(&visit.app, user, "patient", row.id, &row.label).await?;
    }
    let has_patient = offer.patient.is_some();
    let (status, taken, problems) = match problems {
        None => (StatusCode::OK, None, None),
        Some(problems) if problems.own.is_collision() => {
            (StatusCode::CONFLICT, taken(&typed, &offer, visit), Some(RecordErrors::default()))
        }
        Some(problems) => (problems.status(), None, Some(problems)),
    };
    let mut bound = match problems {
        None => form(visit, user, has_patient).open(typed.clone()).await?,
        Some(problems) => form(visit, user, has_patient).again(typed.clone(), problems).await?,
    };
    arrange(&mut bound, &offer, &choice);
    if has_patient {
        bound.sections.push(repeat::section(&typed, Repeat::read(&typed).err()));
    }
    let patient = offer.patient.as_ref();
    let title = match patient {
        Some(row) => format!("Book an appointment for {}", isolated(&row.label)),
        None => "Book an appointment".into(),
    };
    let mut shell = visit.shell(title).under(&[("Appointments", "/appointments")]).renamed("Book").with_errors(!bound.errors.is_empty());
    if let Some(row) = patient {
        shell = shell.of_record(visit, Patient::resource().declaration(), row, &format!("/patients/{}", row.id));
    }
    let repeats = matches!(Repeat::read(&typed), Ok(Some(_)));
    html(status, &BookingPage { repeats, ..BookingPage::of(shell, bound, offer, &choice, user, taken) })
}

/// What is missing before anything can be booked.
fn missing(offer: &Offer, user: &CurrentUser) -> Option<(&'static str, Option<&'static str>)> {
    let link = |href: &'static str| user.is_staff.then_some(href);
    match () {
        () if offer.types.is_empty() => Some(("There are no appointment types yet", link("/admin/appointment-types/new"))),
        () if offer.doctors.is_empty() => Some(("No doctor has working hours yet", link("/admin/working-hours/new"))),
        () => None,
    }
}

/// `09:20 with Dr Hopper was just taken`
pub fn taken(typed: &FormData, offer: &Offer, visit: &Visit) -> Option<String> {
    let (doctor_id, minute) = typed.get(AT).and_then(chosen)?;
    let zone = visit.zone();
    let name = offer.doctors.iter().find(|(id, _)| *id == doctor_id).map_or("the doctor", |(_, name)| name.as_str());
    Some(format!("{} with {} is not free any more", zone.clock(zone.on_wall(minute).1), isolated(name)))
}

/// Types with their length, and doctors who work.
fn arrange(bound: &mut BoundForm, offer: &Offer, choice: &Chosen) {
    for field in bound.sections.iter_mut().flat_map(|section| &mut section.fields) {
        match field.name.as_str() {
            "type_id" => {
                field.opens_row = true;
                let choice = |(id, name, minutes): &(i64, String, i64)| Choice {
                    value: id.to_string(),
                    label: format!("{name} · {minutes} min"),
                    chosen: Some(*id) == offer.type_id,
                };
                field.control = Control::Select { choices: offer.types.iter().map(choice).collect() };
            }
            "doctor_id" => {
                field.closes_row = true;
                field.control = offer.doctor_choices(choice);
            }
            _ => {}
        }
        field.related.clear();
        // With a patient, what comes next is a time.
        field.focus = field.focus && offer.patient.is_none();
    }
}
