//! The calendars of a user: their own appointments, and those of the doctors and rooms that a feed could show them.

use diesel::prelude::*;

use super::place::{Key, Place};
use crate::clinic::patient_access::VIEW_ALL;
use crate::db::Connection;
use crate::db::schema::{doctors, rooms};
use crate::resource::Actor;
use crate::scheduling::feed::model::{Content, Shown, Subject, is_allowed};
use crate::scheduling::own_doctor::doctor_of;
use crate::scheduling::slots::offer::doctors_with_hours;

#[derive(Clone, Debug)]
pub struct Calendar {
    pub key: Key,
    pub name: String,
    pub shown: Shown,
}

impl Calendar {
    fn new(actor: &Actor, key: Key, name: String) -> Self {
        let (subject, doctor_id, room_id, content) = match key {
            Key::Mine => (Subject::Person, None, None, Content::Type),
            Key::Doctor(id) => (Subject::Doctor, Some(id), None, Content::Initials),
            Key::Room(id) => (Subject::Room, None, Some(id), Content::Initials),
        };
        Self { key, name, shown: Shown { user_id: actor.id, subject, doctor_id, room_id, content } }
    }

    pub fn place(&self) -> Place {
        Place::Calendar(self.key)
    }
}

/// Every calendar of the user, their own first.
pub fn list(c: &mut Connection, actor: &Actor) -> QueryResult<Vec<Calendar>> {
    let own = doctor_of(c, actor)?;
    let mut calendars = Vec::new();
    for key in std::iter::once(Key::Mine).chain(own.map(Key::Doctor)) {
        calendars.extend(find(c, actor, key)?);
    }
    // Whoever sees every appointment sees those of every doctor and room, so that no calendar has to be asked for.
    if actor.can(VIEW_ALL) && !calendars.is_empty() {
        let doctors = doctors_with_hours(c)?.into_iter().filter(|(id, _)| Some(*id) != own);
        calendars.extend(doctors.map(|(id, name)| Calendar::new(actor, Key::Doctor(id), name)));
        let all = rooms::table.filter(rooms::deleted_at.is_null()).order((rooms::name, rooms::id)).select((rooms::id, rooms::name));
        let rooms: Vec<(i64, String)> = all.load(c)?;
        calendars.extend(rooms.into_iter().map(|(id, name)| Calendar::new(actor, Key::Room(id), name)));
    }
    Ok(calendars)
}

/// One calendar, if the user may see it.
pub fn find(c: &mut Connection, actor: &Actor, key: Key) -> QueryResult<Option<Calendar>> {
    let name = match key {
        Key::Mine => Some(Subject::Person.label().to_string()),
        Key::Doctor(id) => {
            let known = doctors::table.find(id).filter(doctors::deleted_at.is_null()).select((doctors::title, doctors::name));
            known.first::<(String, String)>(c).optional()?.map(|(title, name)| format!("{title} {name}").trim().to_string())
        }
        Key::Room(id) => rooms::table.find(id).filter(rooms::deleted_at.is_null()).select(rooms::name).first(c).optional()?,
    };
    let calendar = name.map(|name| Calendar::new(actor, key, name));
    match calendar {
        Some(calendar) if is_allowed(c, actor, calendar.shown.subject, calendar.shown.doctor_id)? => Ok(Some(calendar)),
        _ => Ok(None),
    }
}
