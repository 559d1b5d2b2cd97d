//! Random operations by several people at once: whatever they do, nothing overlaps, and the claims follow from the appointments.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use praxis::db::UtcDateTime;
use praxis::resource::write::writer::{WriteError, Writer};
use praxis::resource::{Actor, FormErrors, Resource, Value};
use praxis::scheduling::appointment::claims;
use praxis::scheduling::appointment::model::Appointment;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::{Date, Duration};

use super::{doctor, kind, kind_with, monday};
use crate::stories;
use crate::support::Clinic;

stories![random_operations_never_overlap];

/// `PRAXIS_RACE_OPERATIONS=1000000 cargo test --release random_operations` is the long run.
const OPERATIONS: u64 = 3_000;
const WORKERS: u64 = 6;
const DAYS: i64 = 5;

#[derive(Clone)]
struct Field {
    day: Date,
    doctors: Vec<i64>,
    patients: Vec<i64>,
    kinds: Vec<i64>,
    rooms: Vec<i64>,
}

const STATES: [&str; 7] = ["booked", "arrived", "in_room", "done", "cancelled", "no_show", "entered_in_error"];

async fn random_operations_never_overlap(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, mut patients) = (clinic.user_id("ada").await, Vec::new());
    for number in 0..12 {
        patients.push(clinic.patient(&format!("Person {number:02}"), owner).await);
    }
    let doctors = vec![doctor(&clinic, "Grace Hopper").await, doctor(&clinic, "Samuel Okafor").await];
    let text = |text: &str| Value::Text(text.into());
    let rooms = vec![clinic.record("room", vec![("name", text("Room 1")), ("kind", text("treatment"))]).await];
    let kinds = vec![
        kind(&clinic, "Follow-up", 20, (0, 0)).await,
        kind(&clinic, "Check-up", 40, (10, 15)).await,
        kind_with(&clinic, "Dressing", 15, (0, 5), vec![("room_kind", text("treatment"))]).await,
        kind_with(&clinic, "Class", 60, (0, 0), vec![("places", Value::Integer(3))]).await,
    ];
    let field = Field { day: monday(&clinic), doctors, patients, kinds, rooms };
    let asked = std::env::var("PRAXIS_RACE_OPERATIONS").ok().and_then(|text| text.parse().ok());
    let each = asked.unwrap_or(OPERATIONS).div_ceil(WORKERS);
    let done = join_all((0..WORKERS).map(|worker| work(&clinic, field.clone(), worker, each))).await;
    let mut whole: BTreeMap<&str, u64> = BTreeMap::new();
    done.into_iter().flatten().for_each(|(name, count)| *whole.entry(name).or_default() += count);
    for name in ["book", "change", "delete", "restore", "purge", "refused"] {
        assert!(whole.get(name).is_some_and(|count| *count > 0), "no {name} among {whole:?}");
    }
    assert_eq!(clinic.ask(claims::overlaps).await, 0, "{whole:?}");
    assert_eq!(clinic.ask(claims::differences).await, 0, "{whole:?}");
    assert_eq!(clinic.ask(|c| praxis::clinic::patient_access::SCOPE.access.differences(c)).await, 0);
}

/// So many operations one after the other. Returns how often each was done, and how often one was refused.
async fn work(clinic: &Clinic, field: Field, worker: u64, count: u64) -> BTreeMap<&'static str, u64> {
    let mut rng = StdRng::seed_from_u64(worker + 14);
    let mut done = BTreeMap::new();
    for _ in 0..count {
        let (app, field, seed) = (clinic.app.clone(), field.clone(), rng.random::<u64>());
        let result = clinic.app.db.write(move |c| {
            let mut rng = StdRng::seed_from_u64(seed);
            let resource = app.registry.of::<Appointment>();
            app.act(c, &Actor::system(), |c, writer| operate(c, writer, resource, &field, &mut rng))
        });
        let name = match result.await {
            Ok(name) => name,
            Err(WriteError::Invalid(_) | WriteError::NotFound | WriteError::Refused(_)) => "refused",
            Err(error) => panic!("{error:?}"),
        };
        *done.entry(name).or_default() += 1;
    }
    done
}

fn operate(
    c: &mut praxis::db::Connection,
    writer: &Writer,
    resource: &Resource,
    field: &Field,
    rng: &mut StdRng,
) -> Result<&'static str, WriteError> {
    let newest = praxis::db::sql::Sql::new("SELECT COALESCE(max(id), 0) FROM appointments").load_ids(c)?[0];
    let id = rng.random_range(0..=newest.max(1)).max(newest - 40);
    match rng.random_range(0..100) {
        0..35 => {
            let mut values = vec![("starts_at", at(field, rng)), ("state", Value::Text("booked".into()))];
            values.push(("patient_id", one(rng, &field.patients)));
            values.push(("doctor_id", one(rng, &field.doctors)));
            values.push(("type_id", one(rng, &field.kinds)));
            if rng.random_ratio(1, 10) {
                values.push(("is_overbooked", Value::Bool(true)));
                values.push(("overbooking_reason", Value::Text("Acute pain".into())));
            }
            writer.create(c, resource, values.into_iter().collect(), FormErrors::default())?;
            Ok("book")
        }
        35..80 => {
            let value = match rng.random_range(0..6) {
                0 | 1 => ("starts_at", at(field, rng)),
                2 => ("state", Value::Text(STATES[rng.random_range(0..STATES.len())].into())),
                3 => ("doctor_id", one(rng, &field.doctors)),
                4 => ("minutes", Value::Integer(rng.random_range(1..13) * 5)),
                _ => ("room_id", one(rng, &field.rooms)),
            };
            writer.update(c, resource, id, [value].into_iter().collect(), FormErrors::default(), None)?;
            Ok("change")
        }
        80..88 => writer.delete(c, resource, id).map(|_| "delete"),
        88..96 => {
            let trash = "SELECT id FROM appointments WHERE deleted_at IS NOT NULL ORDER BY id DESC LIMIT 20";
            let trash = praxis::db::sql::Sql::new(trash).load_ids(c)?;
            let id = trash.get(rng.random_range(0..trash.len().max(1))).copied().ok_or(WriteError::NotFound)?;
            writer.restore(c, resource, id).map(|_| "restore")
        }
        _ => {
            let trash = praxis::db::sql::Sql::new("SELECT min(id) FROM appointments WHERE deleted_at IS NOT NULL HAVING count(*) > 0");
            let id = trash.load_ids(c)?.first().copied().ok_or(WriteError::NotFound)?;
            writer.purge(c, resource, id).map(|_| "purge")
        }
    }
}

/// A time in the morning of one of the days.
fn at(field: &Field, rng: &mut StdRng) -> Value {
    let day = field.day + Duration::days(rng.random_range(0..DAYS));
    let minutes = 9 * 60 + rng.random_range(0..36) * 5;
    Value::DateTime(UtcDateTime::from_unix_minutes(UtcDateTime::midnight(day).unix_minutes() + minutes))
}

fn one(rng: &mut StdRng, ids: &[i64]) -> Value {
    Value::Integer(ids[rng.random_range(0..ids.len())])
}
