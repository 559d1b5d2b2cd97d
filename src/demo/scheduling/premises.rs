//! Where and what can be booked: sites, rooms, types of appointments, and the days when the clinic is closed.

use std::collections::HashMap;

use time::{Date, Month};

use super::kinds::{GROUP, HOLIDAYS, KINDS, Kind, TREATMENT};
use crate::app::App;
use crate::db::{Connection, Zone};
use crate::demo::DemoError;
use crate::resource::{Actor, FormErrors, Model, Resource, Value};
use crate::scheduling::appointment_type::AppointmentType;
use crate::scheduling::holiday::Holiday;
use crate::scheduling::room::Room;
use crate::scheduling::site::Site;
use crate::scheduling::slots::rota::{Closed, Zones};

/// A type that was stored.
#[derive(Clone, Copy)]
pub struct StoredKind {
    pub id: i64,
    pub own: &'static Kind,
}

#[derive(Clone, Copy)]
pub struct StoredRoom {
    pub id: i64,
    pub kind: &'static str,
    pub site_id: i64,
}

pub struct Premises {
    pub sites: Vec<i64>,
    pub rooms: Vec<StoredRoom>,
    pub kinds: Vec<StoredKind>,
    pub zones: Zones,
    pub closed: Vec<Closed>,
}

/// The last one is in another country, so that times of two places can be tried out.
const SITES: [(&str, &str, &str); 3] = [
    ("High Street", "", "12 High Street"),
    ("Riverside", "", "3 Mill Road"),
    ("Lisbon", "Europe/Lisbon", "Rua das Flores 20, 1200-195 Lisboa"),
];
/// The place of the one abroad.
pub const ABROAD: usize = 2;

/// So many doctors share a treatment room.
const DOCTORS_OF_A_ROOM: u32 = 8;

impl Premises {
    pub fn create(c: &mut Connection, app: &App, actor: &Actor, doctors: u32, years: (i32, i32)) -> Result<Self, DemoError> {
        let mut add = |resource: &Resource, values: Vec<(&'static str, Value)>| -> Result<i64, DemoError> {
            let values = values.into_iter().collect();
            Ok(app.act(c, actor, |c, writer| writer.create(c, resource, values, FormErrors::default()))?.id)
        };
        let text = |text: &str| Value::Text(text.into());
        let mut sites = Vec::new();
        let mut rooms = Vec::new();
        for (place, (name, zone, address)) in SITES.into_iter().enumerate() {
            let own = Site::FIELDS;
            let site_id =
                add(app.registry.of::<Site>(), vec![(own.name, text(name)), (own.time_zone, text(zone)), (own.address, text(address))])?;
            sites.push(site_id);
            let treatment = if place == ABROAD { 1 } else { 2 + doctors / DOCTORS_OF_A_ROOM };
            let numbered = (1..=treatment).map(|number| (format!("{name} {number}"), TREATMENT));
            for (room, kind) in numbered.chain([(format!("{name} hall"), GROUP)]) {
                let own = Room::FIELDS;
                let values = vec![(own.name, text(&room)), (own.kind, text(kind)), (own.site_id, Value::Integer(site_id))];
                rooms.push(StoredRoom { id: add(app.registry.of::<Room>(), values)?, kind, site_id });
            }
        }
        let mut kinds = Vec::new();
        for kind in &KINDS {
            kinds.push(StoredKind { id: add(app.registry.of::<AppointmentType>(), values_of(kind))?, own: kind });
        }
        let mut closed = Vec::new();
        for year in years.0..=years.1 {
            for (name, month, day) in HOLIDAYS {
                let month = Month::try_from(month).unwrap_or(Month::January);
                let Ok(day) = Date::from_calendar_date(year, month, day) else { continue };
                add(app.registry.of::<Holiday>(), vec![(Holiday::FIELDS.name, text(name)), (Holiday::FIELDS.day, Value::Date(day))])?;
                closed.push(Closed { day, site_id: None });
            }
        }
        let clinic = app.clinic_zone();
        let zones = Zones { sites: zones_of(&clinic, &sites), clinic };
        Ok(Self { sites, rooms, kinds, zones, closed })
    }
}

fn zones_of(clinic: &Zone, sites: &[i64]) -> HashMap<i64, Zone> {
    let named = sites.iter().zip(SITES).filter(|(_, (_, zone, _))| !zone.is_empty());
    named.map(|(id, (_, zone, _))| (*id, clinic.read_by(zone, ""))).collect()
}

fn values_of(kind: &Kind) -> Vec<(&'static str, Value)> {
    let own = AppointmentType::FIELDS;
    vec![
        (own.name, Value::Text(kind.name.into())),
        (own.colour, Value::Text(kind.colour.as_str().into())),
        (own.minutes, Value::Integer(kind.minutes)),
        (own.buffer_before, Value::Integer(kind.buffers.0)),
        (own.buffer_after, Value::Integer(kind.buffers.1)),
        (own.booked_by, Value::Text(kind.booked_by.as_str().into())),
        (own.shortest_notice, Value::Integer(kind.notice)),
        (own.places, Value::Integer(kind.places.into())),
        (own.room_kind, Value::Text(kind.room_kind.into())),
    ]
}
