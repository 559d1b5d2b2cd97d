//! The notes of the demo: those of the doctors who can sign in, about the visits that are over; some with what was added later, and
//! a few that are not signed yet. Templates and phrases to begin with.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};
use rand::RngExt;
use rand::rngs::StdRng;
use time::Duration;

use super::DemoError;
use crate::db::schema::{addenda, doctors, note_drafts, note_releases, note_templates, notes, phrases, visits};
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime};
use crate::notes::addendum::AddendumKind;
use crate::notes::visit::VisitKind;
use crate::resource::list::query::fold;

/// The most notes of one doctor.
const EACH: i64 = 400;
/// The latest visits of each doctor have drafts.
const DRAFTS: usize = 3;

/// Reason, history, examination, assessment, plan.
const TEXTS: [[&str; 5]; 6] = [
    [
        "Blood pressure check. Feels well, no dizziness.",
        "Measures at home every morning, mostly 130 to 140 over 80 to 86. Walks 30 minutes a day. Takes the tablets regularly.",
        "Heart sounds normal, no murmur. Lungs clear. No ankle swelling. 136 / 84 sitting, left arm.",
        "Essential hypertension, well controlled.",
        "Carry on as before. Come back in three months with the diary.",
    ],
    [
        "Cough for ten days, no fever.",
        "Dry at first, now with a little clear phlegm. Sleeps badly. Nobody at home is ill. Does not smoke.",
        "Temperature 36.8. Throat slightly red. Lungs clear, no crackles.",
        "Acute bronchitis, most likely viral.",
        "Rest and fluids. Come back if there is fever or shortness of breath, or after three weeks.",
    ],
    [
        "Lower back pain since lifting a box on Saturday.",
        "Worse in the morning and after sitting. No numbness, no weakness. Has not taken anything.",
        "Stiff, tender next to the lumbar spine. Straight leg raise normal on both sides. Reflexes equal.",
        "Mechanical low back pain.",
        "Stay active. Ibuprofen 400 mg with food for up to five days. Exercises shown and handed out.",
    ],
    [
        "Results of the blood test.",
        "No complaints. Has changed the diet since the last visit and lost 2 kg.",
        "Weight 81.4 kg. Pulse 66, regular.",
        "Cholesterol is down. Kidneys and liver normal.",
        "Continue the diet. Repeat the test in six months.",
    ],
    [
        "Rash on both forearms.",
        "Itches, began after gardening four days ago. No new soap or medicine.",
        "Red, slightly raised patches with scratch marks. No blisters, face and trunk clear.",
        "Contact dermatitis.",
        "Hydrocortisone cream twice a day for a week. Gloves in the garden.",
    ],
    [
        "Yearly check-up.",
        "Feels well. Sleeps six to seven hours. Drinks wine at weekends. Mother had a stroke at 71.",
        "Heart, lungs and abdomen normal. Pulse 70. No enlarged lymph nodes.",
        "Healthy.",
        "Vaccinations are up to date. Next check-up in a year.",
    ],
];

const ADDED: [&str; 3] = [
    "Patient called: better since yesterday.",
    "Laboratory result arrived after the visit: potassium 4.2, creatinine 84. No change of plan.",
    "Letter from the hospital read and filed.",
];

/// A visit that is over: appointment, patient, doctor, their account and name, type, start and end.
type Seen = (i64, i64, i64, Option<i64>, String, String, UtcDateTime, UtcDateTime);

/// Adds the notes; returns how many.
pub fn fill(c: &mut Connection, now: UtcDateTime, rng: &mut StdRng) -> Result<u64, DemoError> {
    ready(c, now)?;
    let own = doctors::table.filter(doctors::user_id.is_not_null()).order(doctors::id).select(doctors::id);
    let mut whole = 0;
    for doctor_id in own.load::<i64>(c)? {
        for (place, seen) in over(c, doctor_id)?.into_iter().enumerate() {
            write(c, &seen, place < DRAFTS, rng)?;
            whole += 1;
        }
    }
    Ok(whole)
}

/// The latest first.
fn over(c: &mut Connection, doctor_id: i64) -> QueryResult<Vec<Seen>> {
    Sql::new("SELECT own.id, own.patient_id, own.doctor_id, doctors.user_id, doctors.name, types.name, own.starts_at, own.ends_at ")
        .text("FROM appointments AS own JOIN doctors ON doctors.id = own.doctor_id ")
        .text("JOIN appointment_types AS types ON types.id = own.type_id ")
        .text("WHERE own.state = 'done' AND own.deleted_at IS NULL AND own.doctor_id = ")
        .number(doctor_id)
        .text(" ORDER BY own.starts_at DESC, own.id DESC LIMIT ")
        .number(EACH)
        .returning::<(BigInt, BigInt, BigInt, Nullable<BigInt>, Text, Text, Timestamp, Timestamp)>()
        .load(c)
}

