//! The same notifications by email, for users who chose that. Neither the email nor its subject says who the patient is.

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::add::{Kind, MOST, people};
use crate::clinic::own_record;
use crate::db::Connection;
use crate::db::sql::Sql;
use crate::resource::write::event::Event;
use crate::resource::write::message::Message;
use crate::scheduling::messages::occasion::Occasion;
use crate::scheduling::messages::wording::moment;

/// The emails about a change, one for each user. An address counts once it is confirmed.
pub fn emails(c: &mut Connection, event: &Event, kind: Kind) -> QueryResult<Vec<Message>> {
    let wanting = Sql::new("SELECT u.email, u.time_zone, u.locale FROM users AS u WHERE u.notifies_by_email ")
        .text("AND u.email_confirmed_at IS NOT NULL AND ")
        .append(people(event, kind))
        .text(" ORDER BY u.id LIMIT ")
        .number(MOST);
    let found: Vec<(String, String, String)> = wanting.returning::<(Text, Text, Text)>().load(c)?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let Some(occasion) = Occasion::find(c, event.id(), event.zone)? else { return Ok(Vec::new()) };
    let by =
        if event.actor.acts_for_self || own_record::is_for(event.actor) { "the patient".to_string() } else { event.actor.name.clone() };
    let message = |(email, time_zone, locale): (String, String, String)| {
        let reader = event.zone.read_by(&time_zone, &locale);
        let what = format!("{}: {}, with {}.", kind.label(), moment(&occasion, occasion.starts_at, &reader), occasion.doctor);
        Message {
            kind: "appointment notification",
            recipient: email,
            subject: format!("{} appointment", kind.label()),
            paragraphs: vec![what, format!("By {by}.")],
            path: format!("/appointments/{}", occasion.id),
            ..Message::default()
        }
    };
    Ok(found.into_iter().map(message).collect())
}
