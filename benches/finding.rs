//! Finding people as a desk does: 1,000 seeded queries with the mistakes that people make, each for one patient of the demo.
//! `cargo bench --bench finding` prints how many are among the first three hits of the palette, and how long that took.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that is surprised stops"
)]

mod support;

use std::time::Instant;

use diesel::prelude::*;
use praxis::db::connection::{Purpose, open};
use praxis::db::schema::patients as table;
use praxis::db::url::DatabaseUrl;
use praxis::resource::list::query::fold;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use support::http::Client;
use support::program::{Installation, patients};
use time::Date;

const PORT: u16 = 18_768;
const QUERIES: usize = 1_000;
/// Hits that a desk looks at.
const SEEN: usize = 3;

struct Person {
    id: i64,
    given: String,
    family: String,
    born: Date,
    phone: String,
}

/// How a query is made, by the name under which its hits are counted.
const KINDS: [&str; 9] = [
    "name and date of birth",
    "family name and year",
    "one mistake, and the year",
    "date first, start of the given name",
    "names run together, and the year",
    "number without its zeros",
    "start of both names, and the year",
    "end of the phone number, and given name",
    "two letters exchanged, and the date",
];

fn main() {
    let (praxis, patients) = (Installation::new(PORT), patients());
    praxis.fill(&patients, "500");
    let _server = praxis.start();
    let admin = Client::sign_in(PORT, "admin").unwrap_or_else(|answer| panic!("nobody signs in: {}", answer.head));
    let people = people(&praxis.url);
    let mut rng = StdRng::seed_from_u64(13);
    // The first mistake reads the words of all names.
    admin.get("/palette?q=xqzzy");
    let (mut found, mut asked, mut times) = ([0_usize; KINDS.len()], [0_usize; KINDS.len()], Vec::new());
    for number in 0..QUERIES {
        let kind = number % KINDS.len();
        let person = &people[rng.random_range(0..people.len())];
        let query = query(kind, person, &mut rng);
        let encoded: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let start = Instant::now();
        let answer = admin.get(&format!("/palette?q={encoded}"));
        times.push(start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(answer.status, 200, "{query}");
        asked[kind] += 1;
        match is_among(&answer.text(), person.id) {
            true => found[kind] += 1,
            false if std::env::var_os("BENCH_VERBOSE").is_some() => println!("not found: {query} ({} {})", person.given, person.family),
            false => {}
        }
    }
    for (kind, name) in KINDS.iter().enumerate() {
        println!("{name:<44} {:>4} of {:>4}", found[kind], asked[kind]);
    }
    times.sort_by(f64::total_cmp);
    let share = found.iter().sum::<usize>() as f64 / QUERIES as f64 * 100.0;
    println!(
        "among the first {SEEN} of {patients} patients: {share:.1} %, median {:.1} ms, 99th {:.1} ms",
        times[QUERIES / 2],
        times[QUERIES * 99 / 100]
    );
    assert!(share >= 98.0, "98 % are promised");
}

/// Those whose names and dates can be asked for.
fn people(url: &str) -> Vec<Person> {
    let mut c = open(&DatabaseUrl::parse(url).expect("an address"), Purpose::Read).expect("the database");
    let rows: Vec<(i64, String, String, Option<Date>, String)> = table::table
        .filter(table::date_of_birth.is_not_null())
        .select((table::id, table::given_name, table::family_name, table::date_of_birth, table::phone))
        .load(&mut c)
        .expect("patients");
    let rows = rows.into_iter().filter(|(_, given, family, _, _)| given.len() >= 4 && family.len() >= 4);
    rows.map(|(id, given, family, born, phone)| Person { id, given, family, born: born.expect("a date"), phone }).collect()
}

fn query(kind: usize, person: &Person, rng: &mut StdRng) -> String {
    let (given, family) = (fold(&person.given), fold(&person.family));
    let (year, date) = (person.born.year(), format!("{}.{}.{}", person.born.day(), u8::from(person.born.month()), person.born.year()));
    let start = |name: &str| name.chars().take(3).collect::<String>();
    match kind {
        0 => format!("{given} {family} {date}"),
        1 => format!("{family} {given} {year}"),
        2 => format!("{given} {} {year}", mistaken(&family, rng)),
        3 => format!("{date} {}", start(&given)),
        4 => format!("{} {year}", format!("{given}{family}").replace([' ', '\'', '-'], "")),
        5 => person.id.to_string(),
        6 => format!("{} {} {date}", start(&given), start(&family)),
        7 => format!(
            "{} {given} {family}",
            person.phone.chars().rev().take(6).collect::<String>().chars().rev().collect::<String>().replace(' ', "")
        ),
        _ => format!("{given} {} {date}", exchanged(&family, rng)),
    }
}

/// With one letter left out, doubled or replaced.
fn mistaken(name: &str, rng: &mut StdRng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let place = rng.random_range(1..letters.len());
    match rng.random_range(0..3) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, letters[place]),
        _ => letters[place] = if letters[place] == 'e' { 'i' } else { 'e' },
    }
    letters.into_iter().collect()
}

fn exchanged(name: &str, rng: &mut StdRng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let place = rng.random_range(1..letters.len() - 1);
    letters.swap(place, place + 1);
    letters.into_iter().collect()
}

/// Whether the patient is among the first hits of the patients.
fn is_among(answer: &str, id: i64) -> bool {
    let answer: serde_json::Value = serde_json::from_str(answer).expect("JSON");
    let group = answer["groups"].as_array().into_iter().flatten().find(|group| group["title"] == "Patients");
    let items = group.and_then(|group| group["items"].as_array()).into_iter().flatten();
    items.take(SEEN).any(|item| item["href"] == format!("/patients/{id}"))
}
