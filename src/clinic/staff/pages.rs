//! The handlers of the staff pages, the same for every model: list, record, form, deletion, trash.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::opened_from::{back, filters};
use super::record_page;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::form::bind::BoundForm;
use crate::resource::value::{Row, Values};
use crate::resource::{FormData, Resource};
use crate::web::download;
use crate::web::list::changelist::{ChangeList, Wanted};
use crate::web::list::page::{ListPage, to_short_address};
use crate::web::list::params::Listing;
use crate::web::list::return_link::Back;
use crate::web::page::form_page::FormPage;
use crate::web::page::preferences;
use crate::web::record::delete::RecordUrls;
use crate::web::record::form::RecordForm;
use crate::web::record::submit::{Done, RecordFormPage, RecordPaths};
use crate::web::record::{self, drafts, trash};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::html;
use crate::web::undo::{self, leave_saved};

pub async fn index(model: &'static Resource, visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    if let Some(short) = to_short_address(&visit) {
        return Ok(short);
    }
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let (query, rows) = (visit.request.query_string().to_string(), preferences::rows(&visit.request, &visit.app));
    let (list, back) = visit
        .app
        .db
        .read(move |c| {
            let own = model.declaration();
            let staff = own.staff;
            let columns = if staff.list_display.is_empty() { own.list_display } else { staff.list_display };
            let (filters, by_date) = (filters(own), staff.date_hierarchy);
            let back = Back::to(&app, staff.path, &Listing::read(&query, own, filters));
            let href = |id| back.at(id);
            let wanted = Wanted { resource: model, query: &query, rows, path: staff.path, href: &href, columns, filters, by_date };
            Ok::<_, AppError>((ChangeList::load(c, &app, &actor, wanted)?, back))
        })
        .await?;
    let own = model.declaration();
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    record::read::searched(&visit.app, &user, own, &typed).await?;
    let (singular, path) = (own.singular_lower(), own.staff.path);
    let found = list.counted(&singular, &own.plural_lower());
    let add = own.allows(&user.to_actor(), Action::Add).then(|| (format!("New {singular}"), back.from(&format!("{path}/new"))));
    let query = &list.query;
    let export = format!("/admin/{}/export{}{query}", own.slug, if query.is_empty() { "" } else { "?" });
    // Exporting is a page of the administration, and nothing for whoever views Praxis as somebody else.
    let mut more = if user.is_staff && user.impersonated_by.is_none() { vec![("Export", "export", export)] } else { Vec::new() };
    // The page checks all of these permissions again.
    let adds_accounts = user.may(Action::Add, "user") && user.may(Action::View, "user") && user.may(Action::View, "group");
    if own.staff.with_account && own.allows(&user.to_actor(), Action::Add) && adds_accounts {
        more.push(("Add with account", "user", format!("{path}/new/account")));
    }
    let trash = (own.trash && own.allows(&user.to_actor(), Action::Delete)).then(|| format!("{path}/trash"));
    html(StatusCode::OK, &ListPage { shell: visit.shell(own.plural), subtitle: found, singular, add, more, trash, list })
}

pub async fn show(model: &'static Resource, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    record_page::show(model, visit, user, *id).await
}

pub async fn new(model: &'static Resource, visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let page = StaffForm { model, visit: &visit };
    let bound = form(model, &visit, &user).opened(&visit, FormData::default()).await?;
    page.render(None, bound, StatusCode::OK).await
}

pub async fn create(model: &'static Resource, visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let page = StaffForm { model, visit: &visit };
    form(model, &visit, &user).submit(&visit, FormData::clone(&posted), Values::default(), &page).await
}

pub async fn edit(model: &'static Resource, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let page = StaffForm { model, visit: &visit };
    let row = record::find::find(&visit.app, user.to_actor(), model.declaration().name, *id).await?;
    let bound = form(model, &visit, &user).of(Some(row.clone())).opened(&visit, FormData::default()).await?;
    page.render(Some(&row), bound, StatusCode::OK).await
}

