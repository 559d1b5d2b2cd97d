//! Sending an email again whose delivery was given up.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::error::{AppError, AppResult};
use crate::mail::outbox;
use crate::mail::queued::MailStatus;
use crate::mail::queued::QueuedMail;
use crate::resource::log::entry::{Change, LogAction};
use crate::resource::write::writer::WriteError;
use crate::resource::{Resource, Value};
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    admit(&user)?;
    let row = record::find::find(&visit.app, user.to_actor(), "mail", *id).await?;
    let given_up = row.values.at("status") == &Value::Text(MailStatus::Dead.as_str().into());
    let sentence = match given_up {
        true => "Sending failed several times, or the mail server rejected the address. Praxis will try again as many times.",
        false => "You can only resend an email that failed. This one has been sent or will be retried automatically.",
    };
    let back = format!("/admin/mails/{id}");
    let shell =
        visit.shell(row.label.clone()).under(&[super::ROOT, ("Emails", "/admin/mails")]).renamed("Send again").after(&row.label, &back);
    let act = given_up.then(|| (format!("/admin/mails/{id}/resend"), "Send again"));
    html(StatusCode::OK, &ConfirmPage { shell, sentences: vec![sentence.into()], act, back, effect: Effect::Changes })
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    admit(&user)?;
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), *id);
    visit
        .app
        .db
        .write(move |c| {
            let mail: &Resource = app.registry.of::<QueuedMail>();
            let row = app.registry.find(c, mail, id, Some(&actor))?.ok_or(WriteError::NotFound)?;
            // Of concurrent clicks one requeues it; the other finds it waiting, which is fine.
            if outbox::requeue(c, id, app.now())? {
                app.act(c, &actor, |_, writer| {
                    writer.log(LogAction::Change, mail, &row, vec![sent_again()]);
                    Ok::<_, WriteError>(())
                })?;
            }
            Ok::<_, WriteError>(())
        })
        .await?;
    leave(&visit.request, &visit.app, Tone::Ok, "The email will be sent again.");
    Ok(see_other(format!("/admin/mails/{id}")))
}

/// The permission alone does not give access to the administration.
fn admit(user: &CurrentUser) -> AppResult<()> {
    if user.is_staff { Ok(()) } else { Err(AppError::Forbidden("You do not have permission to use the administration area.")) }
}

fn sent_again() -> Change {
    let word = |status: MailStatus| serde_json::Value::from(status.as_str());
    Change {
        field: "status".into(),
        label: "Status".into(),
        before: word(MailStatus::Dead),
        after: word(MailStatus::Queued),
        before_text: MailStatus::Dead.label().into(),
        after_text: MailStatus::Queued.label().into(),
    }
}
