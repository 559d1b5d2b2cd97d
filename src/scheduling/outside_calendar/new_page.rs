//! The page to add an outside calendar.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use diesel::prelude::*;

use super::address::{Address, LONGEST};
use super::page::{PATH, TITLE, about};
use crate::clinic::doctor::Doctor;
use crate::db::connection::exclusive;
use crate::db::schema::outside_calendars;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::declare::reference::OnDelete;
use crate::resource::form::bind::Binder;
use crate::resource::form::data::parse;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Kind, field};
use crate::scheduling::own_doctor::{PERMISSION, doctor_of, refusal};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::form_page::FormPage;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// The most calendars of one doctor.
const MOST: i64 = 10;

/// Who plans for everybody chooses the doctor.
fn fields(actor: &Actor) -> Vec<Field> {
    let doctor =
        field("Doctor").named("doctor_id").kind(Kind::Integer).references::<Doctor>(OnDelete::Cascade).required_error("Choose a doctor");
    let name = field("Name").named("name").kind(Kind::Text).max(60).example("Hospital duty");
    let address = field("Address")
        .named("address")
        .kind(Kind::Text)
        .max(LONGEST)
        .help("The secret address of the calendar in iCal format, as Google, Outlook or Apple show it")
        .example("https://calendar.example.org/private-1a2b3c/basic.ics");
    let all = actor.can(PERMISSION.0);
    all.then_some(doctor).into_iter().chain([name, address]).collect()
}

pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    render(&visit, &user, FormData::default(), FormErrors::default()).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let (typed, actor) = (FormData::clone(&posted), user.to_actor());
    let (values, mut errors) = parse(fields(&actor).iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    let address = Address::parse(values.at("address").as_text(), visit.app.settings.outside_calendars_private);
    if let Err(sentence) = &address
        && errors.is_empty()
    {
        errors.add("address", *sentence);
    }
    let wish = address.ok().map(|address| Wish {
        doctor_id: values.at("doctor_id").as_id(),
        name: values.at("name").as_text().to_string(),
        address,
    });
    match store(&visit, actor, wish, errors).await {
        Ok(()) => {
            leave(&visit.request, &visit.app, Tone::Ok, "The calendar was added. It is fetched within a minute.");
            Ok(see_other(PATH))
        }
        Err(WriteError::Invalid(errors)) => render(&visit, &user, typed, errors).await,
        Err(error) => Err(error.into()),
    }
}

struct Wish {
    doctor_id: Option<i64>,
    name: String,
    address: Address,
}

#[derive(Insertable)]
#[diesel(table_name = outside_calendars)]
struct NewCalendar {
    doctor_id: i64,
    name: String,
    address: String,
    address_hash: String,
    host: String,
    hint: String,
    due_at: UtcDateTime,
    created_at: UtcDateTime,
    updated_at: UtcDateTime,
}

/// The row and its log entry, in one transaction.
async fn store(visit: &Visit, actor: Actor, wish: Option<Wish>, mut errors: FormErrors) -> Result<(), WriteError> {
    let Some(wish) = wish.filter(|_| errors.is_empty()) else { return Err(WriteError::Invalid(errors)) };
    let (app, now) = (visit.app.clone(), visit.app.now());
    visit
        .app
        .db
        .write(move |c| {
            let doctor_id = if actor.can(PERMISSION.0) { wish.doctor_id } else { doctor_of(c, &actor)? };
            let Some(doctor_id) = doctor_id else {
                errors.add("", "You can only add calendars for yourself, and your account belongs to no doctor");
                return Err(WriteError::Invalid(errors));
            };
            exclusive(c, "outside_calendars", doctor_id)?;
            check(c, &actor, doctor_id, &wish, &mut errors)?;
            let sealed = wish.address.seal(&app.keys, doctor_id);
            let Some(address) = sealed.filter(|_| errors.is_empty()) else { return Err(WriteError::Invalid(errors)) };
            let new = NewCalendar {
                doctor_id,
                address,
                address_hash: wish.address.hash(),
                host: wish.address.host(),
                hint: wish.address.hint(),
                name: wish.name,
                due_at: now,
                created_at: now,
                updated_at: now,
            };
            let id: i64 = diesel::insert_into(outside_calendars::table).values(&new).returning(outside_calendars::id).get_result(c)?;
            app.act(c, &actor, |_, writer| {
                writer.log_entry(about(LogAction::Add, id, &new.name, &new.host));
                Ok(())
            })
        })
        .await
}

fn check(c: &mut Connection, actor: &Actor, doctor_id: i64, wish: &Wish, errors: &mut FormErrors) -> QueryResult<()> {
    use outside_calendars as own;
    if let Some(sentence) = refusal(c, Some(doctor_id), actor)? {
        errors.add("doctor_id", sentence);
    }
    let of_doctor = || own::table.filter(own::doctor_id.eq(doctor_id));
    if of_doctor().filter(own::address_hash.eq(wish.address.hash())).count().get_result::<i64>(c)? > 0 {
        errors.add_taken("address", "This calendar was added already");
    } else if of_doctor().count().get_result::<i64>(c)? >= MOST {
        errors.add("", format!("There are {MOST} calendars already, the maximum. Remove one before you add another"));
    }
    Ok(())
}

async fn render(visit: &Visit, user: &CurrentUser, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = visit
        .app
        .db
        .read(move |c| {
            let fields = fields(&actor);
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            Ok::<_, AppError>(binder.bind(c, &[("", fields.iter().collect())], &typed, &errors)?)
        })
        .await?;
    let shell = visit.shell("Add an outside calendar").after(TITLE, PATH).with_errors(!form.errors.is_empty());
    let (action, cancel) = (format!("{PATH}/new"), PATH.into());
    html(status, &FormPage { shell, form, action, cancel, button: "Add calendar".into() })
}
