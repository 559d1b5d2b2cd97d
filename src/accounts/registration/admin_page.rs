//! `/admin/invitations`: an administrator invites people who have no account yet to create one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::QueryResult;

use super::link::LASTS;
use super::register::UNREACHABLE;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::registration;
use crate::accounts::registration::account::default_group;
use crate::accounts::user::group::{Group, holds_all};
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::Connection;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::mail::{is_address, outbox};
use crate::resource::Model;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Field, FormData, FormErrors, Kind, Value, field};
use crate::settings::Registration;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// Users who may add users may also invite people to register.
pub const INVITE: &str = "user.add";
const PATH: &str = "/admin/invitations";
/// The group that the invited person joins.
const ROLE: &str = "role";
const TOO_MUCH: &str = "Choose a role from the list whose permissions you have yourself";
const TAKEN: &str = "An account with this email address already exists";

#[derive(Template)]
#[template(path = "accounts/registration/registration_links.html")]
struct LinksPage {
    shell: Shell,
    form: BoundForm,
    /// Id, address, role, sender and expiry of each open invitation.
    open: Vec<(i64, String, String, String, String)>,
    days: i64,
    closed: bool,
}

fn fields() -> Vec<Field> {
    vec![
        field("Email")
            .named("email")
            .max(254)
            .widget(Widget::Email)
            .autocomplete("off")
            .required_error("Enter the email address of the person you invite"),
        field("Role").named(ROLE).kind(Kind::Integer).references::<Group>(OnDelete::SetNull).required_error("Choose a role"),
    ]
}

pub async fn show(visit: Visit) -> AppResult<HttpResponse> {
    let (app, name) = (visit.app.clone(), visit.app.settings.default_group.clone());
    let usual = app.db.read(move |c| Ok::<_, AppError>(default_group(c, &name)?)).await?;
    let typed = match usual {
        Value::Many(ids) => ids.first().map_or_else(FormData::default, |id| FormData::default().with(ROLE, id.to_string())),
        _ => FormData::default(),
    };
    render(&visit, typed, FormErrors::default()).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    if visit.app.registration() == Registration::Closed {
        return Err(AppError::NotFound);
    }
    let typed = FormData::clone(&posted);
    let (values, mut errors) = parse(fields().iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    let email = values.at(User::FIELDS.email).as_text().to_string();
    if errors.is_empty() && !is_address(&email) {
        errors.add("email", UNREACHABLE);
    }
    if !errors.is_empty() {
        return render(&visit, typed, errors).await;
    }
    let (app, actor, address) = (visit.app.clone(), user.to_actor(), email.clone());
    let role = values.at(ROLE).as_id();
    let made = visit.app.db.write(move |c| {
        let now = app.now();
        let Some(role) = may_give(c, &app, &actor, role)? else { return Ok(Err((ROLE, TOO_MUCH))) };
        let Some((token, ends)) = registration::link::make(c, &address, actor.id, Some(role), now)? else {
            return Ok(Err(("email", TAKEN)));
        };
        let mail = mail::registration_invitation(&app, &actor.name, &token, ends).to(&Recipient::address(&app, &address));
        outbox::queue(c, &mail.map_err(AppError::internal)?, now)?;
        app.act(c, &actor, |_, writer| {
            writer.log_entry(Entry::noted(LogAction::Act, "user", format!("Invited {address} to create an account")));
            Ok::<_, AppError>(Ok(()))
        })
    });
    if let Err((field, sentence)) = made.await? {
        errors.add(field, sentence);
        return render(&visit, typed, errors).await;
    }
    let message = format!("Invitation sent to {email}. The link works once and expires in {}.", plural(LASTS.whole_days(), "day", "days"));
    leave(&visit.request, &visit.app, Tone::Ok, message);
    Ok(see_other(PATH))
}

pub async fn withdraw(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let address = visit
        .app
        .db
        .write(move |c| {
            let address = registration::link::withdraw(c, *id)?.ok_or(AppError::NotFound)?;
            app.act(c, &actor, |_, writer| {
                writer.log_entry(Entry::noted(LogAction::Act, "user", format!("Withdrew the invitation of {address}")));
                Ok::<_, AppError>(address)
            })
        })
        .await?;
    leave(&visit.request, &visit.app, Tone::Ok, format!("Invitation to {address} withdrawn. The link no longer works."));
    Ok(see_other(PATH))
}

/// The group, if it exists and the actor has all its permissions. While registration is open,
/// everybody can join DEFAULT_GROUP.
fn may_give(c: &mut Connection, app: &App, actor: &Actor, group: Option<i64>) -> QueryResult<Option<i64>> {
    let Some(id) = group.filter(|id| *id > 0) else { return Ok(None) };
    if app.registration() == Registration::Open && default_group(c, &app.settings.default_group)? == Value::Many(vec![id]) {
        return Ok(Some(id));
    }
    let exists = !Group::resource().labels(c, &[id])?.is_empty();
    Ok((exists && holds_all(c, id, actor)?).then_some(id))
}

async fn render(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, fields(), typed, errors).await?;
    let now = visit.app.now();
    let open = visit.app.db.read(move |c| Ok::<_, AppError>(registration::link::list_open(c, now)?)).await?;
    let zone = &visit.zone();
    let open = open
        .into_iter()
        .map(|(id, email, role, by, ends)| (id, email, role.unwrap_or_default(), by.unwrap_or_default(), zone.show(ends)))
        .collect();
    let shell = visit.shell("Invitations").under(&[("Administration", "/admin")]).with_errors(!form.errors.is_empty());
    let closed = visit.app.registration() == Registration::Closed;
    html(status, &LinksPage { shell, form, open, days: LASTS.whole_days(), closed })
}
