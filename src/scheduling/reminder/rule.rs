//! The rules by which patients are reminded.

use diesel::prelude::*;

use crate::db::UtcDateTime;
use crate::db::schema::reminder_rules;
use crate::english::plural;
use crate::resource::access::actor::Action;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::write::message::Channel;
use crate::resource::{Actor, Api, Model, Value, Values, field};
use crate::scheduling::appointment_type::AppointmentType;

#[derive(Clone, Debug, Queryable)]
pub struct ReminderRule {
    pub id: i64,
    pub hours_before: i32,
    pub channel: Channel,
    /// `None` for all types.
    pub type_id: Option<i64>,
    pub is_active: bool,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    ReminderRule in reminder_rules;
    name "reminder_rule" at "reminder-rules", "Reminder rule" / "Reminder rules";
    area "Scheduling", icon "message";
    fields {
        hours_before: field("Hours before").range(1, 720).help("Before the appointment begins. For example, 24").example("24"),
        channel: field("Sent by").help("Only to patients who agree to be contacted. Text messages need a gateway, see the settings"),
        type_id: field("Type").references::<AppointmentType>(OnDelete::Cascade).help("Leave blank for all types"),
        is_active: field("Active"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [hours_before, channel, type_id, is_active];
    natural_key [hours_before, channel, type_id];
    list_filter [channel, type_id, is_active, created_at];
    ordering [-hours_before];
    label |rule| format!("{} before, by {}", plural(rule.hours_before.into(), "hour", "hours"), rule.channel.label().to_lowercase());
    options {
        api: const { Some(Api::of(&["hours_before", "channel", "type_id", "is_active", "created_at", "updated_at"])) },
        default_grants: &[
            ("Staff", &[Action::View]), ("Receptionist", &[Action::View]), ("Doctor", &[Action::View]), ("Nurse", &[Action::View]),
            ("Administrator", &Action::ALL),
        ],
    }
}

impl Hooks for ReminderRule {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        [(Self::FIELDS.channel, Value::Text(Channel::Mail.as_str().into())), (Self::FIELDS.is_active, Value::Bool(true))]
            .into_iter()
            .collect()
    }
}
