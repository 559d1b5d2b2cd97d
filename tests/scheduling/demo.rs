//! The schedule of the demo keeps the rules of the clinic and looks like the schedule of one.

use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamp};
use praxis::db::Connection;
use praxis::db::schema::appointments as table;
use praxis::db::sql::Sql;
use praxis::db::{UtcDateTime, Zone};
use praxis::scheduling::appointment::model::Appointment;
use praxis::scheduling::appointment::state::State;
use praxis::scheduling::appointment::terms::Terms;
use praxis::scheduling::slots::free::Visit;
use praxis::scheduling::slots::load::{Request, load};
use praxis::scheduling::slots::span::Span;

use super::booking::overlaps;
use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{praxis, told};

stories![a_demo_has_the_schedule_of_a_clinic];

const WANTED: i64 = 2_000;

async fn a_demo_has_the_schedule_of_a_clinic(clinic: Clinic) {
    let wanted = WANTED.to_string();
    let arguments = ["demo", "--patients", "80", "--doctors", "10", "--appointments", &wanted];
    let output = praxis(&clinic.database, &arguments, &[], "");
    assert!(output.status.success(), "{}", told(&output));
    let checked = praxis(&clinic.database, &["check"], &[], "");
    assert!(checked.status.success(), "{}", told(&checked));
    assert_eq!(overlaps(&clinic).await, 0);

    let all: Vec<Appointment> = clinic.ask(|c| table::table.order(table::id).load(c)).await;
    let now = clinic.app.now();
    assert!((WANTED * 98 / 100..=WANTED * 102 / 100).contains(&(all.len() as i64)), "{} appointments", all.len());
    let (past, future): (Vec<&Appointment>, Vec<&Appointment>) = all.iter().partition(|own| own.starts_at < now);
    assert!(past.len() > future.len() && future.len() > 50, "{} before now, {} after", past.len(), future.len());
    let years = |back: i64| now.plus(-time::Duration::days(back * 365));
    assert!(past.iter().any(|own| own.starts_at < years(4)), "nothing was more than four years ago");

    let share = |these: &[&Appointment], is: &dyn Fn(&Appointment) -> bool| these.iter().filter(|own| is(own)).count() * 100 / these.len();
    let whole: Vec<&Appointment> = all.iter().collect();
    assert!((5..=11).contains(&share(&past, &|own| own.state == State::NoShow)));
    assert!((9..=15).contains(&share(&whole, &|own| own.state == State::Cancelled)));
    assert!((1..=4).contains(&share(&whole, &|own| own.is_overbooked)));
    assert!(all.iter().all(|own| own.is_overbooked != own.overbooking_reason.is_empty()));
    assert!(all.iter().all(|own| (own.state == State::Done) == own.done_at.is_some()));
    assert!(past.iter().all(|own| own.state != State::Requested && own.created_at <= now));
    assert!(future.iter().all(|own| matches!(own.state, State::Booked | State::Requested | State::Cancelled | State::Arrived)));

    // Each of those to come could be booked as it is, if it were not there.
    let zone = clinic.app.clinic_zone();
    let coming: Vec<Appointment> = future.into_iter().filter(|own| own.state.takes_time()).take(150).cloned().collect();
    let wrong = clinic.ask(move |c| against_the_rule(c, &zone, &coming)).await;
    assert_eq!(wrong, Vec::<i64>::new());

    assert!(clinic.ask(has_days_of_change).await, "no visit on a day when the clocks change");
    let planned = clinic.ask(|c| Sql::new("SELECT count(DISTINCT doctor_id) FROM working_hours").load_ids(c)).await;
    assert_eq!(planned, [10], "every doctor has hours");
    let waiting = clinic.ask(|c| Sql::new("SELECT count(*) FROM waiting_entries WHERE state = 'waiting'").load_ids(c)).await;
    assert_eq!(waiting, [6], "people wait for an earlier time");
}

/// The appointments for which the slots have no place.
fn against_the_rule(c: &mut Connection, zone: &Zone, coming: &[Appointment]) -> QueryResult<Vec<i64>> {
    let mut wrong = Vec::new();
    for own in coming {
        let terms = Terms::find(c, own.type_id)?.expect("a type");
        let visit = Visit { minutes: own.minutes.0, before: own.buffer_before.0, after: own.buffer_after.0 };
        let request = Request {
            visit,
            room_id: own.room_id,
            patient_id: Some(own.patient_id),
            moved: Some(own.id),
            is_overbooked: own.is_overbooked,
            ..terms.request(own.type_id)
        };
        let starts = own.starts_at.unix_minutes();
        let range = Span::new(starts, starts + 1);
        let free = load(c, zone, &[own.doctor_id], &request, range)?.starts(own.doctor_id, &request, range);
        // The others of a group are in the way of its room, as they should be.
        let is_group = own.places > 1;
        if !is_group && !free.iter().any(|free| free.site_id == own.site_id) {
            wrong.push(own.id);
        }
    }
    Ok(wrong)
}

/// Whether there are visits on a day on which the clocks of their site change.
fn has_days_of_change(c: &mut Connection) -> QueryResult<bool> {
    let rows = Sql::new("SELECT starts_at, time_zone FROM appointments JOIN sites ON sites.id = site_id WHERE time_zone <> ''");
    let rows: Vec<(UtcDateTime, String)> = rows.returning::<(Timestamp, Text)>().load(c)?;
    Ok(rows.iter().any(|(at, zone)| {
        let zone = Zone::named(zone).expect("a zone");
        let day = zone.date(*at);
        zone.at_wall(day, 1_440) - zone.at_wall(day, 0) != 1_440
    }))
}
