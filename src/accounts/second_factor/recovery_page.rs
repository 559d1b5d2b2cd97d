//! The one page that shows recovery codes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::change::{Changed, change};
use super::page::PATH;
use super::{methods, recovery};
use crate::accounts::mail;
use crate::error::AppResult;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, percent, see_other};

#[derive(Template)]
#[template(path = "accounts/second_factor/recovery.html")]
struct RecoveryPage {
    shell: Shell,
    what: &'static str,
    codes: Vec<String>,
    /// The codes as a text file.
    file: String,
    file_name: String,
    username: String,
    made_on: String,
}

/// New codes, and what else was done.
pub struct Made {
    pub codes: Vec<String>,
    pub what: &'static str,
}

/// Replaces all codes with ten new ones.
pub async fn create(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let id = user.id;
    let done = change(&visit, &user, move |c, app| {
        if methods(c, id)?.is_empty() {
            return Ok(None);
        }
        let codes = recovery::renew(c, &app.keys, id, app.now())?;
        Ok(Some(Changed { part: "Recovery codes", became: "changed".into(), mail: mail::recovery_codes_replaced(app), result: codes }))
    });
    match done.await? {
        Some(codes) => after(&visit, &user, Made { codes, what: "Your old recovery codes no longer work." }),
        None => Ok(see_other(PATH)),
    }
}

/// Shows the codes this once; if there are none, redirects to the page of all factors.
pub fn after(visit: &Visit, user: &CurrentUser, made: Made) -> AppResult<HttpResponse> {
    if made.codes.is_empty() {
        leave(&visit.request, &visit.app, Tone::Ok, format!("{} You are signed out everywhere else.", made.what));
        return Ok(see_other(PATH));
    }
    let (clinic, made_on) = (&visit.app.clinic_name(), visit.zone().show(visit.app.now()));
    let text = format!(
        "Recovery codes for {} at {clinic}\r\nCreated on {made_on}. You can use each code once.\r\n\r\n{}\r\n",
        user.username,
        made.codes.join("\r\n")
    );
    let page = RecoveryPage {
        shell: visit.shell("Save your recovery codes").under(&[("Sign-in and security", PATH)]),
        what: made.what,
        codes: made.codes,
        file: format!("data:text/plain;charset=utf-8,{}", percent(&text).replace('+', "%20")),
        file_name: "recovery-codes.txt".into(),
        username: user.username.clone(),
        made_on,
    };
    html(StatusCode::OK, &page)
}
