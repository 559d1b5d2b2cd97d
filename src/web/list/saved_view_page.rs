//! The pages to save a list as a view, and to change or delete a view.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::saved_view::{SavedView, SavedViewChanges};
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::form::bind::{BoundField, BoundForm, BoundSection, Choice, Control, Summary};
use crate::resource::form::data::clean;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Declaration, FormData};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, local_path, see_other};

#[derive(Template)]
#[template(path = "web/list/view_page.html")]
struct ViewPage {
    shell: Shell,
    form: BoundForm,
    action: String,
    cancel: String,
    list: String,
    /// The address to delete an existing view.
    delete: Option<String>,
}

/// The values as typed.
struct Typed {
    name: String,
    group: String,
    is_default: bool,
    list: String,
    back: String,
}

impl Typed {
    fn of(data: &FormData) -> Self {
        let back = local_path(data.text("back")).unwrap_or("/").to_string();
        let list: String = data.text("list").chars().filter(|letter| !letter.is_control()).take(2_000).collect();
        Self { name: data.text("name").into(), group: data.text("group").into(), is_default: data.has("is_default"), list, back }
    }

    /// The validated values, or the error for the name.
    fn changes(&self, groups: &[(i64, String)]) -> Result<SavedViewChanges, String> {
        let name = clean(&self.name, false).ok_or("The name contains unreadable characters")?;
        match name.chars().count() {
            0 => return Err("Enter a name for this view".into()),
            61.. => return Err("The name must be 60 characters or fewer".into()),
            _ => {}
        }
        let group_id = groups.iter().map(|(id, _)| *id).find(|id| id.to_string() == self.group);
        Ok(SavedViewChanges { group_id, name, query: self.list.clone(), is_default: self.is_default })
    }
}

pub async fn new(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let declaration = visible(&visit, &user, &slug)?;
    let typed = Typed::of(&FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default());
    render(&visit, &user, declaration, None, typed, String::new()).await
}

pub async fn create(visit: Visit, user: CurrentUser, slug: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    store(visit, user, slug.into_inner(), None, posted).await
}

pub async fn edit(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = visible(&visit, &user, &path.0)?;
    let view = own(&visit, &user, declaration, path.1).await?;
    let asked = Typed::of(&FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default());
    let group = view.group_id.map(|id| id.to_string()).unwrap_or_default();
    let list = if asked.list.is_empty() { view.query.clone() } else { asked.list };
    let typed = Typed { name: view.name.clone(), group, is_default: view.is_default, list, back: asked.back };
    render(&visit, &user, declaration, Some(&view), typed, String::new()).await
}

pub async fn update(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: PostedForm) -> AppResult<HttpResponse> {
    let (slug, id) = path.into_inner();
    let declaration = visible(&visit, &user, &slug)?;
    let view = own(&visit, &user, declaration, id).await?;
    store(visit, user, slug, Some(view), posted).await
}

pub async fn destroy(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: PostedForm) -> AppResult<HttpResponse> {
    let declaration = visible(&visit, &user, &path.0)?;
    let view = own(&visit, &user, declaration, path.1).await?;
    let (app, actor, name) = (visit.app.clone(), user.to_actor(), declaration.name);
    let message = format!("View “{}” deleted. No records were changed.", view.name);
    visit
        .app
        .db
        .write(move |c| {
            app.act(c, &actor, |c, writer| {
                view.delete(c)?;
                writer.log_entry(Entry::noted(LogAction::Act, name, format!("Deleted the view “{}”", view.name)));
                Ok::<_, AppError>(())
            })
        })
        .await?;
    leave(&visit.request, &visit.app, Tone::Ok, message);
    Ok(see_other(crate::web::list::saved_view_tabs::plain(&Typed::of(&posted).back)))
}

