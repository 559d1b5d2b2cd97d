//! The usual week of a doctor: hours, several a day if need be, and breaks. Times are those on the wall of the site.

use diesel::prelude::*;
use time::Date;

use super::own_doctor::check_own;
use super::site::Site;
use crate::clinic::doctor::Doctor;
use crate::db::schema::working_hours;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Action;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::value::TimeOfDay;
use crate::resource::{Actor, Api, Model, Row, Value, Values, field};

crate::text_enum! {
    pub enum Day {
        Monday = "monday" / "Monday",
        Tuesday = "tuesday" / "Tuesday",
        Wednesday = "wednesday" / "Wednesday",
        Thursday = "thursday" / "Thursday",
        Friday = "friday" / "Friday",
        Saturday = "saturday" / "Saturday",
        Sunday = "sunday" / "Sunday",
    }
}

impl Day {
    pub fn weekday(self) -> time::Weekday {
        match self {
            Self::Monday => time::Weekday::Monday,
            Self::Tuesday => time::Weekday::Tuesday,
            Self::Wednesday => time::Weekday::Wednesday,
            Self::Thursday => time::Weekday::Thursday,
            Self::Friday => time::Weekday::Friday,
            Self::Saturday => time::Weekday::Saturday,
            Self::Sunday => time::Weekday::Sunday,
        }
    }
}

crate::text_enum! {
    pub enum HoursKind {
        Hours = "hours" / "Working hours",
        Break = "break" / "Break",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct WorkingHours {
    pub id: i64,
    pub doctor_id: i64,
    pub weekday: Day,
    pub kind: HoursKind,
    pub from_time: TimeOfDay,
    /// 00:00 is the end of the day.
    pub to_time: TimeOfDay,
    pub site_id: Option<i64>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub note: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    WorkingHours in working_hours;
    name "working_hours" at "working-hours", "Working hours" / "Working hours";
    area "Scheduling", icon "calendar";
    fields {
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::Cascade),
        weekday: field("Day"),
        kind: field("Type"),
        from_time: field("From").example("09:00"),
        to_time: field("To").help("00:00 is the end of the day").example("12:30"),
        site_id: field("Site").bulk_edit().references::<Site>(OnDelete::Protect),
        valid_from: field("Valid from").bulk_edit().help("Leave blank if they are valid already"),
        valid_to: field("Valid to").bulk_edit().help("The last day. Leave blank if there is none"),
        note: field("Note").max(120).optional().help("For example, lunch"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [doctor_id, weekday, kind, from_time, to_time, site_id, valid_from, valid_to];
    search_through [doctor_id];
    natural_key [doctor_id, weekday, kind, from_time];
    list_filter [doctor_id, weekday, kind, site_id, created_at];
    ordering [doctor_id];
    fieldsets {
        "Hours": [doctor_id, (weekday, kind), (from_time, to_time), site_id, note],
        "Only for a time" closed: [(valid_from, valid_to)],
    }
    label |hours| format!("{} {}–{}", hours.weekday.label(), clock(hours.from_time), clock(hours.to_time));
    options {
        api: const { Some(Api::of(&[
            "doctor_id", "weekday", "kind", "from_time", "to_time", "site_id", "valid_from", "valid_to", "note", "created_at", "updated_at",
        ])) },
        extra_permissions: &[super::own_doctor::PERMISSION],
        default_grants: super::PLANNED_BY_RECEPTION,
    }
}

/// `09:00`
pub fn clock(time: TimeOfDay) -> String {
    format!("{:02}:{:02}", time.0 / 60, time.0 % 60)
}

/// Whether the actor may plan hours at all: their own, or with the permission everybody's.
pub fn plans(actor: &Actor) -> bool {
    let declared = WorkingHours::resource().declaration();
    [Action::Add, Action::Change, Action::Delete].into_iter().all(|action| declared.allows(actor, action))
}

impl Hooks for WorkingHours {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        [(Self::FIELDS.kind, Value::Text(HoursKind::Hours.as_str().into()))].into_iter().collect()
    }

    fn validate(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let own = Self::FIELDS;
        check_own(c, candidate, own.doctor_id)?;
        let number = |name: &str| candidate.values.at(name).as_id();
        if let (Some(from), Some(to)) = (number(own.from_time), number(own.to_time))
            && to != 0
            && to <= from
        {
            candidate.errors.add(own.to_time, "The end must be after the beginning");
        }
        if let (Value::Date(first), Value::Date(last)) = (candidate.values.at(own.valid_from), candidate.values.at(own.valid_to))
            && last < first
        {
            candidate.errors.add(own.valid_to, "The last day must not be before the first");
        }
        Ok(())
    }

    fn before_delete(c: &mut Connection, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        super::own_doctor::refusal(c, row.values.at(Self::FIELDS.doctor_id).as_id(), actor)
    }
}
