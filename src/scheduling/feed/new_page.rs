//! The page to create a calendar feed. Its address is shown once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;

use super::model::{Content, Subject, is_allowed, list_for_user};
use super::page::about;
use crate::clinic::doctor::Doctor;
use crate::crypto::keys::{digest, random_text};
use crate::db::connection::exclusive;
use crate::db::schema::calendar_feeds;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::Binder;
use crate::resource::form::data::parse;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Kind, Values, field};
use crate::scheduling::room::Room;
use crate::web::page::form_page::FormPage;
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// The most feeds of one user.
const MOST: usize = 20;
/// 256 bits.
const SECRET: usize = 43;

#[derive(Template)]
#[template(path = "scheduling/feed/feed_made.html")]
struct MadePage {
    shell: Shell,
    address: String,
}

fn fields() -> [Field; 4] {
    [
        field("Calendar")
            .named("subject")
            .kind(Kind::Choice(Subject::CHOICES))
            .widget(Widget::Radio)
            .required_error("Choose what the calendar shows"),
        field("Doctor")
            .named("doctor_id")
            .kind(Kind::Integer)
            .references::<Doctor>(OnDelete::Cascade)
            .optional()
            .help("For a doctor’s calendar"),
        field("Room")
            .named("room_id")
            .kind(Kind::Integer)
            .references::<Room>(OnDelete::Cascade)
            .optional()
            .help("For the calendar of a room"),
        field("Details")
            .named("content")
            .kind(Kind::Choice(Content::CHOICES))
            .widget(Widget::Radio)
            .help("Other people may see your calendar, and the program that shows it may store it elsewhere")
            .required_error("Choose what it says about each appointment"),
    ]
}

pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let mut typed = FormData::default();
    typed.push("subject", Subject::Person.as_str());
    typed.push("content", Content::Busy.as_str());
    render(&visit, &user, typed, FormErrors::default()).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let (values, errors) = parse(fields().iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    let secret = random_text(SECRET);
    let new = NewFeed::of(user.id, &values, &secret, visit.app.now());
    match store(&visit, user.to_actor(), new, errors).await {
        Ok(()) => {
            let shell = visit.shell("Your new calendar feed").after("Calendar feeds", "/calendar-feeds");
            let home = visit.app.settings.public_url.as_str().trim_end_matches('/').to_string();
            html(StatusCode::OK, &MadePage { shell, address: format!("{home}/feeds/{secret}.ics") })
        }
        Err(WriteError::Invalid(errors)) => render(&visit, &user, typed, errors).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Insertable)]
#[diesel(table_name = calendar_feeds)]
struct NewFeed {
    user_id: i64,
    subject: String,
    doctor_id: Option<i64>,
    room_id: Option<i64>,
    content: String,
    token_hash: String,
    hint: String,
    created_at: UtcDateTime,
    updated_at: UtcDateTime,
}

impl NewFeed {
    fn of(user_id: i64, values: &Values, secret: &str, now: UtcDateTime) -> Self {
        let subject = values.at("subject").as_text().to_string();
        let chosen = |of: Subject, name| values.at(name).as_id().filter(|_| subject == of.as_str());
        Self {
            user_id,
            doctor_id: chosen(Subject::Doctor, "doctor_id"),
            room_id: chosen(Subject::Room, "room_id"),
            subject: subject.clone(),
            content: values.at("content").as_text().to_string(),
            token_hash: digest(secret),
            hint: secret.chars().skip(SECRET - 4).collect(),
            created_at: now,
            updated_at: now,
        }
    }
}

/// The row and its log entry, in one transaction.
async fn store(visit: &Visit, actor: Actor, new: NewFeed, mut errors: FormErrors) -> Result<(), WriteError> {
    let app = visit.app.clone();
    visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "calendar_feeds", actor.id)?;
            check(c, &actor, &new, &mut errors)?;
            if list_for_user(c, actor.id)?.len() >= MOST {
                errors.add("", format!("You have {MOST} calendar feeds, the maximum. Revoke one before you create another"));
            }
            if !errors.is_empty() {
                return Err(WriteError::Invalid(errors));
            }
            let id: i64 = diesel::insert_into(calendar_feeds::table).values(&new).returning(calendar_feeds::id).get_result(c)?;
            app.act(c, &actor, |_, writer| {
                let subject = Subject::parse(&new.subject).unwrap_or(Subject::Person);
                writer.log_entry(about(LogAction::Add, id, subject, &new.hint));
                Ok(())
            })
        })
        .await
}

fn check(c: &mut Connection, actor: &Actor, new: &NewFeed, errors: &mut FormErrors) -> QueryResult<()> {
    let Some(subject) = Subject::parse(&new.subject) else { return Ok(()) };
    match subject {
        Subject::Doctor if new.doctor_id.is_none() => errors.add("doctor_id", "Choose a doctor"),
        Subject::Room if new.room_id.is_none() => errors.add("room_id", "Choose a room"),
        _ if is_allowed(c, actor, subject, new.doctor_id)? => {}
        Subject::Doctor => errors.add("doctor_id", "You can only choose yourself, unless you have access to every patient"),
        _ => errors.add("subject", "You need access to every patient for this calendar"),
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
            let fields = fields();
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            Ok::<_, AppError>(binder.bind(c, &[("", fields.iter().collect())], &typed, &errors)?)
        })
        .await?;
    let shell = visit.shell("Create a calendar feed").after("Calendar feeds", "/calendar-feeds").with_errors(!form.errors.is_empty());
    let (action, cancel) = ("/calendar-feeds/new".into(), "/calendar-feeds".into());
    html(status, &FormPage { shell, form, action, cancel, button: "Create feed".into() })
}