pub async fn update(
    model: &'static Resource,
    visit: Visit,
    user: CurrentUser,
    id: Path<i64>,
    posted: PostedForm,
) -> AppResult<HttpResponse> {
    let page = StaffForm { model, visit: &visit };
    form(model, &visit, &user).update(&visit, *id, FormData::clone(&posted), &page).await
}

pub async fn undo(model: &'static Resource, visit: Visit, user: CurrentUser, place: Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let own = model.declaration();
    undo::undo(&visit, &user, own.name, own.staff.path, place).await
}

fn form(model: &'static Resource, visit: &Visit, user: &CurrentUser) -> RecordForm {
    RecordForm::new(visit, user, model.declaration().name).for_staff().with_drafts()
}

/// The URLs of a record for the pages of deletion and trash, or of all records with id 0.
fn place(model: &'static Resource, visit: &Visit, id: i64) -> RecordUrls {
    let own = model.declaration();
    let steps = vec![(own.plural, own.staff.path.to_string())];
    RecordUrls { resource: own.name, noun: own.singular_lower(), id, steps, back: Some(back(visit, own)) }
}

/// The page with the form of a record.
struct StaffForm<'a> {
    model: &'static Resource,
    visit: &'a Visit,
}

impl RecordFormPage for StaffForm<'_> {
    fn paths(&self) -> RecordPaths {
        RecordPaths(self.model.declaration().staff.path.into())
    }

    fn back(&self) -> Back {
        back(self.visit, self.model.declaration())
    }

    async fn render(&self, row: Option<&Row>, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
        let (own, visit, paths) = (self.model.declaration(), self.visit, self.paths());
        let (singular, back) = (own.singular_lower(), self.back());
        let list = back.list();
        let (title, action, cancel) = match row {
            None => (format!("New {singular}"), back.from(&paths.new_form()), list.clone()),
            Some(row) => {
                let (form, record) = (paths.edit_form(row.id), paths.record(row.id));
                (format!("Edit {}", isolated(&row.label)), back.from(&form), back.from(&record))
            }
        };
        let mut shell = visit.shell(title).under(&[(own.plural, &list)]).with_errors(!form.errors.is_empty());
        if let Some(row) = row {
            shell = shell.renamed("Edit").after(&row.label, &cancel).of_record(visit, own, row, &cancel);
        }
        let (action, cancel) = (drafts::with_way_back(visit, action), drafts::way_out(visit, cancel));
        html(status, &FormPage { shell, form, action, cancel, button: format!("Save {singular}") })
    }

    async fn saved(&self, done: Done<'_>, saved: &Row, _: &FormData) -> AppResult<String> {
        let record = self.paths().record(saved.id);
        leave_saved(self.visit, &record, done, saved, format!("{} saved.", isolated(&saved.label)));
        Ok(self.back().from(&record))
    }
}

pub async fn file(model: &'static Resource, visit: Visit, user: CurrentUser, path: Path<(i64, String)>) -> AppResult<HttpResponse> {
    let (id, field) = path.into_inner();
    let own = model.declaration();
    // A file that is kept for the administration is not downloaded here.
    let is_shown = record_page::shown(own).iter().any(|shown| shown.name == field) || own.list_display.contains(&field.as_str());
    if !is_shown {
        return Err(AppError::NotFound);
    }
    download::show(visit, user, own.name, id, &field).await
}

pub async fn confirm(model: &'static Resource, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let place = place(model, &visit, *id);
    record::delete::confirm(visit, user, place).await
}

pub async fn destroy(
    model: &'static Resource,
    visit: Visit,
    user: CurrentUser,
    id: Path<i64>,
    posted: PostedForm,
) -> AppResult<HttpResponse> {
    let place = place(model, &visit, *id);
    record::delete::destroy(visit, user, place, posted).await
}

pub async fn trash(model: &'static Resource, visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let place = place(model, &visit, 0);
    trash::index(visit, user, place).await
}

pub async fn restore(model: &'static Resource, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let place = place(model, &visit, *id);
    trash::restore(visit, user, place).await
}
