//! The staff pages of patients and doctors: list, record, form, deletion. One set of handlers for all; [`Records`] holds the
//! differences.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::kind::Records;
use super::record_page;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::resource::access::actor::Action;
use crate::resource::form::bind::BoundForm;
use crate::resource::value::{Row, Values};
use crate::web::list::changelist::{ChangeList, Wanted};
use crate::web::list::page::ListPage;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::preferences;
use crate::web::record::drafts::{self, Way};
use crate::web::record::form::{Problems, RecordForm, Saved, VERSION};
use crate::web::record::form_page::FormPage;
use crate::web::record::{self, conflict, gone, trash};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::Posted;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub async fn index(kind: &'static Records, visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let (query, rows) = (visit.request.query_string().to_string(), preferences::rows(&visit.request, &visit.app));
    let list = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(kind.name).ok_or(AppError::NotFound)?;
            let wanted = Wanted {
                resource,
                query: &query,
                rows,
                path: kind.path,
                href: &|id| kind.at(id),
                columns: kind.columns,
                filters: kind.filters,
            };
            ChangeList::load(c, &app, &actor, wanted).map_err(AppError::from)
        })
        .await?;
    if let Some(resource) = visit.app.registry.get(kind.name) {
        let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
        record::read::searched(&visit.app, &user, resource.declaration(), &typed).await?;
    }
    let singular = kind.singular(&visit.app);
    let found = list.counted(&singular, &kind.plural.to_lowercase());
    let add = user.may(Action::Add, kind.name).then(|| (format!("New {singular}"), format!("{}/new", kind.path)));
    let query = &list.query;
    let export = format!("/admin{}/export{}{query}", kind.path, if query.is_empty() { "" } else { "?" });
    // Exporting is a page of the administration.
    let mut more = if user.is_staff { vec![("Export", "export", export)] } else { Vec::new() };
    // The page checks all of these permissions again.
    let adds_accounts = user.may(Action::Add, "user") && user.may(Action::View, "user") && user.may(Action::View, "group");
    if user.may(Action::Add, kind.name) && adds_accounts {
        more.push(("Add with account", "user", format!("{}/new/account", kind.path)));
    }
    let trash = user.may(Action::Delete, kind.name).then(|| format!("{}/trash", kind.path));
    html(StatusCode::OK, &ListPage { shell: visit.shell(kind.plural), subtitle: found, singular, add, more, trash, list })
}

pub async fn show(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    record_page::show(kind, visit, user, *id).await
}

pub async fn new(kind: &'static Records, visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let form = kind.form(&visit, &user, None);
    let bound = opened(&visit, &user, &form).await?;
    draw(kind, &visit, None, bound, StatusCode::OK)
}

pub async fn create(kind: &'static Records, visit: Visit, user: CurrentUser, posted: Posted) -> AppResult<HttpResponse> {
    store(kind, visit, user, None, posted).await
}

pub async fn edit(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), kind.name, *id).await?;
    let form = kind.form(&visit, &user, Some(row.clone()));
    let bound = opened(&visit, &user, &form).await?;
    draw(kind, &visit, Some(&row), bound, StatusCode::OK)
}

pub async fn update(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>, posted: Posted) -> AppResult<HttpResponse> {
    match record::find::find(&visit.app, user.to_actor(), kind.name, *id).await {
        Ok(row) => store(kind, visit, user, Some(row), posted).await,
        Err(AppError::NotFound | AppError::InTrash(_)) if posted.has(VERSION) => {
            let (form, add) = (kind.form(&visit, &user, None), drafts::with_way_back(&visit, format!("{}/new", kind.path)));
            gone::draw(&visit, &form, *id, FormData::clone(&posted), kind.path.into(), add).await
        }
        Err(error) => Err(error),
    }
}

/// The form when it is opened, or as it was left for a related record.
async fn opened(visit: &Visit, user: &CurrentUser, form: &RecordForm) -> AppResult<BoundForm> {
    match drafts::restored(visit, user).await? {
        Some(typed) => form.again(typed, Problems::default()).await,
        None => form.open(FormData::default()).await,
    }
}

async fn store(kind: &'static Records, visit: Visit, user: CurrentUser, row: Option<Row>, posted: Posted) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let form = kind.form(&visit, &user, row.clone());
    let again = async |typed: FormData, problems: Problems| {
        let status = problems.status();
        draw(kind, &visit, row.as_ref(), form.again(typed, problems).await?, status)
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
            leave(&visit.request, &visit.app, Tone::Ok, format!("{} saved.", saved.label));
            let back = drafts::after(&visit, &user, &typed, saved.id).await?;
            Ok(back.unwrap_or_else(|| see_other(kind.at(saved.id))))
        }
        Saved::Mend(typed, problems) => again(typed, problems).await,
        Saved::Overtaken(typed, conflict) => {
            let here = kind.at(conflict.theirs.id);
            let (action, cancel) = (drafts::with_way_back(&visit, format!("{here}/edit")), drafts::way_out(&visit, here));
            conflict::draw(&visit, &form, typed, *conflict, action, cancel).await
        }
    }
}

fn draw(kind: &Records, visit: &Visit, row: Option<&Row>, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
    let singular = kind.singular(&visit.app);
    let (title, action, cancel) = match row {
        None => (format!("New {singular}"), format!("{}/new", kind.path), kind.path.to_string()),
        Some(row) => (format!("Edit {}", row.label), format!("{}/edit", kind.at(row.id)), kind.at(row.id)),
    };
    let mut shell = visit.shell(title).under(&[(kind.plural, kind.path)]).with_errors(!form.errors.is_empty());
    if let Some(row) = row {
        shell = shell.renamed("Edit").after(&row.label, &kind.at(row.id));
    }
    let (action, cancel) = (drafts::with_way_back(visit, action), drafts::way_out(visit, cancel));
    html(status, &FormPage { shell, form, action, cancel, button: format!("Save {singular}") })
}

pub async fn confirm(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let place = kind.place(&visit.app, *id);
    record::delete::confirm(visit, user, place).await
}

pub async fn destroy(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let place = kind.place(&visit.app, *id);
    record::delete::destroy(visit, user, place).await
}

pub async fn trash(kind: &'static Records, visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let place = kind.place(&visit.app, 0);
    trash::index(visit, user, place).await
}

pub async fn restore(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let place = kind.place(&visit.app, *id);
    trash::restore(visit, user, place).await
}
