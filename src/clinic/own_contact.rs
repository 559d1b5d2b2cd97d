//! Where patients who sign in say how the clinic reaches them: phone, consent, and the ways of reminders. Of their own record, and
//! nothing else of it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::own_record;
use super::patient::Patient;
use crate::db::Zone;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::Binder;
use crate::resource::form::data::parse;
use crate::resource::write::conflict::Conflict;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormData, FormErrors, Model, Row, Values};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::form_page::FormPage;
use crate::web::record::form::VERSION;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const HERE: &str = "/my-contact";
/// Every field that the page may set.
const FIELDS: &[&str] = &[Patient::FIELDS.phone, Patient::FIELDS.may_contact, Patient::FIELDS.reminders_by];

pub async fn edit(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let row = find(&visit, &user).await?;
    let typed = FormData::of(Patient::resource().declaration().fields_named(FIELDS), &row.values, &visit.zone());
    render(&visit, &user, row, typed, FormErrors::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let row = find(&visit, &user).await?;
    let fields = Patient::resource().declaration().fields_named(FIELDS);
    let (values, errors) = parse(fields, &typed, visit.app.today(), &visit.zone());
    let sent = values.clone();
    let version = typed.text(VERSION).parse().unwrap_or(row.version);
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), row.id);
    let saved = visit.app.db.write(move |c| {
        let resource = app.registry.of::<Patient>();
        app.act(c, &actor, |c, writer| writer.update(c, resource, id, values, errors, Some(version)))
    });
    match saved.await {
        Ok(saved) => {
            let text = if saved.version == row.version { "Nothing was changed." } else { "Your contact details are saved." };
            leave(&visit.request, &visit.app, Tone::Ok, text);
            Ok(see_other("/"))
        }
        Err(WriteError::Invalid(errors)) => render(&visit, &user, row, typed, errors).await,
        Err(WriteError::Conflict(conflict)) => {
            let errors = differences(&conflict, &sent, &visit.zone());
            render(&visit, &user, conflict.theirs, typed, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What the clinic has now, at each field that it has changed, so that nothing is overwritten unseen.
fn differences(conflict: &Conflict, sent: &Values, zone: &Zone) -> FormErrors {
    let mut errors = FormErrors::default();
    errors.add_conflict("The clinic has changed your details since you opened this page. Check them and save again");
    for field in Patient::resource().declaration().fields_named(FIELDS) {
        let now = conflict.theirs.values.at(field.name);
        let is_changed = conflict.base.as_ref().is_none_or(|base| base.at(field.name) != now);
        if is_changed && sent.get(field.name) != Some(now) {
            let text = match now.is_blank() {
                true => "The clinic has removed this".to_string(),
                false => format!("The clinic has changed this to {}", now.show(field.kind, zone)),
            };
            errors.add(field.name, text);
        }
    }
    errors
}

async fn find(visit: &Visit, user: &CurrentUser) -> AppResult<Row> {
    let actor = user.to_actor();
    visit.app.db.read(move |c| own_record::find(c, &actor)?.ok_or(AppError::NotFound)).await
}

async fn render(visit: &Visit, user: &CurrentUser, row: Row, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = match errors.is_conflict() {
        true => StatusCode::CONFLICT,
        false if errors.is_empty() => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let (app, actor, version) = (visit.app.clone(), user.to_actor(), row.version.to_string());
    let mut form = visit
        .app
        .db
        .read(move |c| {
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            let fields = Patient::resource().declaration().fields_named(FIELDS).collect();
            Ok::<_, AppError>(binder.bind(c, &[("How we reach you", fields)], &typed, &errors)?)
        })
        .await?;
    form.hidden.push((VERSION, version));
    for field in form.sections.iter_mut().flat_map(|section| &mut section.fields) {
        match field.name.as_str() {
            name if name == Patient::FIELDS.may_contact => {
                (field.label, field.help) =
                    ("The clinic may contact me", "By phone, email and text message, about appointments and results");
            }
            name if name == Patient::FIELDS.reminders_by => {
                (field.label, field.help) = ("Remind me by", "Of my appointments. Emails go to the address of your account");
            }
            _ => {}
        }
    }
    let shell = visit.shell("Contact and reminders").with_errors(!form.errors.is_empty());
    html(status, &FormPage { shell, form, action: HERE.into(), button: "Save".into(), cancel: "/".into() })
}
