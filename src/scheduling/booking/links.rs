//! Revoking the links to an appointment in emails that were sent, for example because an address was somebody else's.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::english::plural;
use crate::error::AppResult;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::portal::link::revoke;
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), *id);
    let revoked = visit.app.db.write(move |c| {
        let resource = app.registry.of::<Appointment>();
        let row = app.registry.find(c, resource, id, Some(&actor))?.ok_or(WriteError::NotFound)?;
        let count = revoke(c, id, app.now())?;
        app.act(c, &actor, |_, writer| {
            writer.set_note("Links in emails revoked");
            writer.log(LogAction::Change, resource, &row, Vec::new());
            Ok::<_, WriteError>(count)
        })
    });
    let count = revoked.await?;
    let message = format!("{} stopped working. The next email has a new one.", plural(count as i64, "link", "links"));
    leave(&visit.request, &visit.app, Tone::Ok, message);
    Ok(see_other(format!("/appointments/{id}")))
}
