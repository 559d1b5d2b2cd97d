//! `/admin/invitations`: an administrator invites people who have no account yet to create one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::link::LASTS;
use super::register::UNREACHABLE;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::registration;
use crate::accounts::user::model::User;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::mail::{is_address, outbox};
use crate::resource::Model;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Field, FormData, FormErrors, field};
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

#[derive(Template)]
#[template(path = "accounts/registration/registration_links.html")]
struct LinksPage {
    shell: Shell,
    form: BoundForm,
    /// Id, address, sender and expiry of each open invitation.
    open: Vec<(i64, String, String, String)>,
    group: String,
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
    ]
}

pub async fn show(visit: Visit) -> AppResult<HttpResponse> {
    render(&visit, FormData::default(), FormErrors::default()).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    if visit.app.settings.registration == Registration::Closed {
        return Err(AppError::NotFound);
    }
    let typed = FormData::clone(&posted);
    let (values, mut errors) = parse(fields().iter(), &typed, visit.app.today(), &visit.app.settings.time_zone);
    let email = values.at(User::FIELDS.email).as_text().to_string();
    if errors.is_empty() && !is_address(&email) {
        errors.add("email", UNREACHABLE);
    }
    if !errors.is_empty() {
        return render(&visit, typed, errors).await;
    }
    let (app, actor, address) = (visit.app.clone(), user.to_actor(), email.clone());
    let made = visit.app.db.write(move |c| {
        let now = app.now();
        let Some((token, ends)) = registration::link::make(c, &address, actor.id, now)? else { return Ok(false) };
        let mail = mail::registration_invitation(&app, &actor.name, &token, ends).to(&Recipient::address(&app, &address));
        outbox::queue(c, &mail.map_err(AppError::internal)?, now)?;
        app.act(c, &actor, |_, writer| {
            writer.log_entry(Entry::noted(LogAction::Act, "user", format!("Invited {address} to create an account")));
            Ok::<_, AppError>(true)
        })
    });
    if made.await? {
        let message =
            format!("Invitation sent to {email}. The link works once and expires in {}.", plural(LASTS.whole_days(), "day", "days"));
        leave(&visit.request, &visit.app, Tone::Ok, message);
        return Ok(see_other(PATH));
    }
    errors.add("email", "An account with this email address already exists");
    render(&visit, typed, errors).await
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

async fn render(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, fields(), typed, errors).await?;
    let now = visit.app.now();
    let open = visit.app.db.read(move |c| Ok::<_, AppError>(registration::link::list_open(c, now)?)).await?;
    let zone = &visit.zone();
    let open = open.into_iter().map(|(id, email, by, ends)| (id, email, by.unwrap_or_default(), zone.show(ends))).collect();
    let shell = visit.shell("Invitations").under(&[("Administration", "/admin")]).with_errors(!form.errors.is_empty());
    let closed = visit.app.settings.registration == Registration::Closed;
    let group = visit.app.settings.default_group.clone();
    html(status, &LinksPage { shell, form, open, group, days: LASTS.whole_days(), closed })
}
