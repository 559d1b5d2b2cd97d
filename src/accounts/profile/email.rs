//! Changing one's email address: the password is asked for, a code confirms the new address, and the old one is notified.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;

use crate::accounts::code::one_time::{Issue, Outcome, Owner, Place};
use crate::accounts::code::purpose::Purpose;
use crate::accounts::code::text::code_field;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::origin::Origin;
use crate::accounts::password::change::{bound, current_field, own, proved};
use crate::accounts::throttle::retry_after;
use crate::accounts::user::confirmed;
use crate::accounts::user::model::User;
use crate::accounts::{code, revoke, session};
use crate::app::App;
use crate::db::schema::users;
use crate::db::{Connection, UtcDateTime};
use crate::email_address::shown;
use crate::error::{AppError, AppResult};
use crate::mail::outbox;
use crate::resource::Model;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Row, Value, Values};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/profile/steps.html")]
pub(crate) struct StepPage {
    pub shell: Shell,
    pub lead: String,
    pub form: BoundForm,
    pub action: &'static str,
    pub button: &'static str,
    pub back: &'static str,
    /// Shown instead of the form: what has to be done first, and where.
    pub first: Option<(&'static str, &'static str)>,
}

const HERE: &str = "/profile/email";
const CONFIRM: &str = "/profile/email/code";

fn fields(app: &App) -> Vec<Field> {
    let email = app.registry.of::<User>().declaration().field("email").cloned();
    email.map(|email| Field { label: "New email address", ..email }).into_iter().chain([current_field()]).collect()
}

pub async fn edit(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    render(&visit, &user, FormData::default(), FormErrors::default(), None).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted).without("current_password");
    let (row, has_one) = own(&visit, &user).await?;
    if !has_one {
        return render(&visit, &user, typed, FormErrors::default(), None).await;
    }
    let (values, mut errors) = parse(fields(&visit.app).iter(), &posted, visit.app.today(), &visit.zone());
    let address = values.at(User::FIELDS.email).as_text().to_string();
    if errors.is_empty() && address.eq_ignore_ascii_case(row.values.at(User::FIELDS.email).as_text()) {
        errors.add("email", "This is already the email address of your account");
    }
    if !errors.is_empty() {
        return render(&visit, &user, typed, errors, None).await;
    }
    if let Err((errors, wait)) = proved(&visit, &user, &values).await? {
        return render(&visit, &user, typed, errors, wait).await;
    }
    let (place, origin) = (Place::browser(&visit.request, &visit.app), Origin::of(&visit.request));
    let app = visit.app.clone();
    let asked = visit.app.db.write(move |c| ask(c, &app, &row, &address, &place, &origin)).await?;
    match asked {
        Asked::Sent => Ok(see_other(CONFIRM)),
        Asked::Refused(text) => {
            errors.add("email", text);
            render(&visit, &user, typed, errors, None).await
        }
        Asked::Capped(until) => {
            errors.add("email", format!("Too many codes requested. Try again after {}", visit.zone().show(until)));
            render(&visit, &user, typed, errors, Some(retry_after::seconds(until, visit.app.now()))).await
        }
    }
}

