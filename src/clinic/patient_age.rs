//! The age of a patient: from the date of birth, or as it was estimated.

use std::collections::BTreeMap;

use diesel::prelude::*;
use time::Date;

use crate::db::schema::patients;
use crate::db::time::{age_in_words, age_on};
use crate::db::{Connection, Zone};
use crate::english::plural;
use crate::resource::declare::candidate::Candidate;
use crate::resource::{Row, Value};

/// Nobody is older, in years.
const OLDEST: i64 = 150;

/// The date of birth decides the age. An age that was entered beside it must fit, because one of the two is wrong otherwise; a
/// year more or less does, as lists of others are seldom of today.
pub fn settle(candidate: &mut Candidate) {
    let Value::Date(born) = *candidate.values.at(patients::date_of_birth::NAME) else {
        if candidate.errors.of(patients::date_of_birth::NAME).is_some() && candidate.values.at(patients::age::NAME).is_blank() {
            // Only the date of birth is reported as an error, because the age will follow from it.
            candidate.values.set(patients::age::NAME, Value::Integer(0));
        }
        return;
    };
    let died = date(&candidate.values.at(patients::deceased_on::NAME).clone());
    if died.is_some_and(|died| died < born) {
        candidate.errors.add_part(patients::deceased_on::NAME, "year", "Date of death must not be before the date of birth");
        return;
    }
    let age = i64::from(age_on(died.unwrap_or(candidate.today), born));
    if age > OLDEST {
        candidate.errors.add_part(patients::date_of_birth::NAME, "year", "Date of birth must be within the last 150 years");
    }
    let known = candidate.before.map_or(&Value::Null, |row| row.values.at(patients::age::NAME));
    match *candidate.values.at(patients::age::NAME) {
        Value::Integer(stated) if candidate.values.at(patients::age::NAME) != known && (stated - age).abs() > 1 => {
            let text = format!("The date of birth makes the age {age}, not {stated}. Correct one of them");
            candidate.errors.add(patients::age::NAME, text);
        }
        _ => candidate.values.set(patients::age::NAME, Value::Integer(age.clamp(0, OLDEST))),
    }
}

fn date(value: &Value) -> Option<Date> {
    if let Value::Date(date) = value { Some(*date) } else { None }
}

/// Years are a number; days, weeks and months say so.
fn age_of(day: Date, born: Date) -> String {
    let years = age_on(day, born);
    if years < 2 { age_in_words(day, born) } else { years.to_string() }
}

/// `Born 2 Apr 1964 (62)`, `Born 2 Apr 1964, died 3 May 2026 (62)`, `62 years old`
pub fn life(row: &Row, zone: &Zone, today: Date) -> String {
    let died = date(row.values.at(patients::deceased_on::NAME));
    match (date(row.values.at(patients::date_of_birth::NAME)), died) {
        // The stored age may be outdated; this one is today's.
        (Some(born), None) => format!("Born {} ({})", zone.show_date(born), age_of(today, born)),
        (Some(born), Some(died)) => {
            format!("Born {}, died {} ({})", zone.show_date(born), zone.show_date(died), age_of(died, born))
        }
        (None, Some(died)) => format!("Died {}", zone.show_date(died)),
        (None, None) => years_old(row, zone, today),
    }
}

/// `5 weeks old`, `62 years old`, `Died 3 May 2026`
pub fn years_old(row: &Row, zone: &Zone, today: Date) -> String {
    if let Some(died) = date(row.values.at(patients::deceased_on::NAME)) {
        return format!("Died {}", zone.show_date(died));
    }
    match (date(row.values.at(patients::date_of_birth::NAME)), row.values.at(patients::age::NAME)) {
        (Some(born), _) => format!("{} old", age_in_words(today, born)),
        (_, Value::Integer(0)) => "Under 1 year old".into(),
        (_, Value::Integer(age)) => format!("{} old", plural(*age, "year", "years")),
        _ => String::new(),
    }
}

/// What a list shows in the column of the age: `62`, and `5 weeks` under two years.
pub fn in_list(row: &Row, today: Date) -> Option<String> {
    let died = date(row.values.at(patients::deceased_on::NAME));
    date(row.values.at(patients::date_of_birth::NAME)).map(|born| age_of(died.unwrap_or(today), born))
}

/// Ages that are outdated after a birthday: patient ids by new age. Only reads, so that most days write nothing.
pub fn outdated_ages(c: &mut Connection, today: Date) -> QueryResult<BTreeMap<i32, Vec<i64>>> {
    let rows: Vec<(i64, Option<Date>, i32)> = patients::table
        .filter(patients::date_of_birth.is_not_null())
        .filter(patients::deceased_on.is_null())
        .select((patients::id, patients::date_of_birth, patients::age))
        .load(c)?;
    let mut due: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    for (id, born, age) in rows {
        let now = born.map_or(age, |born| age_on(today, born)).clamp(0, OLDEST as i32);
        if now != age {
            due.entry(now).or_default().push(id);
        }
    }
    Ok(due)
}

/// Sets the ages that [`outdated_ages`] found. They are not logged, because no user changed them.
pub fn update_ages(c: &mut Connection, due: &BTreeMap<i32, Vec<i64>>) -> QueryResult<usize> {
    let mut changed = 0;
    for (age, ids) in due {
        for some in ids.chunks(500) {
            changed += diesel::update(patients::table.filter(patients::id.eq_any(some.to_vec()))).set(patients::age.eq(age)).execute(c)?;
        }
    }
    Ok(changed)
}
