//! Adding and changing a record of any resource. Who may only look sees the same form as text.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::facts;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::declare::bulk_action::Act;
use crate::resource::form::bind::BoundForm;
use crate::resource::log::entry::Details;
use crate::resource::value::{Row, Values};
use crate::resource::{Declaration, FormData};
use crate::web::list::return_link::Back;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record::drafts::{self, Way};
use crate::web::record::form::{Problems, RecordForm, Saved, VERSION};
use crate::web::record::{self, conflict, gone};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::Posted;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// The button that saves what is typed as another record.
const SAVE_AS_NEW: &str = "_save_as_new";

#[derive(Template)]
#[template(path = "admin/form.html")]
struct FormPage {
    shell: Shell,
    form: BoundForm,
    facts: Vec<(&'static str, String)>,
    details: Details,
    action: String,
    /// The way out: the list, or the form that this one was reached from.
    close: String,
    singular: String,
    can_save: bool,
    can_add: bool,
    is_new: bool,
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
    let form = form_of(&visit, &user, declaration, None);
    let bound = opened(&visit, &user, &form).await?;
    html(StatusCode::OK, &drawn(&visit, &user, declaration, None, bound).await?)
}

pub async fn create(visit: Visit, user: CurrentUser, slug: Path<String>, posted: Posted) -> AppResult<HttpResponse> {
    store(visit, user, slug.into_inner(), None, posted).await
}

pub async fn edit(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let row = record::find::find(&visit.app, user.to_actor(), declaration.name, path.1).await?;
    let form = form_of(&visit, &user, declaration, Some(row.clone()));
    let bound = opened(&visit, &user, &form).await?;
    let mut page = drawn(&visit, &user, declaration, Some(&row), bound).await?;
    if let Some(tell) = declaration.details {
        let (app, actor, id) = (visit.app.clone(), user.to_actor(), row.id);
        page.details = visit.app.db.read(move |c| Ok::<_, AppError>(tell(c, &app.registry, &actor, id)?)).await?;
    }
    if !declaration.actions.is_empty() {
        let (app, actor, name) = (visit.app.clone(), user.to_actor(), declaration.name);
        let acts = visit.app.db.read(move |c| match app.registry.get(name) {
            Some(resource) => Ok::<_, AppError>(crate::admin::bulk::action::on_record(c, &actor, resource.declaration(), &row)?),
            None => Ok(Vec::new()),
        });
        page.acts = acts.await?;
    }
    html(StatusCode::OK, &page)
}

pub async fn update(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: Posted) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let (slug, id) = path.into_inner();
    if posted.has(SAVE_AS_NEW) {
        if !declaration.allows(&user, Action::Add) {
            return Err(AppError::Forbidden("You do not have permission to add one."));
        }
        return store(visit, user, slug, None, posted).await;
    }
    match record::find::find(&visit.app, user.to_actor(), declaration.name, id).await {
        Ok(row) => store(visit, user, slug, Some(row), posted).await,
        Err(AppError::NotFound | AppError::InTrash(_)) if posted.has(VERSION) => {
            let (form, list) = (form_of(&visit, &user, declaration, None), super::home(declaration));
            let add = drafts::with_way_back(&visit, format!("{list}/new"));
            gone::draw(&visit, &form, id, FormData::clone(&posted), list, add).await
        }
        Err(error) => Err(error),
    }
}

fn form_of(visit: &Visit, user: &CurrentUser, declaration: &Declaration, row: Option<Row>) -> RecordForm {
    RecordForm::new(visit, user, declaration.name, &[]).of(row).inside().parking()
}

/// The form as it is opened, or as it was left for a related record.
async fn opened(visit: &Visit, user: &CurrentUser, form: &RecordForm) -> AppResult<BoundForm> {
    match drafts::restored(visit, user).await? {
        Some(typed) => form.again(typed, Problems::default()).await,
        None => form.open(FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default()).await,
    }
}

