//! `/admin/invitations`: an administrator invites people who have no account yet to create one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::invite::{ROLE, invite};
use super::link::{LASTS, Open, Sender};
use super::offer::{Offer, Record, person};
use super::register::UNREACHABLE;
use crate::accounts::registration;
use crate::accounts::registration::account::default_group;
use crate::accounts::user::group::Group;
use crate::accounts::user::model::{User, signature};
use crate::db::{UtcDateTime, Zone};
use crate::email_address::shown;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::mail::is_address;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Field, FormData, FormErrors, Kind, Model, Value, field};
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
/// The record of the invited person, in the address of the page and in the form.
const RECORD: &str = "record";

#[derive(Template)]
#[template(path = "accounts/registration/registration_links.html")]
struct LinksPage {
    shell: Shell,
    form: BoundForm,
    open: Vec<Pending>,
    days: i64,
    closed: bool,
    /// The record that the account will belong to: its name in the address of this page, its label and its address.
    record: Option<(String, String, String)>,
}

/// An invitation that nobody used yet.
struct Pending {
    id: i64,
    email: String,
    name: String,
    role: String,
    by: String,
    /// The kind and the address of the record.
    record: Option<(&'static str, String)>,
    expires: String,
    has_expired: bool,
    /// An administrator sent it; a person who asked for a link asks again.
    is_ours: bool,
}

fn fields() -> Vec<Field> {
    vec![
        field("Email")
            .named("email")
            .max(254)
            .widget(Widget::Email)
            .autocomplete("off")
            .required_error("Enter the email address of the person you invite"),
        field("First name").named("first_name").max(150).optional().autocomplete("off"),
        field("Last name").named("last_name").max(150).optional().autocomplete("off"),
        field("Role").named(ROLE).kind(Kind::Integer).references::<Group>(OnDelete::SetNull).required_error("Choose a role"),
    ]
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let typed = visit
        .app
        .db
        .read(move |c| {
            let (group, typed) = match Record::read(asked.text(RECORD)) {
                None => (app.settings.default_group.as_str(), FormData::default()),
                Some(record) => {
                    let (first, last, email) = person(&record.load(c, &app, &actor)?);
                    let typed = FormData::default().with(RECORD, asked.text(RECORD)).with("email", email);
                    (record.kind.group, typed.with("first_name", first).with("last_name", last))
                }
            };
            let usual = match default_group(c, group)? {
                Value::Many(ids) => ids.first().copied(),
                _ => None,
            };
            Ok::<_, AppError>(usual.into_iter().fold(typed, |typed, id| typed.with(ROLE, id.to_string())))
        })
        .await?;
    render(&visit, &user, typed, FormErrors::default()).await
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
        return render(&visit, &user, typed, errors).await;
    }
    let (app, actor, address) = (visit.app.clone(), user.to_actor(), email.clone());
    let text = |name: &str| values.at(name).as_text().to_string();
    let named = Offer { first_name: text("first_name"), last_name: text("last_name"), ..Offer::default() };
    let (role, record) = (values.at(ROLE).as_id(), Record::read(typed.text(RECORD)));
    let made = visit.app.db.write(move |c| invite(c, &app, &actor, &address, Offer { group_id: role, ..named }.of_record(record)));
    if let Err((field, sentence)) = made.await? {
        errors.add(field, sentence);
        return render(&visit, &user, typed, errors).await;
    }
    Ok(sent(&visit, &email))
}

/// The same invitation with a new link; it may have expired.
pub async fn send_again(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    if visit.app.registration() == Registration::Closed {
        return Err(AppError::NotFound);
    }
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let done = visit.app.db.write(move |c| {
        let (email, offer) = registration::link::find_open(c, *id)?.ok_or(AppError::NotFound)?;
        Ok::<_, AppError>(invite(c, &app, &actor, &email, offer)?.map(|()| email).map_err(|(_, sentence)| sentence))
    });
    Ok(match done.await? {
        Ok(email) => sent(&visit, &email),
        Err(sentence) => {
            leave(&visit.request, &visit.app, Tone::Warn, format!("{sentence}. Nothing was sent."));
            see_other(PATH)
        }
    })
}

fn sent(visit: &Visit, email: &str) -> HttpResponse {
    let message =
        format!("Invitation sent to {}. The link works once and expires in {}.", shown(email), plural(LASTS.whole_days(), "day", "days"));
    leave(&visit.request, &visit.app, Tone::Ok, message);
    see_other(PATH)
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
    leave(&visit.request, &visit.app, Tone::Ok, format!("Invitation to {} withdrawn. The link no longer works.", shown(&address)));
    Ok(see_other(PATH))
}

async fn render(visit: &Visit, user: &CurrentUser, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (app, actor, record) = (visit.app.clone(), user.to_actor(), typed.text(RECORD).to_string());
    let now = app.now();
    let (open, record) = visit
        .app
        .db
        .read(move |c| {
            let named = match Record::read(&record) {
                Some(found) => Some((record, found.load(c, &app, &actor)?.label, found.path())),
                None => None,
            };
            Ok::<_, AppError>((registration::link::list_open(c, now)?, named))
        })
        .await?;
    let form = bind(&visit.app, fields(), typed, errors).await?.focused();
    let zone = &visit.zone();
    let open = open.into_iter().map(|open| Pending::of(open, zone, now)).collect();
    let shell = visit.shell("Invitations").under(&[("Administration", "/admin")]).with_errors(!form.errors.is_empty());
    let closed = visit.app.registration() == Registration::Closed;
    html(status, &LinksPage { shell, form, open, days: LASTS.whole_days(), closed, record })
}

/// Blank for a person who asked for a link.
fn sent_by((username, first, last): Sender) -> String {
    let name = [first, last].map(Option::unwrap_or_default).join(" ");
    username.map_or_else(String::new, |username| signature(&username, name.trim()))
}

impl Pending {
    fn of((id, email, role, by, ends, offer): Open, zone: &Zone, now: UtcDateTime) -> Self {
        Self {
            id,
            email: shown(&email).into_owned(),
            name: format!("{} {}", offer.first_name, offer.last_name).trim().into(),
            role: role.unwrap_or_default(),
            by: sent_by(by),
            record: offer.link(),
            expires: zone.show(ends),
            has_expired: ends <= now,
            is_ours: offer.group_id.is_some(),
        }
    }
}
