//! `/help`: what people can do by themselves, and whom they can ask.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;

use crate::accounts::user::model::User;
use crate::db::Connection;
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// Administrators who are named; a clinic has a few.
const NAMED: i64 = 10;

#[derive(Template)]
#[template(path = "accounts/profile/help.html")]
struct HelpPage {
    shell: Shell,
    /// Patients ask the reception, and find no records but their own.
    is_guest: bool,
    administrators: Vec<String>,
    /// How long deleted records can be restored; 0 for no end.
    days: i64,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let is_guest = visit.app.registry.is_guest(&user);
    let administrators = if is_guest { Vec::new() } else { visit.app.db.read(|c| Ok::<_, AppError>(administrators(c)?)).await? };
    let page = HelpPage { shell: visit.shell("Help"), is_guest, administrators, days: visit.app.settings.trash_days };
    html(StatusCode::OK, &page)
}

/// The names of those who can do everything.
fn administrators(c: &mut Connection) -> QueryResult<Vec<String>> {
    let active = users::table.filter(users::is_superuser.eq(true)).filter(users::is_active.eq(true));
    let found: Vec<User> = active.order(users::id).limit(NAMED).load(c)?;
    let name = |user: &User| Some(user.full_name()).filter(|name| !name.is_empty()).unwrap_or_else(|| user.username.clone());
    Ok(found.iter().map(name).collect())
}
