//! Adding and changing a record of any resource. Users who may only view it see the same form as text.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::facts;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::declare::bulk_action::{BulkAction, LinkPlace, RecordLink};
use crate::resource::form::bind::BoundForm;
use crate::resource::log::entry::Details;
use crate::resource::value::{Row, Values};
use crate::resource::{Declaration, FormData, Kind};
use crate::web::download;
use crate::web::list::return_link::Back;
use crate::web::page::shell::Shell;
use crate::web::record::form::{RecordForm, VERSION};
use crate::web::record::submit::{Done, RecordFormPage, RecordPaths};
use crate::web::record::{self, drafts};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::html;
use crate::web::undo::{self, leave_saved};

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
    /// Where 'Cancel' leads: the list, or the form that this one was opened from.
    close: String,
    singular: String,
    can_save: bool,
    can_add: bool,
    is_new: bool,
    delete: Option<String>,
    history: Option<String>,
    /// Links to other pages of the record: what has to be done next, and the others.
    buttons: Vec<(&'static str, String)>,
    links: Vec<(&'static str, String)>,
    /// The actions for this one record, and the address that they are sent to, with the list's query.
    acts: Vec<&'static BulkAction>,
    acting: String,
    id: i64,
    query: String,
}

impl FormPage {
    /// More than a few actions are in a menu.
    fn has_menu(&self) -> bool {
        self.acts.len() + self.links.len() > 1
    }
}

pub async fn new(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let page = AdminForm::of(&visit, &user, &slug)?;
    let bound = page.form().opened(&visit, asked(&visit)).await?;
    page.render(None, bound, StatusCode::OK).await
}

pub async fn create(visit: Visit, user: CurrentUser, slug: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    let page = AdminForm::of(&visit, &user, &slug)?;
    page.form().submit(&visit, page.typed(&posted), Values::default(), &page).await
}

pub async fn edit(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let page = AdminForm::of(&visit, &user, &path.0)?;
    let declaration = page.declaration;
    let row = record::find::find(&visit.app, user.to_actor(), declaration.name, path.1).await?;
    let bound = page.form().of(Some(row.clone())).opened(&visit, asked(&visit)).await?;
    let mut page = page.rendered(Some(&row), bound).await?;
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

pub async fn update(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: PostedForm) -> AppResult<HttpResponse> {
    let page = AdminForm::of(&visit, &user, &path.0)?;
    if !posted.has(SAVE_AS_NEW) {
        return page.form().update(&visit, path.1, page.typed(&posted), &page).await;
    }
    if !page.declaration.allows(&user, Action::Add) {
        return Err(AppError::Forbidden("You do not have permission to add one."));
    }
    page.form().submit(&visit, page.typed(&posted), Values::default(), &page).await
}

pub async fn undo(visit: Visit, user: CurrentUser, path: Path<(String, i64, i64)>) -> AppResult<HttpResponse> {
    let (slug, id, version) = path.into_inner();
    let own = super::declared(&visit.app, &slug)?;
    undo::undo(&visit, &user, own.name, &super::home(own), Path::from((id, version))).await
}

pub async fn file(visit: Visit, user: CurrentUser, path: Path<(String, i64, String)>) -> AppResult<HttpResponse> {
    let name = super::declared(&visit.app, &path.0)?.name;
    download::show(visit, user, name, path.1, &path.2).await
}

/// What the address presets.
fn asked(visit: &Visit) -> FormData {
    FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default()
}

/// The page with a form of this resource.
pub(super) struct AdminForm<'a> {
    pub visit: &'a Visit,
    pub user: &'a CurrentUser,
    pub declaration: &'a Declaration,
}

impl<'a> AdminForm<'a> {
    pub fn of(visit: &'a Visit, user: &'a CurrentUser, slug: &str) -> AppResult<Self> {
        Ok(Self { visit, user, declaration: super::declared(&visit.app, slug)? })
    }

    fn form(&self) -> RecordForm {
        RecordForm::new(self.visit, self.user, self.declaration.name).in_admin().with_drafts()
    }

    /// What was sent. A copy begins without the version, the files and the rows of what it was copied from.
    fn typed(&self, posted: &PostedForm) -> FormData {
        let typed = FormData::clone(posted);
        if !typed.has(SAVE_AS_NEW) {
            return typed;
        }
        let rows: Vec<String> = self.declaration.inlines.iter().map(|inline| format!("{}-", inline.resource)).collect();
        // A file belongs to one record.
        let files = || self.declaration.fields.iter().filter(|field| field.kind == Kind::File);
        let typed = files().fold(typed, |typed, field| typed.without(field.name));
        typed.forget(|name| name == VERSION || rows.iter().any(|start| name.starts_with(start)))
    }

    /// The links that the user may follow.
    async fn links(&self, row: Option<&Row>) -> AppResult<Vec<(LinkPlace, &'static str, String)>> {
        let open: Vec<RecordLink> = self.declaration.links.iter().filter(|link| self.user.can(link.permission)).copied().collect();
        let row = row.filter(|_| self.user.impersonated_by.is_none());
        let Some(row) = row.filter(|_| !open.is_empty()).cloned() else { return Ok(Vec::new()) };
        let placed = self.visit.app.db.read(move |c| {
            let place =
                |link: RecordLink| Ok::<_, AppError>(((link.place)(c, &row)?, link.label, link.href.replace("{id}", &row.id.to_string())));
            open.into_iter().map(place).collect()
        });
        placed.await
    }

    async fn rendered(&self, row: Option<&Row>, form: BoundForm) -> AppResult<FormPage> {
        let (visit, user, declaration, paths) = (self.visit, self.user, self.declaration, self.paths());
        let back = self.back();
        let list = back.list();
        let can_save = declaration.allows(user, if row.is_some() { Action::Change } else { Action::Add });
        let (title, action) = match row {
            None => (format!("New {}", declaration.singular_lower()), back.from(&paths.new_form())),
            Some(row) => (isolated(&row.label).into_owned(), back.from(&paths.edit_form(row.id))),
        };
        let here = |suffix: &str| row.map(|row| back.from(&format!("{}/{suffix}", paths.record(row.id))));
        let mut shell = visit.shell(title).under(&[super::ROOT, (declaration.plural, &list)]).with_errors(!form.errors.is_empty());
        if let Some(row) = row {
            shell = shell.renamed(&row.label).of_record(visit, declaration, row, "");
        }
        let facts = match row {
            Some(row) => facts::list(visit, user, declaration, row).await?,
            None => Vec::new(),
        };
        let (mut buttons, mut links) = (Vec::new(), Vec::new());
        for (place, label, href) in self.links(row).await? {
            match place {
                LinkPlace::Nowhere => {}
                LinkPlace::Menu => links.push((label, href)),
                LinkPlace::Button => buttons.push((label, href)),
            }
        }
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
            buttons,
            links,
            acts: Vec::new(),
            acting: format!("{}/actions", paths.0),
            id: row.map_or(0, |row| row.id),
            query: back.query().into(),
            close: drafts::way_out(visit, list),
        })
    }
}

