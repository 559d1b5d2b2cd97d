//! Patients who are probably registered already.

use diesel::{Column, QueryResult};

use crate::db::Connection;
use crate::db::schema::patients;
use crate::resource::list::query::{NATURAL_KEY, fold};
use crate::resource::list::search::find::containing_any;
use crate::resource::list::search::spelling::{compact, is_one_edit};
use crate::resource::{Actor, ListQuery, Resource, Row, Test, Value, Values};

/// The most patients that are returned for a new one, and that are read to find them.
const RETURNED: usize = 5;
const READ: i64 = 200;
/// Digits that two phone numbers have in common, whatever stands before them for the country.
const PHONE: usize = 8;

/// Patients with the same or nearly the same name who were born on the same day, or whose date of birth is not known, and those
/// with the same phone number or email address and nearly the same given name.
pub fn similar(c: &mut Connection, resource: &Resource, added: &[&Values], actor: &Actor) -> QueryResult<Vec<Vec<Row>>> {
    let people: Vec<Person> = added.iter().map(|values| Person::of(values)).collect();
    let known: Vec<(Row, Person)> = candidates(c, resource, added, &people, actor)?
        .into_iter()
        .map(|row| {
            let person = Person::of(&row.values);
            (row, person)
        })
        .collect();
    let alike = |person: &Person| {
        let mut found: Vec<(u8, &Row)> = known.iter().filter_map(|(row, other)| Some((person.likeness(other)?, row))).collect();
        found.sort_by_key(|(rank, row)| (*rank, row.id));
        found.into_iter().take(RETURNED).map(|(_, row)| row.clone()).collect()
    };
    Ok(people.iter().map(alike).collect())
}

/// Everybody who may be one of them: of the same day, of the same name, or with the same contacts.
fn candidates(c: &mut Connection, resource: &Resource, added: &[&Values], people: &[Person], actor: &Actor) -> QueryResult<Vec<Row>> {
    let most = READ * added.len() as i64;
    let all = |field: &str| added.iter().map(|values| values.at(field).clone()).filter(|value| !value.is_blank()).collect::<Vec<_>>();
    let contacts: Vec<String> =
        people.iter().flat_map(|person| [&person.phone, &person.email]).filter(|text| !text.is_empty()).cloned().collect();
    let with_contact = containing_any(c, resource.declaration(), &contacts)?.into_iter().map(Value::Integer).collect();
    let asked = [
        (patients::date_of_birth::NAME, all(patients::date_of_birth::NAME)),
        (NATURAL_KEY, all(patients::name::NAME)),
        (patients::id::NAME, with_contact),
    ];
    let mut found: Vec<Row> = Vec::new();
    for (condition, values) in asked {
        if !values.is_empty() {
            found.extend(resource.list(c, &ListQuery::only(condition, Test::In(values), most), Some(actor))?);
        }
    }
    found.sort_by_key(|row| row.id);
    found.dedup_by_key(|row| row.id);
    Ok(found)
}

/// What two records of one person have in common, in one spelling.
struct Person {
    /// Family name first.
    name: String,
    given: String,
    born: Value,
    age: Value,
    /// The end of the number; blank if it is too short to tell.
    phone: String,
    email: String,
}

impl Person {
    fn of(values: &Values) -> Self {
        let text = |field: &str| compact(&fold(values.at(field).as_text()));
        let sorted = text(patients::sort_name::NAME);
        Self {
            name: if sorted.is_empty() { text(patients::name::NAME) } else { sorted },
            given: text(patients::given_name::NAME),
            born: values.at(patients::date_of_birth::NAME).clone(),
            age: values.at(patients::age::NAME).clone(),
            phone: ending(values.at(patients::phone::NAME).as_text()),
            email: fold(values.at(patients::email::NAME).as_text()),
        }
    }

    /// How alike they are, the most alike first; `None` if they are two people.
    fn likeness(&self, other: &Self) -> Option<u8> {
        let is_dated = self.born != Value::Null && other.born != Value::Null;
        let is_of_age = match (&self.age, &other.age) {
            (Value::Integer(age), Value::Integer(known)) => (known - age).abs() <= 1,
            _ => true,
        };
        match () {
            () if self.name.is_empty() => None,
            () if is_dated && self.born == other.born && is_near(&self.name, &other.name) => Some(0),
            () if !is_dated && self.name == other.name && is_of_age => Some(1),
            // Families share a phone: the given name has to agree as well.
            () if self.shares_contact(other) && !self.given.is_empty() && is_near(&self.given, &other.given) => Some(2),
            () => None,
        }
    }

    fn shares_contact(&self, other: &Self) -> bool {
        let is_same = |one: &str, other: &str| !one.is_empty() && one == other;
        is_same(&self.phone, &other.phone) || is_same(&self.email, &other.email)
    }
}

/// The same name, or one with a mistake.
pub fn is_near(one: &str, other: &str) -> bool {
    one == other || (one.len() >= 6 && is_one_edit(one, other))
}

/// The last digits of a phone number; blank if it has fewer.
fn ending(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits.len().checked_sub(PHONE).and_then(|start| digits.get(start..)).unwrap_or_default().into()
}
