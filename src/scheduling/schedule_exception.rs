//! Exceptions from the usual week of a doctor: time off, in hours or whole days, and extra hours.

use diesel::prelude::*;
use time::Date;

use super::own_doctor::{check_own, refusal};
use super::site::Site;
use crate::clinic::doctor::Doctor;
use crate::db::schema::schedule_exceptions;
use crate::db::{Connection, UtcDateTime};
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::value::TimeOfDay;
use crate::resource::{Actor, Api, Model, Row, Value, Values, field};

crate::text_enum! {
    pub enum ExceptionKind {
        Off = "off" / "Time off",
        Extra = "extra" / "Extra hours",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct ScheduleException {
    pub id: i64,
    pub doctor_id: i64,
    pub kind: ExceptionKind,
    pub first_day: Date,
    pub last_day: Date,
    /// On each of the days; without times, the whole days are meant.
    pub from_time: Option<TimeOfDay>,
    pub to_time: Option<TimeOfDay>,
    pub site_id: Option<i64>,
    /// Never shown to patients.
    pub reason: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    ScheduleException in schedule_exceptions;
    name "schedule_exception" at "schedule-exceptions", "Schedule exception" / "Schedule exceptions";
    area "Scheduling", icon "calendar";
    fields {
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::Cascade),
        kind: field("Type"),
        first_day: field("First day"),
        last_day: field("Last day").filled_by_validate().help("Leave blank for one day"),
        from_time: field("From").help("On each of the days. Leave both times blank for whole days").example("14:00"),
        to_time: field("To").help("00:00 is the end of the day").example("16:30"),
        site_id: field("Site").references::<Site>(OnDelete::Protect).help("Leave blank for all sites"),
        reason: field("Reason").max(120).optional().help("Patients do not see it. For example, training"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [doctor_id, kind, first_day, last_day, from_time, to_time, reason];
    search_through [doctor_id];
    natural_key [doctor_id, kind, first_day];
    list_filter [doctor_id, kind, first_day, site_id, created_at];
    ordering [-first_day];
    fieldsets { "Time": [doctor_id, kind, (first_day, last_day), (from_time, to_time), site_id, reason] }
    label |exception| format!("{} from {}", exception.kind.label(), exception.first_day);
    options {
        api: const { Some(Api::of(&[
            "doctor_id", "kind", "first_day", "last_day", "from_time", "to_time", "site_id", "reason", "created_at", "updated_at",
        ])) },
        default_grants: super::PLANNED_BY_RECEPTION,
    }
}

impl Hooks for ScheduleException {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        [(Self::FIELDS.kind, Value::Text(ExceptionKind::Off.as_str().into()))].into_iter().collect()
    }

    fn validate(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let own = Self::FIELDS;
        check_own(c, candidate, own.doctor_id)?;
        let (first, last) = (candidate.values.at(own.first_day).clone(), candidate.values.at(own.last_day).clone());
        match (&first, &last) {
            (Value::Date(_), Value::Null) => candidate.values.set(own.last_day, first.clone()),
            (Value::Date(first), Value::Date(last)) if last < first => {
                candidate.errors.add(own.last_day, "The last day must not be before the first");
            }
            _ => {}
        }
        let (from, to) = (candidate.values.at(own.from_time).as_id(), candidate.values.at(own.to_time).as_id());
        let is_extra = candidate.values.at(own.kind).as_text() == ExceptionKind::Extra.as_str();
        match (from, to) {
            (None, None) if is_extra => candidate.errors.add(own.from_time, "Extra hours need a beginning and an end"),
            (None, Some(_)) => candidate.errors.add(own.from_time, "Enter the beginning as well"),
            (Some(_), None) => candidate.errors.add(own.to_time, "Enter the end as well"),
            (Some(from), Some(to)) if to != 0 && to <= from => candidate.errors.add(own.to_time, "The end must be after the beginning"),
            _ => {}
        }
        Ok(())
    }

    fn before_delete(c: &mut Connection, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        refusal(c, row.values.at(Self::FIELDS.doctor_id).as_id(), actor)
    }
}