async fn store(visit: Visit, user: CurrentUser, slug: String, view: Option<SavedView>, posted: PostedForm) -> AppResult<HttpResponse> {
    let declaration = visible(&visit, &user, &slug)?;
    let typed = Typed::of(&posted);
    let actor = user.to_actor();
    let groups = visit.app.db.read(move |c| Ok::<_, AppError>(SavedView::groups_of(c, &actor)?)).await?;
    let changes = match typed.changes(&groups) {
        Ok(changes) => changes,
        Err(message) => return render(&visit, &user, declaration, view.as_ref(), typed, message).await,
    };
    let (app, actor, resource, old) = (visit.app.clone(), user.to_actor(), declaration.name, view.clone());
    let saved = visit
        .app
        .db
        .write(move |c| {
            let taken = SavedView::list_for(c, &actor, resource)?
                .into_iter()
                .any(|other| other.user_id == actor.id && other.name == changes.name && Some(other.id) != old.as_ref().map(|old| old.id));
            if taken {
                return Ok(None);
            }
            app.act(c, &actor, |c, writer| {
                let id = match &old {
                    Some(view) => view.update(c, &actor, &changes, writer.now).map(|_| view.id)?,
                    None => SavedView::create(c, &actor, resource, &changes, writer.now)?,
                };
                writer.log_entry(Entry::noted(LogAction::Act, resource, format!("Saved the view “{}”", changes.name)));
                Ok::<_, AppError>(Some(id))
            })
        })
        .await?;
    let Some(id) = saved else {
        return render(&visit, &user, declaration, view.as_ref(), typed, "You already have a view with this name".into()).await;
    };
    leave(&visit.request, &visit.app, Tone::Ok, "View saved.");
    Ok(see_other(format!("{}?view={id}", typed.back)))
}

/// The declaration of a list that the user may view.
fn visible<'a>(visit: &'a Visit, user: &CurrentUser, slug: &str) -> AppResult<&'a Declaration> {
    let found = visit.app.registry.at(slug).map(|resource| resource.declaration());
    found.filter(|own| own.allows(user, Action::View)).ok_or(AppError::NotFound)
}

async fn own(visit: &Visit, user: &CurrentUser, declaration: &Declaration, id: i64) -> AppResult<SavedView> {
    let (actor, name) = (user.to_actor(), declaration.name);
    visit.app.db.read(move |c| SavedView::find_own(c, &actor, name, id)?.ok_or(AppError::NotFound)).await
}

async fn render(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    view: Option<&SavedView>,
    typed: Typed,
    wrong: String,
) -> AppResult<HttpResponse> {
    let actor = user.to_actor();
    let groups = visit.app.db.read(move |c| Ok::<_, AppError>(SavedView::groups_of(c, &actor)?)).await?;
    let pages = format!("/lists/{}/views", declaration.slug);
    let (title, action) = match view {
        None => ("Save this view".to_string(), format!("{pages}/new")),
        Some(view) => (format!("Edit the view “{}”", view.name), format!("{pages}/{}/edit", view.id)),
    };
    let shell = visit.shell(title).under(&[(declaration.plural, &typed.back)]).with_errors(!wrong.is_empty());
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let delete = view.map(|view| format!("{pages}/{}/delete", view.id));
    let form = form(&typed, &groups, wrong);
    html(status, &ViewPage { shell, form, action, cancel: typed.back, list: typed.list, delete })
}

fn form(typed: &Typed, groups: &[(i64, String)], wrong: String) -> BoundForm {
    let field = |name, label, help, optional, control| BoundField { optional, ..BoundField::plain(name, label, help, control) };
    let line = Control::Text { kind: "text", value: typed.name.clone(), inputmode: "text", max: 60 };
    let choices = groups.iter().map(|(id, name)| {
        let value = id.to_string();
        Choice { chosen: value == typed.group, value, label: name.clone() }
    });
    let mut fields = vec![field("name", "Name", "For example, Women over 60", false, line)];
    if !groups.is_empty() {
        let control = Control::Select { choices: choices.collect() };
        fields.push(field("group", "Share with", "Everybody in this group sees it above the list", true, control));
    }
    let tick = Control::Checkbox { checked: typed.is_default };
    fields.push(field("is_default", "Use this view by default", "", false, tick));
    let mut errors = Vec::new();
    if !wrong.is_empty() {
        errors.push(Summary { target: "name".into(), text: wrong.clone() });
        fields.iter_mut().take(1).for_each(|field| field.error = Some(wrong.clone()));
    }
    BoundForm { sections: vec![BoundSection::plain("", fields)], errors, ..BoundForm::default() }
}