impl RecordFormPage for AdminForm<'_> {
    fn paths(&self) -> RecordPaths {
        RecordPaths(super::home(self.declaration))
    }

    fn back(&self) -> Back {
        super::back(self.visit, self.declaration)
    }

    async fn render(&self, row: Option<&Row>, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
        html(status, &self.rendered(row, form).await?)
    }

    async fn saved(&self, done: Done<'_>, saved: &Row, typed: &FormData) -> AppResult<String> {
        let declaration = self.declaration;
        let (word, todo) = if let Done::Added = done { ("added", declaration.next_step) } else { ("changed", "") };
        let message = format!("The {} “{}” was {word}. {todo}", declaration.singular_lower(), isolated(&saved.label));
        leave_saved(self.visit, &self.paths().record(saved.id), done, saved, message.trim().into());
        let stay = !todo.is_empty() && !typed.has("_add_another");
        let back = self.back();
        if stay || typed.has(SAVE_AS_NEW) {
            return Ok(back.from(&self.paths().record(saved.id)));
        }
        Ok(onward(declaration, &self.paths(), &back, typed, saved.id))
    }
}

/// The page that follows, according to the pressed button.
fn onward(declaration: &Declaration, paths: &RecordPaths, back: &Back, typed: &FormData, id: i64) -> String {
    if typed.has("_continue") {
        let pages = declaration.inlines.iter().map(|inline| (inline.page_name(), typed.text(&inline.page_name()).parse().unwrap_or(1)));
        let pages: Vec<String> = pages.filter(|(_, page)| *page > 1_i64).map(|(name, page)| format!("{name}={page}")).collect();
        let record = paths.record(id);
        back.from(&if pages.is_empty() { record } else { format!("{record}?{}", pages.join("&")) })
    } else if typed.has("_add_another") {
        back.from(&paths.new_form())
    } else {
        back.list()
    }
}
