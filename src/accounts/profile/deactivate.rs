//! A user deactivates their own account. An administrator can activate it again (`user_acts`).

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::accounts::mail::{self, Recipient};
use crate::accounts::origin::Origin;
use crate::accounts::password::change::{bound, current_field, own, proved};
use crate::accounts::throttle::retry_after;
use crate::accounts::user::model::User;
use crate::error::AppResult;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormData, FormErrors, Value, Values};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/profile/deactivation.html")]
struct DeactivationPage {
    shell: Shell,
    form: BoundForm,
    has_one: bool,
}

pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    render(&visit, &user, FormErrors::default(), None).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let (row, has_one) = own(&visit, &user).await?;
    let (values, errors) = parse([current_field()].iter(), &posted, visit.app.today(), &visit.zone());
    if !has_one || !errors.is_empty() {
        return render(&visit, &user, errors, None).await;
    }
    if let Err((errors, wait)) = proved(&visit, &user, &values).await? {
        return render(&visit, &user, errors, wait).await;
    }
    let (app, actor, origin) = (visit.app.clone(), user.to_actor(), Origin::of(&visit.request));
    let written = visit.app.db.write(move |c| {
        let resource = app.registry.of::<User>();
        let values: Values = [("is_active", Value::Bool(false))].into_iter().collect();
        // Their sessions and tokens end with it: see the user's `after_save`.
        app.act(c, &actor, |c, writer| writer.update(c, resource, actor.id, values, FormErrors::default(), None))?;
        mail::account_deactivated(&app).from(&origin).queue(c, &app, &Recipient::owner(&app, &row))?;
        Ok(())
    });
    match written.await {
        Ok(()) => {
            visit.request.get_session().purge();
            let message =
                "Your account is deactivated and you are signed out everywhere. Ask an administrator if you want to use it again.";
            leave(&visit.request, &visit.app, Tone::Ok, message);
            Ok(see_other("/login"))
        }
        Err(WriteError::Invalid(wrong)) => {
            let mut errors = FormErrors::default();
            wrong.iter().for_each(|error| errors.add("", error.text.clone()));
            render(&visit, &user, errors, None).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn render(visit: &Visit, user: &CurrentUser, errors: FormErrors, wait: Option<i64>) -> AppResult<HttpResponse> {
    let (_, has_one) = own(visit, user).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bound(visit, vec![current_field()], FormData::default(), errors).await?;
    let shell = visit.shell("Deactivate your account").under(&[("Profile", "/profile")]).renamed("Deactivate");
    let shell = shell.with_errors(!form.errors.is_empty());
    Ok(retry_after::answer(html(status, &DeactivationPage { shell, form, has_one })?, wait))
}
