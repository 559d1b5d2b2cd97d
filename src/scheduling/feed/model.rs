//! Calendar feeds as rows. Administrators list and revoke them; nobody can see the address again after it was created.

use diesel::prelude::*;

use crate::accounts::user::model::User;
use crate::clinic::doctor::Doctor;
use crate::clinic::patient_access::VIEW_ALL;
use crate::crypto::keys::digest;
use crate::db::schema::calendar_feeds;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Action;
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, Model, Resource, Row, Values, field};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::own_doctor::doctor_of;
use crate::scheduling::room::Room;

crate::text_enum! {
    pub enum Subject {
        Person = "person" / "My appointments",
        Doctor = "doctor" / "Appointments of a doctor",
        Room = "room" / "Appointments in a room",
    }
}

crate::text_enum! {
    /// What a calendar says about each appointment.
    pub enum Content {
        Busy = "busy" / "Only that the time is taken",
        Type = "type" / "The type of appointment",
        Initials = "initials" / "The type, and the initials of the patient",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct CalendarFeed {
    pub id: i64,
    pub user_id: i64,
    pub subject: Subject,
    pub doctor_id: Option<i64>,
    pub room_id: Option<i64>,
    pub content: Content,
    pub token_hash: String,
    /// The last four characters of the secret, to recognise it by.
    pub hint: String,
    pub last_used_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

/// What a calendar shows, for its events.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub user_id: i64,
    pub subject: Subject,
    pub doctor_id: Option<i64>,
    pub room_id: Option<i64>,
    pub content: Content,
}

impl CalendarFeed {
    pub fn shown(&self) -> Shown {
        let Self { user_id, subject, doctor_id, room_id, content, .. } = *self;
        Shown { user_id, subject, doctor_id, room_id, content }
    }
}

/// The permission to revoke the feeds of others.
pub const REVOKE: &str = "calendar_feed.revoke";

crate::resource! {
    CalendarFeed in calendar_feeds, read_only;
    name "calendar_feed" at "calendar-feeds", "Calendar feed" / "Calendar feeds";
    area "Scheduling", icon "calendar";
    fields {}
    automatic {
        subject: field("Calendar"),
        user_id: field("User").references::<User>(OnDelete::Cascade),
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::Cascade),
        room_id: field("Room").references::<Room>(OnDelete::Cascade),
        content: field("Shows"),
        hint: field("Last characters"),
        created_at: field("Created"),
        last_used_at: field("Last used"),
    }
    list_display [subject, user_id, doctor_id, room_id, content, created_at, last_used_at];
    search_through [user_id];
    list_filter [user_id, subject, doctor_id, room_id, content, created_at, last_used_at];
    ordering [-created_at];
    label |feed| format!("{} (…{})", feed.subject.label(), feed.hint);
    options {
        actions: BULK_ACTIONS,
        extra_permissions: &[(REVOKE, "Can revoke calendar feeds", &["Administrator"])],
        default_grants: &[("Administrator", &[Action::View])],
    }
}

impl Hooks for CalendarFeed {}

const BULK_ACTIONS: &[BulkAction] = &[BulkAction {
    name: "revoke",
    label: "Revoke",
    title: "Revoke {}",
    done: "revoked",
    about: "Calendar programs that use these addresses no longer get appointments. You cannot undo this. The owners can create new addresses.",
    icon: "lock",
    permissions: &[REVOKE],
    apply: revoke_one,
    on_record: true,
    is_dangerous: true,
    ..BulkAction::blank()
}];

fn revoke_one(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, _: &Values) -> Result<(), WriteError> {
    diesel::delete(calendar_feeds::table.filter(calendar_feeds::id.eq(row.id))).execute(c)?;
    writer.log(LogAction::Delete, resource, row, Vec::new());
    Ok(())
}

/// By the secret in its address.
pub fn find(c: &mut Connection, token: &str) -> QueryResult<Option<CalendarFeed>> {
    calendar_feeds::table.filter(calendar_feeds::token_hash.eq(digest(token))).first(c).optional()
}

/// A user's feeds, the newest first.
pub fn list_for_user(c: &mut Connection, user_id: i64) -> QueryResult<Vec<CalendarFeed>> {
    calendar_feeds::table.filter(calendar_feeds::user_id.eq(user_id)).order(calendar_feeds::id.desc()).load(c)
}

/// Whether the actor may see these appointments, today and whenever a calendar program asks.
pub fn is_allowed(c: &mut Connection, actor: &Actor, subject: Subject, doctor_id: Option<i64>) -> QueryResult<bool> {
    if !Appointment::resource().declaration().allows(actor, Action::View) {
        return Ok(false);
    }
    Ok(subject == Subject::Person
        || actor.can(VIEW_ALL)
        || (subject == Subject::Doctor && doctor_id.is_some() && doctor_of(c, actor)? == doctor_id))
}
