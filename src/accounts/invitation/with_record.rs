//! Creating an account together with the record of its owner: one form, one transaction, one invitation.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use diesel::prelude::*;

use crate::accounts::invitation;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::Connection;
use crate::db::schema::groups;
use crate::email_address::shown;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::access::actor::Action;
use crate::resource::form::bind::Binder;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Row, Value, Values};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::form_page::FormPage;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::press::Press;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// A kind of person who can have an account: the resource whose field `user_id` refers to it.
pub struct Person {
    pub resource: &'static str,
    pub noun: &'static str,
    /// The path of the list.
    pub path: &'static str,
    /// The group that the account joins.
    pub group: &'static str,
    pub fields: &'static [&'static str],
    /// The permission that giving an existing record an account takes, beside changing it: the account sees what the record does.
    pub needs: &'static str,
}

pub static DOCTOR: Person = Person {
    resource: "doctor",
    noun: "Doctor",
    path: "/doctors",
    group: "Doctor",
    fields: &["name", "specialization"],
    needs: "clinic.view_all_patients",
};

pub static PATIENT: Person = Person {
    resource: "patient",
    noun: "Patient",
    path: "/patients",
    group: "Patient",
    fields: &["name", "date_of_birth", "age", "gender", "address", "primary_doctor_id"],
    needs: "patient.change",
};

const ACCOUNT: [&str; 4] = ["username", "email", "first_name", "last_name"];

/// Whether the actor may create accounts together with records. The record refers to a user and the account joins a group, so the
/// actor has to be able to view both.
fn may(actor: &Actor) -> bool {
    actor.may(Action::Add, "user") && actor.may(Action::View, "user") && actor.may(Action::View, "group")
}

pub async fn new(kind: &'static Person, visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    admit(&user)?;
    render(kind, &visit, &user, None, FormErrors::default()).await
}

pub async fn create(kind: &'static Person, visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    admit(&user)?;
    let typed = FormData::clone(&posted);
    if typed.has("_find") {
        return render(kind, &visit, &user, Some(typed), FormErrors::default()).await;
    }
    let (app, actor, sent) = (visit.app.clone(), user.to_actor(), typed.clone());
    let press = Press::of(actor.id, kind.resource, &typed);
    let before = press.clone();
    match visit.app.db.write(move |c| once(c, &app, &actor, kind, &sent, press)).await {
        Ok((row, email)) => {
            let message = format!("{} saved. Invitation sent to {}.", isolated(&row.label), shown(&email));
            leave(&visit.request, &visit.app, Tone::Ok, message);
            Ok(see_other(format!("{}/{}", kind.path, row.id)))
        }
        Err(Failed::Twice) => {
            let find = move |c: &mut Connection| Ok::<_, AppError>(before.map(|press| press.added(c)).transpose()?.flatten());
            let id = visit.app.db.read(find).await?.ok_or(AppError::NotFound)?;
            Ok(see_other(format!("{}/{id}", kind.path)))
        }
        Err(Failed::Write(WriteError::Invalid(errors))) => render(kind, &visit, &user, Some(typed), errors).await,
        Err(Failed::Write(error)) => Err(error.into()),
    }
}

enum Failed {
    /// The same form was sent before.
    Twice,
    Write(WriteError),
}

impl<E: Into<WriteError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Write(error.into())
    }
}

/// Creates everything, unless the same form did.
fn once(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    kind: &Person,
    typed: &FormData,
    press: Option<Press>,
) -> Result<(Row, String), Failed> {
    if let Some(press) = &press
        && !press.begin(c, app.now())?
    {
        return Err(Failed::Twice);
    }
    let made = make(c, app, actor, kind, typed)?;
    press.map(|press| press.end(c, made.0.id)).transpose()?;
    Ok(made)
}

fn admit(user: &CurrentUser) -> AppResult<()> {
    if may(user) {
        Ok(())
    } else {
        Err(AppError::Forbidden("To create an account as well, you need the permissions to add users and view groups."))
    }
}

