//! Adds the notifications about a change of an appointment: for its doctors, and of a request for those who can approve it.

use diesel::QueryResult;

use crate::clinic::patient_access::VIEW_ALL;
use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
use crate::resource::Model;
use crate::resource::write::event::Event;
use crate::scheduling::appointment::model::Appointment;

crate::text_enum! {
    pub enum Kind {
        Booked = "booked" / "Booked",
        Moved = "moved" / "Changed",
        Cancelled = "cancelled" / "Cancelled",
        Requested = "requested" / "Requested",
    }
}

/// The most people who are told of a request.
pub(super) const MOST: i64 = 100;

/// The active users who are notified. Whoever made the change knows of it.
pub(super) fn people(event: &Event, kind: Kind) -> Sql {
    let doctor = |row: &crate::resource::Row| row.values.at(Appointment::FIELDS.doctor_id).as_id();
    let doctors: Vec<i64> = [event.before, event.after].into_iter().flatten().filter_map(doctor).collect();
    let mut people = Sql::new("u.id IN (SELECT user_id FROM doctors WHERE deleted_at IS NULL AND user_id IS NOT NULL AND ")
        .is_one_of("id", &doctors)
        .text(")");
    if kind == Kind::Requested {
        people = people.text(" OR (").append(holding("appointment.change")).text(" AND ").append(holding(VIEW_ALL)).text(")");
    }
    Sql::new("u.is_active AND u.id <> ").number(event.actor.id).text(" AND (").append(people).text(")")
}

pub fn add(c: &mut Connection, event: &Event, kind: Kind) -> QueryResult<()> {
    let at = || Bind::Timestamp(Some(event.at));
    let actor: String = event.actor.name.chars().take(300).collect();
    Sql::new("INSERT INTO notifications (user_id, appointment_id, kind, actor, created_at, updated_at) SELECT u.id, ")
        .number(event.id())
        .text(", ")
        .bind(Bind::Text(Some(kind.as_str().into())))
        .text(", ")
        .bind(Bind::Text(Some(actor)))
        .text(", ")
        .bind(at())
        .text(", ")
        .bind(at())
        .text(" FROM users AS u WHERE ")
        .append(people(event, kind))
        .text(" ORDER BY u.id LIMIT ")
        .number(MOST)
        .execute(c)
        .map(|_| ())
}

/// Whether a user has a permission, from a group or of their own.
fn holding(codename: &str) -> Sql {
    let code = || Bind::Text(Some(codename.into()));
    Sql::new("u.id IN (SELECT m.user_id FROM user_groups AS m JOIN group_permissions AS g ON g.group_id = m.group_id ")
        .text("JOIN permissions AS p ON p.id = g.permission_id WHERE p.codename = ")
        .bind(code())
        .text(" UNION SELECT o.user_id FROM user_permissions AS o JOIN permissions AS p ON p.id = o.permission_id WHERE p.codename = ")
        .bind(code())
        .text(")")
}
