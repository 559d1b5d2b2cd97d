//! Sends due reminders as long as the server runs. Every process does; the database sees to it that each is sent once.

use std::time::Duration;

use actix_web::web::Data;

use super::due::{self, Due};
use super::sent;
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::sql::Sql;
use crate::db::{Connection, DbError};
use crate::resource::Model;
use crate::resource::write::message::Channel;
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::scheduling::messages::contact::Contact;
use crate::scheduling::messages::occasion::Occasion;
use crate::scheduling::messages::patient;

const LOOK_EVERY: Duration = Duration::from_secs(60);

pub async fn run(app: Data<App>) {
    loop {
        if let Err(error) = remind(&app).await {
            tracing::warn!(%error, "could not send reminders");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Queues what is due now; returns how many messages.
pub async fn remind(app: &Data<App>) -> Result<usize, DbError> {
    let (now, zone, quiet) = (app.now(), app.clinic_zone(), app.settings.quiet_hours);
    let channels = if app.settings.sms.is_some() { vec![Channel::Mail, Channel::Sms] } else { vec![Channel::Mail] };
    let all = app.db.read(move |c| due::list(c, &channels, quiet, &zone, now).map_err(DbError::from)).await?;
    let mut queued = 0;
    for due in all {
        let app = app.clone();
        queued += usize::from(app.clone().db.write(move |c| settle(c, &app, &due).map_err(DbError::from)).await?);
    }
    Ok(queued)
}

/// Writes down the reminders of one appointment and queues the one to send. Returns whether a message was queued.
fn settle(c: &mut Connection, app: &App, due: &Due) -> diesel::QueryResult<bool> {
    let (now, zone) = (app.now(), app.clinic_zone());
    for key in &due.leave_out {
        sent::insert(c, *key, false, now)?;
    }
    let Some(key) = due.send else { return Ok(false) };
    // Whoever changes the appointment does so before or afterwards.
    exclusive(c, Appointment::NAME, key.appointment_id)?;
    let occasion = Occasion::list(c, Sql::new("a.deleted_at IS NULL AND a.id = ").number(key.appointment_id), &zone)?.pop();
    let current = occasion.filter(|occasion| occasion.state == State::Booked && occasion.starts_at == key.starts_at);
    let Some(occasion) = current else { return Ok(false) };
    let contact = Contact::find(c, occasion.patient_id, &zone)?;
    let message = contact.and_then(|contact| patient::reminder(&occasion, &contact, key.channel));
    if !sent::insert(c, key, message.is_some(), now)? {
        return Ok(false);
    }
    let Some(message) = message else { return Ok(false) };
    let message = match key.channel {
        Channel::Mail => patient::with_link(c, message, &occasion, patient::ANSWER, now)?,
        Channel::Sms => message,
    };
    app.registry.deliver(c, &message, now)?;
    Ok(true)
}