/// Creates the account, the record and the invitation. Errors of both halves are reported together.
fn make(c: &mut Connection, app: &App, actor: &Actor, kind: &Person, typed: &FormData) -> Result<(Row, String), WriteError> {
    let users = app.registry.of::<User>();
    let people = app.registry.get(kind.resource).ok_or(WriteError::NotFound)?;
    let read = |fields: Vec<&Field>| parse(fields.into_iter(), typed, app.today(), &app.zone(actor));
    let (mut account, mut wrong) = read(users.declaration().fields_named(&ACCOUNT).collect());
    let (mut person, person_wrong) = read(people.declaration().fields_named(kind.fields).collect());
    name_after(&mut account, person.at("name").as_text());
    let group = groups::table.filter(groups::name.eq(kind.group)).select(groups::id).first::<i64>(c).optional()?;
    match group {
        Some(id) => account.set("groups", Value::Many(vec![id])),
        None => wrong.add("", format!("There is no group {} for the account to join. Add it first", kind.group)),
    }
    app.act(c, actor, |c, writer| {
        let owner = match writer.create(c, users, account, wrong) {
            Ok(owner) => owner,
            Err(WriteError::Invalid(errors)) => {
                let others = match writer.create(c, people, person, person_wrong) {
                    Err(WriteError::Invalid(others)) => others,
                    // The transaction is rolled back, whatever the result.
                    _ => FormErrors::default(),
                };
                return Err(WriteError::Invalid(placed(kind, [errors, others])));
            }
            Err(error) => return Err(error),
        };
        person.set("user_id", Value::Integer(owner.id));
        let row = writer.create(c, people, person, person_wrong).map_err(|error| match error {
            WriteError::Invalid(errors) => WriteError::Invalid(placed(kind, [errors])),
            other => other,
        })?;
        invitation::model::send(c, app, writer, &owner)?;
        Ok((row, owner.values.at(User::FIELDS.email).as_text().to_string()))
    })
}

/// Takes a blank name of the account from the record.
fn name_after(account: &mut Values, name: &str) {
    if !account.at("first_name").is_blank() || !account.at("last_name").is_blank() {
        return;
    }
    let (first, last) = split_name(name);
    account.set("first_name", Value::Text(first));
    account.set("last_name", Value::Text(last));
}

/// First and last name: `Dr Grace Hopper` is Grace, and Hopper.
pub fn split_name(name: &str) -> (String, String) {
    let words: Vec<&str> = name.split_whitespace().filter(|word| !matches!(*word, "Dr" | "Dr.")).collect();
    words.split_last().map_or_else(Default::default, |(last, first)| (first.join(" "), (*last).into()))
}

/// An error of a field that is not on the form is shown for the form as a whole.
fn placed<const N: usize>(kind: &Person, halves: [FormErrors; N]) -> FormErrors {
    let mut problems = FormErrors::default();
    for error in halves.iter().flat_map(FormErrors::iter) {
        let is_shown = ACCOUNT.contains(&error.field) || kind.fields.contains(&error.field);
        problems.add_part(if is_shown { error.field } else { "" }, error.part, error.text.clone());
    }
    problems
}

async fn render(
    kind: &'static Person,
    visit: &Visit,
    user: &CurrentUser,
    typed: Option<FormData>,
    errors: FormErrors,
) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let own = visit.app.registry.get(kind.resource).map(|resource| resource.declaration()).ok_or(AppError::NotFound)?;
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let form = visit
        .app
        .db
        .read(move |c| {
            let users = app.registry.of::<User>();
            let people = app.registry.get(kind.resource).ok_or(AppError::NotFound)?;
            let person: Vec<&Field> = people.declaration().fields_named(kind.fields).collect();
            let account: Vec<&Field> = users.declaration().fields_named(&ACCOUNT).collect();
            let typed = typed.unwrap_or_else(|| {
                let blank = people.initial(&actor, app.now());
                FormData::of(person.iter().copied(), &blank, &app.zone(&actor))
            });
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            let parts = [(people.declaration().singular, person), ("Account", account)];
            let mut form = binder.bind(c, &parts, &typed, &errors)?.focused();
            if let Some(section) = form.sections.last_mut() {
                section.description = "We will email them a link to choose a password.";
            }
            Ok::<_, AppError>(form)
        })
        .await?;
    let singular = own.singular_lower();
    let shell = visit.shell(format!("New {singular} with an account")).under(&[(own.plural, kind.path)]);
    let shell = shell.renamed("Add with account").with_errors(!form.errors.is_empty());
    let action = format!("{}/new/account", kind.path);
    html(status, &FormPage { shell, form, action, cancel: kind.path.into(), button: format!("Save {singular} and send invitation") })
}
