//! Patients who are probably registered already.

use diesel::{Column, QueryResult};

use crate::db::Connection;
use crate::db::schema::patients;
use crate::resource::list::query::{NATURAL_KEY, fold};
use crate::resource::list::spelling::{compact, is_one_edit};
use crate::resource::{Actor, ListQuery, Resource, Row, Test, Value, Values};

/// The most patients that are shown, and read to find them.
const SHOWN: usize = 5;
const READ: i64 = 200;
/// Digits that two phone numbers have in common, whatever stands before them for the country.
const PHONE: usize = 8;

/// Patients with the same or nearly the same name who were born on the same day, or whose date of birth is not known, and those
/// with the same phone number or email address and a name in common.
pub fn similar(c: &mut Connection, resource: &Resource, values: &Values, actor: &Actor) -> QueryResult<Vec<Row>> {
    let name = spelling(values);
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let born = values.at(patients::date_of_birth::NAME).clone();
    let mut found: Vec<Row> = Vec::new();
    let mut add = |rows: Vec<Row>, is_same: &dyn Fn(&Row) -> bool| {
        for row in rows.into_iter().filter(|row| is_same(row)) {
            if !found.iter().any(|known| known.id == row.id) {
                found.push(row);
            }
        }
    };
    if born != Value::Null {
        let query = ListQuery::only(patients::date_of_birth::NAME, Test::In(vec![born.clone()]), READ);
        add(resource.list(c, &query, Some(actor))?, &|row| is_near(&spelling(&row.values), &name));
    }
    // Whoever has this name and no date of birth, or anybody if there is none now.
    let same_name = ListQuery::only(NATURAL_KEY, Test::In(vec![values.at(patients::name::NAME).clone()]), READ);
    let is_of_age = |row: &Row| match (row.values.at(patients::age::NAME), values.at(patients::age::NAME)) {
        (Value::Integer(known), Value::Integer(age)) => (known - age).abs() <= 1,
        _ => true,
    };
    let is_undated = |row: &Row| born == Value::Null || row.values.at(patients::date_of_birth::NAME) == &Value::Null;
    add(resource.list(c, &same_name, Some(actor))?, &|row| is_undated(row) && is_of_age(row));
    for (field, ending) in [(patients::phone::NAME, ending as fn(&str) -> String), (patients::email::NAME, |text| fold(text))] {
        let contact = ending(values.at(field).as_text());
        if contact.is_empty() {
            continue;
        }
        // With a plus it is a phone number, and no date or number of a patient.
        let term = if field == patients::phone::NAME { format!("+{contact}") } else { contact.clone() };
        let query = ListQuery { terms: vec![term], limit: READ, ..ListQuery::default() };
        let is_same = |row: &Row| ending(row.values.at(field).as_text()) == contact && shares_word(row, values);
        add(resource.list(c, &query, Some(actor))?, &is_same);
    }
    found.truncate(SHOWN);
    Ok(found)
}

/// The name as it is compared, family name first.
fn spelling(values: &Values) -> String {
    let name = |field: &str| compact(&fold(values.at(field).as_text()));
    let sorted = name(patients::sort_name::NAME);
    if sorted.is_empty() { name(patients::name::NAME) } else { sorted }
}

/// The same name, or one with a mistake.
fn is_near(one: &str, other: &str) -> bool {
    one == other || (one.len() >= 6 && is_one_edit(one, other))
}

/// Families share a phone: a given or family name has to agree as well.
fn shares_word(row: &Row, values: &Values) -> bool {
    let given = |values: &Values| compact(&fold(values.at(patients::given_name::NAME).as_text()));
    let (one, other) = (given(&row.values), given(values));
    !one.is_empty() && is_near(&one, &other)
}

/// The last digits of a phone number; blank if it has fewer.
fn ending(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits.len().checked_sub(PHONE).and_then(|start| digits.get(start..)).unwrap_or_default().into()
}
