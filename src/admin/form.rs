//! Adding and changing a record of any resource. Who may only look sees the same form as text.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use crate::error::{AppError, AppResult};
use crate::resource::act::Act;
use crate::resource::actor::Action;
use crate::resource::bind::BoundForm;
use crate::resource::field::Widget;
use crate::resource::history::Details;
use crate::resource::value::{Row, Values};
use crate::resource::{Declaration, Field, FormData};
use crate::web::back::Back;
use crate::web::current::CurrentUser;
use crate::web::flash::{Tone, leave};
use crate::web::form::Posted;
use crate::web::page::{Shell, Visit, html, see_other};
use crate::web::record;

#[derive(Template)]
#[template(path = "admin/form.html")]
struct FormPage {
    shell: Shell,
    form: BoundForm,
    version: String,
    facts: Vec<(&'static str, String)>,
    details: Details,
    action: String,
    list: String,
    singular: String,
    can_save: bool,
    can_add: bool,
    delete: Option<String>,
    history: Option<String>,
    links: Vec<(&'static str, String)>,
    /// What can be done with this one record, and where that is sent, with the list's query.
    acts: Vec<&'static Act>,
    acting: String,
    id: i64,
    query: String,
}

pub async fn new(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &slug)?;
    let preset = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let form = record::open(&visit.app, user.to_actor(), declaration.name, &[], None, preset).await?;
    draw(&visit, &user, declaration, None, form, StatusCode::OK)
}

pub async fn create(visit: Visit, user: CurrentUser, slug: Path<String>, posted: Posted) -> AppResult<HttpResponse> {
    store(visit, user, slug.into_inner(), None, posted).await
}

pub async fn edit(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let row = record::find(&visit.app, user.to_actor(), declaration.name, path.1).await?;
    let form = record::open(&visit.app, user.to_actor(), declaration.name, &[], Some(row.clone()), FormData::default()).await?;
    let mut page = drawn(&visit, &user, declaration, Some(&row), form);
    if let Some(tell) = declaration.details {
        let (app, actor, id) = (visit.app.clone(), user.to_actor(), row.id);
        page.details = visit.app.db.read(move |c| Ok::<_, AppError>(tell(c, &app.registry, &actor, id)?)).await?;
    }
    if !declaration.actions.is_empty() {
        let (app, actor, name) = (visit.app.clone(), user.to_actor(), declaration.name);
        let acts = visit.app.db.read(move |c| match app.registry.get(name) {
            Some(resource) => Ok::<_, AppError>(super::deeds::on_record(c, &actor, resource.declaration(), &row)?),
            None => Ok(Vec::new()),
        });
        page.acts = acts.await?;
    }
    html(StatusCode::OK, &page)
}

pub async fn update(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: Posted) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let row = record::find(&visit.app, user.to_actor(), declaration.name, path.1).await?;
    store(visit, user, path.into_inner().0, Some(row), posted).await
}

async fn store(visit: Visit, user: CurrentUser, slug: String, row: Option<Row>, posted: Posted) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &slug)?;
    let (name, typed) = (declaration.name, FormData::clone(&posted));
    if typed.has("_find") {
        let form = record::again(&visit.app, user.to_actor(), name, &[], row.clone(), typed, Default::default()).await?;
        return draw(&visit, &user, declaration, row.as_ref(), form, StatusCode::OK);
    }
    let id = row.as_ref().map(|row| row.id);
    match record::save(&visit.app, user.to_actor(), name, &[], id, typed.clone(), Values::default()).await? {
        Ok(saved) => {
            let done = if id.is_some() { "changed" } else { "added" };
            let todo = if id.is_none() { declaration.after_add } else { "" };
            let told = format!("The {} “{}” was {done}. {todo}", declaration.singular_lower(), saved.label);
            leave(&visit.request, &visit.app, Tone::Ok, told.trim());
            let stay = !todo.is_empty() && !typed.has("_add_another");
            let back = super::back(&visit, declaration);
            let record = || back.from(&format!("{}/{}", super::home(declaration), saved.id));
            Ok(see_other(if stay { record() } else { onward(declaration, &back, &typed, saved.id) }))
        }
        Err(errors) => {
            let status = record::status(&errors);
            let form = record::again(&visit.app, user.to_actor(), name, &[], row.clone(), typed, errors).await?;
            draw(&visit, &user, declaration, row.as_ref(), form, status)
        }
    }
}

/// Where the pressed button leads.
fn onward(declaration: &Declaration, back: &Back, typed: &FormData, id: i64) -> String {
    let home = super::home(declaration);
    if typed.has("_continue") {
        back.from(&format!("{home}/{id}"))
    } else if typed.has("_add_another") {
        back.from(&format!("{home}/add"))
    } else {
        back.list()
    }
}

pub(super) fn draw(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    row: Option<&Row>,
    form: BoundForm,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    html(status, &drawn(visit, user, declaration, row, form))
}

fn drawn(visit: &Visit, user: &CurrentUser, declaration: &Declaration, row: Option<&Row>, form: BoundForm) -> FormPage {
    let (home, back) = (super::home(declaration), super::back(visit, declaration));
    let list = back.list();
    let can_save = declaration.allows(user, if row.is_some() { Action::Change } else { Action::Add });
    let (title, action) = match row {
        None => (format!("Add {}", declaration.singular_lower()), back.from(&format!("{home}/add"))),
        Some(row) => (row.label.clone(), back.from(&format!("{home}/{}", row.id))),
    };
    let here = |suffix: &str| row.map(|row| back.from(&format!("{home}/{}/{suffix}", row.id)));
    let shell = visit.shell(title).under(&[super::ROOT, (declaration.plural, &list)]).with_errors(!form.errors.is_empty());
    let links = declaration.links.iter().filter(|(_, _, permission)| user.can(permission));
    FormPage {
        shell,
        version: row.map_or_else(String::new, |row| row.version.to_string()),
        details: Details::default(),
        form: if can_save { form } else { form.read_only() },
        facts: row.map_or_else(Vec::new, |row| facts(visit, declaration, row)),
        action,
        singular: declaration.singular_lower(),
        can_save,
        can_add: declaration.allows(user, Action::Add),
        delete: here("delete").filter(|_| declaration.allows(user, Action::Delete)),
        history: here("history").filter(|_| !declaration.read_only),
        links: row.map_or_else(Vec::new, |row| links.map(|(label, href, _)| (*label, href.replace("{id}", &row.id.to_string()))).collect()),
        acts: Vec::new(),
        acting: format!("{home}/actions"),
        id: row.map_or(0, |row| row.id),
        query: back.query().into(),
        list,
    }
}

/// What the program keeps by itself.
fn facts(visit: &Visit, declaration: &Declaration, row: &Row) -> Vec<(&'static str, String)> {
    let automatic = declaration.fields.iter().filter(|field| field.mode == crate::resource::field::Mode::Automatic);
    let told = |field: &Field| match (field.widget, visit.app.registry.get(row.values.at(field.name).as_text())) {
        (Widget::ResourceName, Some(named)) => named.declaration().singular.into(),
        _ => row.values.at(field.name).show(field.kind, &visit.app.settings.time_zone),
    };
    automatic.map(|field| (field.label, told(field))).filter(|(_, text)| !text.is_empty()).collect()
}