enum Asked {
    Sent,
    Refused(&'static str),
    Capped(UtcDateTime),
}

/// Queues the code, unless the address is somebody else's.
fn ask(c: &mut Connection, app: &App, row: &Row, address: &str, place: &Place, origin: &Origin) -> AppResult<Asked> {
    let now = app.now();
    // Before the address is looked up, so that the limit also applies to probing addresses.
    let code = match code::one_time::issue(c, &app.keys, Purpose::Email, &Owner::User(row.id), address, place, now)? {
        Issue::Issued(code) => code,
        Issue::Capped(until) => return Ok(Asked::Capped(until)),
    };
    if let Some(owner) = User::find_by_email(c, address)? {
        if !app.settings.registration_private {
            return Ok(Asked::Refused("An account with this email address already exists"));
        }
        // The response is the same as for any address; the owner of the address is notified and receives no code.
        let mail = mail::account_exists(app).from(origin).to(&Recipient::user(app, &owner));
        outbox::queue(c, &mail.map_err(AppError::internal)?, now)?;
        return Ok(Asked::Sent);
    }
    let new_address = Recipient::address(app, address).read_in(app.zone_of(row));
    let Ok(mail) = mail::email_change_requested(app, &code).from(origin).to(&new_address) else {
        return Ok(Asked::Refused("Enter an email address that can receive email"));
    };
    outbox::queue(c, &mail, now)?;
    Ok(Asked::Sent)
}

pub async fn confirm(visit: Visit, _user: CurrentUser) -> AppResult<HttpResponse> {
    draw_code(&visit, FormErrors::default()).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let (values, mut errors) = parse([code_field()].iter(), &posted, visit.app.today(), &visit.zone());
    if !errors.is_empty() {
        return draw_code(&visit, errors).await;
    }
    let typed = values.at("code").as_text().to_string();
    let (app, actor, from) = (visit.app.clone(), user.to_actor(), Origin::of(&visit.request));
    let (place, session) = (Place::browser(&visit.request, &visit.app), session::renew::row(&visit));
    let done = visit.app.db.write(move |c| {
        let outcome = code::one_time::consume(c, &app.keys, Purpose::Email, Some(actor.id), &typed, &place, app.now())?;
        let signed_out = match &outcome {
            Outcome::Right { target, .. } => {
                store(c, &app, &actor, target, &from)?;
                let hash = users::table.find(actor.id).select(users::password_hash).first::<String>(c)?;
                Some((hash, revoke::end_others(c, actor.id, session)?))
            }
            _ => None,
        };
        // Not an error of the transaction, so that a wrong attempt is counted.
        Ok::<_, WriteError>((outcome, signed_out))
    });
    match done.await {
        Ok((Outcome::Right { target, .. }, signed_out)) => {
            if let Some((hash, ended)) = signed_out {
                session::renew::renew(&visit, user.id, &hash, ended).await?;
            }
            let text =
                format!("Your email address is now {}. We emailed your old address and signed you out everywhere else.", shown(&target));
            leave(&visit.request, &visit.app, Tone::Ok, text);
            return Ok(see_other("/profile"));
        }
        Ok((outcome, _)) => errors.add("code", outcome.problem().unwrap_or_default()),
        // Another user took the address in the meantime.
        Err(WriteError::Invalid(wrong)) => wrong.iter().for_each(|error| errors.add("code", error.text.clone())),
        Err(error) => return Err(error.into()),
    }
    draw_code(&visit, errors).await
}

/// Stores the address, revokes other sessions and tokens as a new password does, and notifies the old address.
fn store(c: &mut Connection, app: &App, actor: &Actor, address: &str, from: &Origin) -> Result<(), WriteError> {
    let user = app.registry.of::<User>();
    let row = app.registry.find(c, user, actor.id, None)?.ok_or(WriteError::NotFound)?;
    let mut values: Values = [("email", Value::Text(address.into()))].into_iter().collect();
    // A username with an @ equals the address of the account, so it changes with it.
    if row.values.at(User::FIELDS.username).as_text().eq_ignore_ascii_case(row.values.at(User::FIELDS.email).as_text()) {
        values.set("username", Value::Text(address.into()));
    }
    app.act(c, actor, |c, writer| writer.update(c, user, actor.id, values, FormErrors::default(), None))?;
    confirmed::confirm(c, actor.id, app.now())?;
    mail::email_changed(app).from(from).queue(c, app, &Recipient::owner(app, &row))?;
    Ok(())
}

async fn render(visit: &Visit, user: &CurrentUser, typed: FormData, errors: FormErrors, wait: Option<i64>) -> AppResult<HttpResponse> {
    let (row, has_one) = own(visit, user).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bound(visit, fields(&visit.app), typed, errors).await?;
    let shell = visit.shell("Change your email address").under(&[("Profile", "/profile")]).renamed("Email");
    let page = StepPage {
        shell: shell.with_errors(!form.errors.is_empty()),
        lead: format!(
            "Your email address is {}. We will email a code to the new address to check that it is yours.",
            shown(row.values.at(User::FIELDS.email).as_text())
        ),
        form,
        action: HERE,
        button: "Send code",
        back: "/profile",
        first: (!has_one).then_some(("Set a password first. You need it to change your email address.", "/password")),
    };
    Ok(retry_after::answer(html(status, &page)?, wait))
}

async fn draw_code(visit: &Visit, errors: FormErrors) -> AppResult<HttpResponse> {
    let (app, place) = (visit.app.clone(), Place::browser(&visit.request, &visit.app));
    let target = visit.app.db.read(move |c| Ok::<_, AppError>(code::one_time::target(c, Purpose::Email, &place, app.now())?)).await?;
    if target.is_none() && errors.is_empty() {
        leave(&visit.request, &visit.app, Tone::Info, "There is no code to confirm. Request a new one.");
        return Ok(see_other(HERE));
    }
    let lead = target.map_or_else(String::new, |target| format!("We emailed a code to {}. It expires in 10 minutes.", shown(&target)));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bound(visit, vec![code_field()], FormData::default(), errors).await?;
    let shell = visit.shell("Confirm the new address").under(&[("Profile", "/profile"), ("Email", HERE)]).renamed("Code");
    let shell = shell.with_errors(!form.errors.is_empty());
    html(status, &StepPage { shell, lead, form, action: CONFIRM, button: "Confirm address", back: HERE, first: None })
}
