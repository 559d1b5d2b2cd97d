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
use crate::web::page::form_page::FormPage;
use crate::web::page::preferences;
use crate::web::record::submit::{RecordFormPage, RecordPaths};
use crate::web::record::{self, drafts, trash};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::Posted;
use crate::web::request::visit::Visit;
use crate::web::response::html;

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
    let page = StaffForm { kind, visit: &visit };
    let bound = kind.form(&visit, &user).opened(&visit, FormData::default()).await?;
    page.render(None, bound, StatusCode::OK).await
}

pub async fn create(kind: &'static Records, visit: Visit, user: CurrentUser, posted: Posted) -> AppResult<HttpResponse> {
    let page = StaffForm { kind, visit: &visit };
    kind.form(&visit, &user).submit(&visit, FormData::clone(&posted), Values::default(), &page).await
}

pub async fn edit(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let page = StaffForm { kind, visit: &visit };
    let row = record::find::find(&visit.app, user.to_actor(), kind.name, *id).await?;
    let bound = kind.form(&visit, &user).of(Some(row.clone())).opened(&visit, FormData::default()).await?;
    page.render(Some(&row), bound, StatusCode::OK).await
}

pub async fn update(kind: &'static Records, visit: Visit, user: CurrentUser, id: Path<i64>, posted: Posted) -> AppResult<HttpResponse> {
    let page = StaffForm { kind, visit: &visit };
    kind.form(&visit, &user).update(&visit, *id, FormData::clone(&posted), &page).await
}

/// The page with a form of these records.
struct StaffForm<'a> {
    kind: &'static Records,
    visit: &'a Visit,
}

impl RecordFormPage for StaffForm<'_> {
    fn paths(&self) -> RecordPaths {
        RecordPaths(self.kind.path.into())
    }

    async fn render(&self, row: Option<&Row>, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
        let (kind, visit, paths) = (self.kind, self.visit, self.paths());
        let singular = kind.singular(&visit.app);
        let (title, action, cancel) = match row {
            None => (format!("New {singular}"), paths.new_form(), kind.path.to_string()),
            Some(row) => (format!("Edit {}", row.label), paths.edit_form(row.id), paths.record(row.id)),
        };
        let mut shell = visit.shell(title).under(&[(kind.plural, kind.path)]).with_errors(!form.errors.is_empty());
        if let Some(row) = row {
            shell = shell.renamed("Edit").after(&row.label, &paths.record(row.id));
        }
        let (action, cancel) = (drafts::with_way_back(visit, action), drafts::way_out(visit, cancel));
        html(status, &FormPage { shell, form, action, cancel, button: format!("Save {singular}") })
    }

    fn saved(&self, _: Option<&Row>, saved: &Row, _: &FormData) -> String {
        leave(&self.visit.request, &self.visit.app, Tone::Ok, format!("{} saved.", saved.label));
        self.paths().record(saved.id)
    }
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
