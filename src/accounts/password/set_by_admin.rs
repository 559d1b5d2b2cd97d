//! An administrator sets another user's password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::fields::{check_password, password_fields};
use super::rules::normal;
use crate::accounts::password::{self, Reason};
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::permissions::outranks;
use crate::resource::form::bind::Binder;
use crate::resource::form::data::parse;
use crate::resource::{Actor, FormData, FormErrors, Row};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::form_page::FormPage;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub async fn edit(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    // One's own password is always changed with the current one, whatever one's rights.
    if *id == user.id {
        return Ok(see_other("/password"));
    }
    let row = owner(&visit, &user, *id).await?;
    render(&visit, &row, FormErrors::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    if *id == user.id {
        return Ok(see_other("/password"));
    }
    let row = owner(&visit, &user, *id).await?;
    let (values, mut errors) = parse(password_fields().iter(), &posted, visit.app.today(), &visit.app.clinic_zone());
    check_password(&visit.app, &values, &row.values, &mut errors);
    if !errors.is_empty() {
        return render(&visit, &row, errors).await;
    }
    let hash = visit.app.passwords.hash(normal(values.at("password").as_text())).await?;
    let message = format!("Password set for {}. They are signed out everywhere.", row.label);
    let (app, actor) = (visit.app.clone(), user.to_actor());
    visit.app.db.write(move |c| password::set(c, &app, &actor, &row, &hash, &Reason::SetByOther)).await?;
    leave(&visit.request, &visit.app, Tone::Ok, message);
    Ok(see_other(format!("/admin/users/{id}")))
}

/// The account, if the actor has every right that it has: whoever sets its password can sign in to it.
pub(crate) async fn owner(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<Row> {
    let row = record::find::find(&visit.app, user.to_actor(), "user", id).await?;
    let actor = user.to_actor();
    let may = visit.app.db.read(move |c| Ok::<_, AppError>(outranks(c, &actor, id)?)).await?;
    if may {
        Ok(row)
    } else {
        Err(AppError::Forbidden(
            "You cannot set the password of this account or invite its owner, because the account has permissions that you do not \
            have.",
        ))
    }
}

async fn render(visit: &Visit, row: &Row, errors: FormErrors) -> AppResult<HttpResponse> {
    let app = visit.app.clone();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = visit
        .app
        .db
        .read(move |c| {
            let fields = password_fields();
            let actor = Actor::system();
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            Ok::<_, AppError>(binder.bind(c, &[("", fields.iter().collect())], &FormData::default(), &errors)?)
        })
        .await?;
    let back = format!("/admin/users/{}", row.id);
    let shell = visit
        .shell(format!("Set a password for {}", isolated(&row.label)))
        .under(&[("Administration", "/admin"), ("Users", "/admin/users")]);
    let shell = shell.renamed("Set password").after(&row.label, &back).with_errors(!form.errors.is_empty());
    html(status, &FormPage { shell, form, action: format!("/users/{}/password", row.id), cancel: back, button: "Set password".into() })
}
