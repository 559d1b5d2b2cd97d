//! `/dev/mail`: queued and sent emails, for developers. The page does not exist if DEBUG is off, emails are sent to a server, or
//! the server listens on the network.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::queued::QueuedMail;
use crate::db::schema::mails;
use crate::error::{AppError, AppResult};
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// The newest emails that are listed.
const LISTED: i64 = 50;

#[derive(Template)]
#[template(path = "mail/viewer/index.html")]
struct IndexPage {
    shell: Shell,
    mails: Vec<(QueuedMail, String)>,
    folder: String,
}

#[derive(Template)]
#[template(path = "mail/viewer/show.html")]
struct ShowPage {
    shell: Shell,
    mail: QueuedMail,
    when: String,
}

fn admit(visit: &Visit) -> AppResult<()> {
    let settings = &visit.app.settings;
    if settings.debug && settings.writes_mail_to_a_folder() { Ok(()) } else { Err(AppError::NotFound) }
}

async fn find(visit: &Visit, id: i64) -> AppResult<QueuedMail> {
    admit(visit)?;
    visit.app.db.read(move |c| Ok(mails::table.filter(mails::id.eq(id)).first(c)?)).await
}

pub async fn index(visit: Visit) -> AppResult<HttpResponse> {
    admit(&visit)?;
    let newest =
        visit.app.db.read(|c| Ok::<_, AppError>(mails::table.order(mails::id.desc()).limit(LISTED).load::<QueuedMail>(c)?)).await?;
    let zone = &visit.zone();
    let mails = newest.into_iter().map(|mail| (zone.show(mail.created_at), mail)).map(|(when, mail)| (mail, when)).collect();
    let folder = visit.app.settings.mail_folder.display().to_string();
    html(StatusCode::OK, &IndexPage { shell: visit.shell("Sent emails (development)"), mails, folder })
}

pub async fn show(visit: Visit, id: Path<i64>) -> AppResult<HttpResponse> {
    let mail = find(&visit, *id).await?;
    let when = visit.zone().show(mail.created_at);
    html(StatusCode::OK, &ShowPage { shell: visit.shell(mail.subject.clone()), mail, when })
}

/// The HTML part as it is. It cannot run scripts, load anything or send forms; its styles are inline, because mail programs
/// remove others.
pub async fn html_part(visit: Visit, id: Path<i64>) -> AppResult<HttpResponse> {
    let mail = find(&visit, *id).await?;
    let policy =
        "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut page = HttpResponse::Ok();
    page.insert_header((header::CONTENT_SECURITY_POLICY, policy)).content_type("text/html; charset=utf-8");
    Ok(page.body(mail.html_body))
}
