//! The form where users change their own details: names, phone number, time zone and date format, notifications.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::email::StepPage;
use crate::accounts::password::change::own;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::Binder;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const HERE: &str = "/profile/edit";
type Part = (&'static str, &'static [&'static str]);

/// The sections of the form, with every field that it may set. The last one is for those who are notified of anything.
const PARTS: &[Part] = &[
    ("Personal details", &["first_name", "last_name", "phone"]),
    ("Formats", &["time_zone", "locale"]),
    ("Notifications", &["notifies_by_email"]),
];

fn parts(app: &App, actor: &Actor) -> &'static [Part] {
    match PARTS.split_last() {
        Some((_, others)) if app.registry.is_guest(actor) => others,
        _ => PARTS,
    }
}

fn fields<'a>(app: &'a App, actor: &Actor) -> Vec<&'a Field> {
    let own = app.registry.of::<User>().declaration();
    parts(app, actor).iter().flat_map(|(_, names)| own.fields_named(names)).collect()
}

pub async fn edit(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (row, _) = own(&visit, &user).await?;
    let typed = FormData::of(fields(&visit.app, &user).into_iter(), &row.values, &visit.zone());
    render(&visit, &user, typed, FormErrors::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let (values, errors) = parse(fields(&visit.app, &user).into_iter(), &typed, visit.app.today(), &visit.zone());
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let saved = visit.app.db.write(move |c| {
        let resource = app.registry.of::<User>();
        app.act(c, &actor, |c, writer| writer.update(c, resource, actor.id, values, errors, None))
    });
    match saved.await {
        Ok(_) => {
            leave(&visit.request, &visit.app, Tone::Ok, "Profile saved.");
            Ok(see_other("/profile"))
        }
        Err(WriteError::Invalid(errors)) => render(&visit, &user, typed, errors).await,
        Err(error) => Err(error.into()),
    }
}

async fn render(visit: &Visit, user: &CurrentUser, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let form = visit
        .app
        .db
        .read(move |c| {
            let own = app.registry.of::<User>().declaration();
            let part = |(title, names): &Part| (*title, names.iter().filter_map(|name| own.field(name)).collect::<Vec<_>>());
            let parts: Vec<_> = parts(&app, &actor).iter().map(part).collect();
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            Ok::<_, AppError>(binder.bind(c, &parts, &typed, &errors)?)
        })
        .await?;
    let shell = visit.shell("Edit your profile").under(&[("Profile", "/profile")]).renamed("Edit");
    let shell = shell.with_errors(!form.errors.is_empty());
    html(status, &StepPage { shell, lead: String::new(), form, action: HERE, button: "Save profile", back: "/profile", first: None })
}