async fn store(visit: Visit, user: CurrentUser, slug: String, row: Option<Row>, posted: Posted) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &slug)?;
    let form = form_of(&visit, &user, declaration, row.clone());
    let mut typed = FormData::clone(&posted);
    // A copy begins without the version, and without the rows, of what it was copied from.
    if typed.has(SAVE_AS_NEW) {
        let rows: Vec<String> = declaration.inlines.iter().map(|inline| format!("{}-", inline.resource)).collect();
        typed = typed.forget(|name| name == VERSION || rows.iter().any(|start| name.starts_with(start)));
    }
    let again = async |typed: FormData, problems: Problems| {
        let status = problems.status();
        let bound = form.again(typed, problems).await?;
        html(status, &drawn(&visit, &user, declaration, row.as_ref(), bound).await?)
    };
    if typed.has("_find") {
        return again(typed, Problems::default()).await;
    }
    if typed.has(drafts::RELATED) {
        return match drafts::park(&visit, &form, typed.clone()).await? {
            Way::To(answer) => Ok(answer),
            Way::NothingChosen(field) => again(typed, Problems::at(field, "Choose one first")).await,
        };
    }
    match form.save(typed.clone(), Values::default()).await? {
        Saved::Done(saved) => {
            let done = if row.is_some() { "changed" } else { "added" };
            let todo = if row.is_none() { declaration.after_add } else { "" };
            let told = format!("The {} “{}” was {done}. {todo}", declaration.singular_lower(), saved.label);
            leave(&visit.request, &visit.app, Tone::Ok, told.trim());
            if let Some(back) = drafts::after(&visit, &user, &typed, saved.id).await? {
                return Ok(back);
            }
            let stay = !todo.is_empty() && !typed.has("_add_another");
            let back = super::back(&visit, declaration);
            let here = || back.from(&format!("{}/{}", super::home(declaration), saved.id));
            Ok(see_other(if stay || typed.has(SAVE_AS_NEW) { here() } else { onward(declaration, &back, &typed, saved.id) }))
        }
        Saved::Mend(typed, problems) => again(typed, problems).await,
        Saved::Overtaken(typed, conflict) => {
            let here = format!("{}/{}", super::home(declaration), conflict.theirs.id);
            let (action, cancel) = (drafts::with_way_back(&visit, format!("{here}/edit")), drafts::way_out(&visit, here));
            conflict::draw(&visit, &form, typed, *conflict, action, cancel).await
        }
    }
}

/// Where the pressed button leads.
fn onward(declaration: &Declaration, back: &Back, typed: &FormData, id: i64) -> String {
    let home = super::home(declaration);
    if typed.has("_continue") {
        let pages = declaration.inlines.iter().map(|inline| (inline.page_name(), typed.text(&inline.page_name()).parse().unwrap_or(1)));
        let pages: Vec<String> = pages.filter(|(_, page)| *page > 1_i64).map(|(name, page)| format!("{name}={page}")).collect();
        let record = format!("{home}/{id}");
        back.from(&if pages.is_empty() { record } else { format!("{record}?{}", pages.join("&")) })
    } else if typed.has("_add_another") {
        back.from(&format!("{home}/new"))
    } else {
        back.list()
    }
}

pub(super) async fn draw(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    row: Option<&Row>,
    form: BoundForm,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    html(status, &drawn(visit, user, declaration, row, form).await?)
}

async fn drawn(visit: &Visit, user: &CurrentUser, declaration: &Declaration, row: Option<&Row>, form: BoundForm) -> AppResult<FormPage> {
    let (home, back) = (super::home(declaration), super::back(visit, declaration));
    let list = back.list();
    let can_save = declaration.allows(user, if row.is_some() { Action::Change } else { Action::Add });
    let (title, action) = match row {
        None => (format!("Add {}", declaration.singular_lower()), back.from(&format!("{home}/new"))),
        Some(row) => (row.label.clone(), back.from(&format!("{home}/{}/edit", row.id))),
    };
    let here = |suffix: &str| row.map(|row| back.from(&format!("{home}/{}/{suffix}", row.id)));
    let mut shell = visit.shell(title).under(&[super::ROOT, (declaration.plural, &list)]).with_errors(!form.errors.is_empty());
    if let Some(row) = row {
        shell = shell.renamed(&row.label);
    }
    let facts = match row {
        Some(row) => facts::list(visit, user, declaration, row).await?,
        None => Vec::new(),
    };
    let links = declaration.links.iter().filter(|(_, _, permission)| user.can(permission));
    Ok(FormPage {
        shell,
        details: Details::default(),
        form,
        facts,
        action: drafts::with_way_back(visit, action),
        singular: declaration.singular_lower(),
        can_save,
        can_add: declaration.allows(user, Action::Add),
        is_new: row.is_none(),
        delete: here("delete").filter(|_| declaration.allows(user, Action::Delete)),
        history: here("history").filter(|_| !declaration.read_only),
        links: row.map_or_else(Vec::new, |row| links.map(|(label, href, _)| (*label, href.replace("{id}", &row.id.to_string()))).collect()),
        acts: Vec::new(),
        acting: format!("{home}/actions"),
        id: row.map_or(0, |row| row.id),
        query: back.query().into(),
        close: drafts::way_out(visit, list),
    })
}
