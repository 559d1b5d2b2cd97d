//! A user's own data as a file: the account, what is stored about it, and their record as a patient or a doctor (GDPR, articles
//! 15 and 20). Records of other people are left out, even if the user created them.
//!
//! The data is found through the declarations: a record with a field `user_id` is about that user, and a record that refers to
//! their patient record is about that patient. Secrets are not declared fields, so they are never included.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data};
use serde_json::json;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::rows::{BATCH, Of, Tie, batch, entries, head};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::rate_limit::Rate;
use crate::resource::list::keyset::Seek;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Row};
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// An export is large and rarely needed.
const RATE: Rate = Rate { calls: 10, seconds: 3600 };
const HERE: &str = "/profile/data";

pub async fn new(visit: Visit, _user: CurrentUser) -> AppResult<HttpResponse> {
    let sentences = vec![
        "Download a JSON file with your account, groups and permissions, sessions and sign-ins, passkeys and access tokens, \
            saved views and imports, the subjects of emails sent to you, your activity, and changes that others made to your \
            account."
            .into(),
        "If you are a patient or a doctor at this clinic, it includes your record, with who viewed and changed it.".into(),
        "It does not include passwords, codes and keys, or other people's records, even if you registered them.".into(),
        "This download is logged. Keep the file safe.".into(),
    ];
    let shell = visit.shell("Download your data").under(&[("Profile", "/profile")]).renamed("Your data");
    html(
        StatusCode::OK,
        &ConfirmPage { shell, sentences, act: Some((HERE.into(), "Download")), back: "/profile".into(), effect: Effect::Downloads },
    )
}

pub async fn create(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    if visit.app.calls.take(format!("own data {}", user.id), RATE, visit.app.now()).wait.is_some() {
        return Err(AppError::TooMany);
    }
    let (row, _) = crate::accounts::password::change::own(&visit, &user).await?;
    let (app, actor, label, id) = (visit.app.clone(), user.to_actor(), row.label.clone(), row.id);
    let entry = Entry { id, label, ..Entry::noted(LogAction::Export, "user", "Own data") };
    visit
        .app
        .db
        .write(move |c| {
            app.act(c, &actor, |_, writer| {
                writer.log_entry(entry);
                Ok::<_, AppError>(())
            })
        })
        .await?;
    let (sender, receiver) = channel(4);
    actix_web::rt::spawn(Copy { app: visit.app.clone(), actor: user.to_actor(), sender }.run(row));
    let name = format!("attachment; filename=\"my-data-{}.json\"", visit.zone().date(visit.app.now()));
    Ok(HttpResponse::Ok().content_type("application/json").insert_header((header::CONTENT_DISPOSITION, name)).streaming(pieces(receiver)))
}

type Piece = std::io::Result<Bytes>;

fn pieces(receiver: Receiver<Piece>) -> impl futures_util::Stream<Item = Piece> {
    futures_util::stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|piece| (piece, receiver)) })
}

/// An export that is being sent.
struct Copy {
    app: Data<App>,
    actor: Actor,
    sender: Sender<Piece>,
}

impl Copy {
    async fn run(self, row: Row) {
        if let Err(error) = self.all(row).await {
            tracing::warn!(%error, "a download of somebody's own data was interrupted");
            // Aborts the response, so that a truncated file does not look complete. Sending fails if the browser has gone.
            let _ = self.sender.send(Err(std::io::Error::other(error.to_string()))).await;
        }
    }

    async fn all(&self, row: Row) -> AppResult<()> {
        let (app, actor, mine) = (self.app.clone(), self.actor.clone(), row.id);
        let head = self.app.db.read(move |c| Ok::<_, AppError>(head(c, &app, &actor, &row)?)).await?;
        // The closing bracket is sent last, after all members.
        self.send(head.to_string().strip_suffix('}').unwrap_or_default().to_string()).await?;
        let mut about = vec![("user", mine)];
        for tie in self.ties("user", "user_id", mine) {
            let ids = self.rows(tie).await?;
            if !matches!(tie.resource, "patient" | "doctor") {
                continue;
            }
            for id in ids {
                about.push((tie.resource, id));
                for further in self.ties("patient", "patient_id", id).into_iter().filter(|_| tie.resource == "patient") {
                    self.rows(further).await?;
                }
            }
        }
        self.log("what_you_did", Of::Actor(mine)).await?;
        for (kind, id) in about {
            self.log(&format!("what_was_done_to_your_{kind}"), Of::Object(kind, id)).await?;
        }
        self.send("}".into()).await
    }

    /// Resources with a field of this name that refers to `to`.
    fn ties(&self, to: &str, field: &'static str, id: i64) -> Vec<Tie> {
        let declared = self.app.registry.iter().map(|resource| resource.declaration());
        let refers =
            declared.filter(|own| own.field(field).and_then(|field| field.reference).is_some_and(|reference| reference.resource == to));
        refers.map(|own| Tie { resource: own.name, field, to: id }).collect()
    }

    /// Sends the rows as a list under the resource's name; returns their ids.
    async fn rows(&self, tie: Tie) -> AppResult<Vec<i64>> {
        let (mut seek, mut ids, mut first) = (None, Vec::new(), true);
        let name = self.app.registry.get(tie.resource).map_or(tie.resource, |resource| resource.declaration().slug).replace('-', "_");
        self.send(format!(",{}:[", json!(name))).await?;
        loop {
            let (app, actor) = (self.app.clone(), self.actor.clone());
            let rows = self.app.db.read(move |c| Ok::<_, AppError>(batch(c, &app, &actor, tie, seek)?)).await?;
            let text: Vec<String> = rows.iter().map(|(_, json)| json.to_string()).collect();
            if !text.is_empty() {
                self.send(format!("{}{}", if first { "" } else { "," }, text.join(","))).await?;
                first = false;
            }
            ids.extend(rows.iter().map(|(id, _)| *id));
            match rows.last().filter(|_| rows.len() as i64 == BATCH) {
                Some((last, _)) => seek = Some(Seek { anchor: Some(*last), backwards: false }),
                None => break,
            }
        }
        self.send("]".into()).await?;
        Ok(ids)
    }

    async fn log(&self, name: &str, of: Of) -> AppResult<()> {
        self.send(format!(",{}:[", json!(name))).await?;
        let (mut before, mut first) = (i64::MAX, true);
        loop {
            let (asked, mine) = (of.clone(), self.actor.id);
            let entries = self.app.db.read(move |c| Ok::<_, AppError>(entries(c, &asked, mine, before)?)).await?;
            let text: Vec<String> = entries.iter().map(|(_, json)| json.to_string()).collect();
            if !text.is_empty() {
                self.send(format!("{}{}", if first { "" } else { "," }, text.join(","))).await?;
                first = false;
            }
            match entries.last().filter(|_| entries.len() as i64 == BATCH) {
                Some((last, _)) => before = *last,
                None => break,
            }
        }
        self.send("]".into()).await
    }

    async fn send(&self, text: String) -> AppResult<()> {
        self.sender.send(Ok(text.into())).await.map_err(|_| AppError::Unavailable("the browser disconnected".into()))
    }
}
