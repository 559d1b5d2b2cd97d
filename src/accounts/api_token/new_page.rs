//! The page to create an access token: its name, expiry and permissions. The secret is shown once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;
use time::Duration;

use super::model::{ApiToken, Scope, list_for_user, offered};
use super::page::about;
use crate::accounts::origin::Origin;
use crate::accounts::{api_token, mail};
use crate::app::App;
use crate::crypto::keys::digest;
use crate::db::UtcDateTime;
use crate::db::connection::exclusive;
use crate::db::schema::api_tokens;
use crate::error::{AppError, AppResult};
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::{Binder, BoundField, BoundForm, BoundSection, Choice, Control, Summary};
use crate::resource::form::data::parse;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Kind, field};
use crate::web::page::form_page::FormPage;
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// The most tokens of one user.
const MOST: usize = 50;
/// The name of the checkboxes for a chosen scope.
const RIGHTS: &str = "permission";
const LASTS: &[(&str, &str)] = &[("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "1 year")];

#[derive(Template)]
#[template(path = "accounts/api_token/token_made.html")]
struct MadePage {
    shell: Shell,
    name: String,
    token: String,
    ends: String,
}

fn fields() -> [Field; 3] {
    [
        field("Name")
            .named("name")
            .max(80)
            .help("What the token is for, for example “Nightly export”")
            .required_error("Enter a name for the token"),
        field("Expires after")
            .named("days")
            .kind(Kind::Choice(LASTS))
            .widget(Widget::Radio)
            .required_error("Choose when the token expires"),
        field("Access").named("scope").kind(Kind::Choice(Scope::CHOICES)).widget(Widget::Radio).required_error("Choose the access"),
    ]
}

pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let mut typed = FormData::default();
    typed.push("days", "30");
    typed.push("scope", Scope::Read.as_str());
    render(&visit, &user, typed, FormErrors::default()).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let (values, mut errors) = parse(fields().iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    let (scope, chosen) = (values.at("scope").as_text().to_string(), chosen(&visit.app, &user, &typed));
    if scope == Scope::Chosen.as_str() && chosen.is_empty() {
        errors.add(RIGHTS, "Choose at least one permission");
    }
    let secret = api_token::secret::make();
    let now = visit.app.now();
    let days = values.at("days").as_text().parse().unwrap_or(7);
    let new = NewToken {
        user_id: user.id,
        name: values.at("name").as_text().to_string(),
        token_hash: digest(&secret),
        hint: secret.chars().skip(secret.len() - 4).collect(),
        permissions: if scope == Scope::Chosen.as_str() { chosen.join(" ") } else { String::new() },
        scope,
        expires_at: now.plus(Duration::days(days)),
        created_at: now,
        updated_at: now,
    };
    let (ends, name) = (visit.zone().show(new.expires_at), new.name.clone());
    match store(&visit, user.to_actor(), new, errors).await {
        Ok(()) => {
            let shell = visit.shell("Your new token").after("Access tokens", "/tokens");
            html(StatusCode::OK, &MadePage { shell, name, token: secret, ends })
        }
        Err(WriteError::Invalid(errors)) => render(&visit, &user, typed, errors).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Insertable)]
#[diesel(table_name = api_tokens)]
struct NewToken {
    user_id: i64,
    name: String,
    token_hash: String,
    hint: String,
    scope: String,
    permissions: String,
    expires_at: UtcDateTime,
    created_at: UtcDateTime,
    updated_at: UtcDateTime,
}

/// In one transaction: the row, the email to the owner and the log entry.
async fn store(visit: &Visit, actor: Actor, new: NewToken, mut errors: FormErrors) -> Result<(), WriteError> {
    let (app, origin) = (visit.app.clone(), Origin::of(&visit.request));
    visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "api_tokens", actor.id)?;
            check(&list_for_user(c, actor.id)?, &new, &mut errors);
            if !errors.is_empty() {
                return Err(WriteError::Invalid(errors));
            }
            let id: i64 = diesel::insert_into(api_tokens::table).values(&new).returning(api_tokens::id).get_result(c)?;
            // Somebody with brief access to the browser must not be able to leave a token behind without the owner learning of
            // it.
            mail::access_token_created(&app, &new.name, new.expires_at).from(&origin).queue_for_user(c, &app, actor.id)?;
            app.act(c, &actor, |_, writer| {
                writer.log_entry(about(LogAction::Add, id, &new.name, &new.hint));
                Ok(())
            })
        })
        .await
}

/// Names are unique, so that a form that is sent twice creates one token.
fn check(known: &[ApiToken], new: &NewToken, errors: &mut FormErrors) {
    if known.iter().any(|token| token.name.to_lowercase() == new.name.to_lowercase()) {
        errors.add("name", "You already have a token with this name");
    }
    if known.len() >= MOST {
        errors.add("", format!("You have {MOST} tokens, the maximum. Revoke one before you create another"));
    }
}

/// The ticked permissions that this user has.
fn chosen(app: &App, actor: &Actor, typed: &FormData) -> Vec<String> {
    let ticked: Vec<&str> = typed.all(RIGHTS).collect();
    offered(actor, &app.registry).into_iter().filter(|codename| ticked.contains(&codename.as_str())).collect()
}

async fn render(visit: &Visit, user: &CurrentUser, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = visit
        .app
        .db
        .read(move |c| {
            let fields = fields();
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            let mut form = binder.bind(c, &[("", fields.iter().collect())], &typed, &errors)?;
            add_rights(&mut form, &app, &actor, &typed, &errors);
            Ok::<_, AppError>(form)
        })
        .await?;
    let shell = visit.shell("Create a token").after("Access tokens", "/tokens").with_errors(!form.errors.is_empty());
    html(status, &FormPage { shell, form, action: "/tokens/new".into(), cancel: "/tokens".into(), button: "Create token".into() })
}

/// The permissions to choose from, grouped by resource.
fn add_rights(form: &mut BoundForm, app: &App, actor: &Actor, typed: &FormData, errors: &FormErrors) {
    let ticked: Vec<&str> = typed.all(RIGHTS).collect();
    let held = offered(actor, &app.registry);
    let mut groups = Vec::new();
    for resource in app.registry.iter() {
        let own = resource.declaration();
        let rights = own.permissions().into_iter().filter(|(codename, _)| held.contains(codename));
        let choices: Vec<Choice> =
            rights.map(|(codename, label)| Choice { chosen: ticked.contains(&codename.as_str()), value: codename, label }).collect();
        if !choices.is_empty() {
            groups.push((own.plural.to_string(), choices));
        }
    }
    let error = errors.of(RIGHTS).map(|error| error.text.clone());
    // Added again at the end, because the summary lists errors in the order of the page.
    form.errors.retain(|message| message.target != RIGHTS);
    form.errors.extend(error.clone().map(|text| Summary { target: format!("{RIGHTS}-0"), text }));
    let rights = BoundField {
        name: RIGHTS.into(),
        label: "Permissions",
        help: "Used with “Selected permissions”. If you lose a permission, the token loses it too.",
        optional: false,
        error,
        autocomplete: "off",
        widget: Widget::Checklist,
        opens_row: false,
        closes_row: false,
        focus: false,
        control: Control::Checklist { groups },
        locked: String::new(),
        related: Vec::new(),
        unfolds: "",
    };
    form.sections.push(BoundSection::plain("", vec![rights]));
}