fn write(c: &mut Connection, seen: &Seen, is_draft: bool, rng: &mut StdRng) -> QueryResult<()> {
    let (appointment_id, patient_id, doctor_id, account, ref doctor, ref kind, starts_at, ends_at) = *seen;
    let Some(author_id) = account else { return Ok(()) };
    let visit = (
        visits::patient_id.eq(patient_id),
        visits::appointment_id.eq(Some(appointment_id)),
        visits::doctor_id.eq(Some(doctor_id)),
        visits::kind.eq(VisitKind::Clinic),
        visits::reason.eq(kind),
        visits::started_at.eq(starts_at),
        visits::created_at.eq(starts_at),
        visits::updated_at.eq(ends_at),
    );
    let visit_id: i64 = diesel::insert_into(visits::table).values(visit).returning(visits::id).get_result(c)?;
    let [reason, history, examination, assessment, plan] = TEXTS.get(rng.random_range(0..TEXTS.len())).copied().unwrap_or_default();
    if is_draft {
        let whose = (note_drafts::visit_id.eq(visit_id), note_drafts::patient_id.eq(patient_id), note_drafts::author_id.eq(author_id));
        let texts = (note_drafts::reason.eq(reason), note_drafts::history.eq(history), note_drafts::last_field.eq("history"));
        let times = (note_drafts::created_at.eq(starts_at), note_drafts::updated_at.eq(ends_at));
        return diesel::insert_into(note_drafts::table).values((whose, texts, times)).execute(c).map(|_| ());
    }
    let whose =
        (notes::visit_id.eq(visit_id), notes::patient_id.eq(patient_id), notes::author_id.eq(author_id), notes::signed_by.eq(doctor));
    let texts = (
        notes::reason.eq(reason),
        notes::history.eq(history),
        notes::examination.eq(examination),
        notes::assessment.eq(assessment),
        notes::plan.eq(plan),
    );
    let times = (notes::signed_at.eq(ends_at), notes::created_at.eq(starts_at));
    let id: i64 = diesel::insert_into(notes::table).values((whose, texts, times)).returning(notes::id).get_result(c)?;
    if rng.random_range(0..8) == 0 {
        let text = ADDED.get(rng.random_range(0..ADDED.len())).copied().unwrap_or_default();
        let whose = (addenda::note_id.eq(id), addenda::patient_id.eq(patient_id), addenda::author_id.eq(author_id));
        let rest = (addenda::kind.eq(AddendumKind::Addendum), addenda::text.eq(text), addenda::signed_by.eq(doctor));
        let at = addenda::created_at.eq(ends_at.plus(Duration::hours(2)));
        diesel::insert_into(addenda::table).values((whose, rest, at)).execute(c)?;
    }
    if rng.random_range(0..3) == 0 {
        let row = (note_releases::note_id.eq(id), note_releases::released_at.eq(ends_at));
        diesel::insert_into(note_releases::table).values(row).execute(c)?;
    }
    Ok(())
}

/// What a clinic begins with.
fn ready(c: &mut Connection, now: UtcDateTime) -> QueryResult<()> {
    let templates = [
        ("Follow-up", "Heart sounds normal. Lungs clear.", "Carry on as before. Come back in "),
        ("Check-up", "Heart: \nLungs: \nAbdomen: \nPulse: ", "Next check-up in a year."),
        ("Phone call", "Not examined.", ""),
    ];
    for (name, examination, plan) in templates {
        let texts = (note_templates::name.eq(name), note_templates::examination.eq(examination), note_templates::plan.eq(plan));
        let rest = (note_templates::search_text.eq(fold(name)), note_templates::created_at.eq(now), note_templates::updated_at.eq(now));
        diesel::insert_into(note_templates::table).values((texts, rest)).execute(c)?;
    }
    let words = [
        ("bp", "Blood pressure, sitting, left arm: "),
        ("clear", "Lungs clear on both sides, no crackles, no wheeze."),
        ("nad", "Nothing abnormal found."),
        ("back", "Come back if there is fever, shortness of breath or no improvement in two weeks."),
    ];
    for (word, text) in words {
        let own = (phrases::word.eq(word), phrases::text.eq(text), phrases::is_shared.eq(true));
        let search = fold(&format!("{word}\n{text}"));
        let rest = (phrases::search_text.eq(search), phrases::created_at.eq(now), phrases::updated_at.eq(now));
        diesel::insert_into(phrases::table).values((own, rest)).execute(c)?;
    }
    Ok(())
}
