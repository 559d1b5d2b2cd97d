//! Pages under load beside their floor: `cargo bench --bench pages`.
//!
//! The floor is a bare handler for each page: the same statements over Diesel and the same table or form with Askama, but no
//! session, no permissions and no log. `wrk` loads it and then Praxis, as each of five people, in turns; the medians of five
//! rounds are printed as one Markdown table. The server is on one core and `wrk` on another. `BENCH_DATABASE_URL` names an empty
//! PostgreSQL database to measure that instead of SQLite. `BENCH_PATIENTS`, `BENCH_PEOPLE`, `BENCH_PAGES` and `BENCH_SECONDS`
//! choose less. All requests use the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that is surprised stops"
)]

mod catalog;
mod floor;
mod load;
mod machine;
mod people;
mod report;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use catalog::{Page, Way};
use load::{Load, Measured, Target};
use people::Person;
use support::bare;
use support::program::{Installation, patients};

const PORT: u16 = 18_769;
const FLOOR_PORT: u16 = 18_770;
const ROUNDS: usize = 5;
/// Doctors of the demo.
const DOCTORS: &str = "500";
/// Sessions and tokens that outlast the measurement, and what else the program needs outside of debugging.
const SETTINGS: [(&str, &str); 7] = [
    ("DEBUG", "false"),
    ("SECRET_KEY", "the-key-of-the-measurement-which-nobody-should-use-anywhere-else-0123456789"),
    ("API_RATE", "off"),
    ("API_ANONYMOUS_RATE", "off"),
    ("API_ACCESS_MINUTES", "1440"),
    ("SESSION_IDLE_MINUTES", "1440"),
    ("SESSION_HOURS", "24"),
];

fn main() {
    if let Some(url) = bare::wanted() {
        return bare::serve(&url, FLOOR_PORT, floor::routes);
    }
    let (load, pages) = (Load::prepare(), catalog::chosen());
    let praxis = Installation::new(PORT).with(&SETTINGS).started_by(load.server_core.clone());
    let patients = patients();
    eprintln!("{patients} patients");
    praxis.fill(&patients, DOCTORS);
    let mut starts: Vec<f64> = (0..ROUNDS).map(|_| praxis.first_page() * 1e3).collect();
    let start = load::median(&mut starts);

    let ours = praxis.start();
    let bare = bare::start(&praxis.url, &load.server_core);
    let people: Vec<Person> = people::chosen().iter().map(|name| Person::sign_in(PORT, name)).collect();
    let first = people.first().expect("somebody in BENCH_PEOPLE");
    let mut rows = Vec::new();
    for page in &pages {
        let Some(floor) = floor_of(page, first) else {
            eprintln!("{}: {} does not see enough for it", page.key, first.name);
            continue;
        };
        let targets: Vec<Option<Target>> = people.iter().enumerate().map(|(place, person)| target_of(page, person, place == 0)).collect();
        let mut floor_rounds = Vec::new();
        let mut rounds: Vec<Vec<_>> = people.iter().map(|_| Vec::new()).collect();
        eprintln!("{}", page.key);
        for _ in 0..ROUNDS {
            floor_rounds.push(load.round(&bare, &floor));
            for (target, rounds) in targets.iter().zip(&mut rounds) {
                rounds.extend(target.as_ref().map(|target| load.round(&ours, target)));
            }
        }
        let people = targets.iter().zip(&rounds).map(|(target, rounds)| target.as_ref().map(|target| Measured::of(target, rounds)));
        rows.push(report::Row { title: page.title(&first.places), floor: Measured::of(&floor, &floor_rounds), people: people.collect() });
    }
    let memory = ours.memory();
    std::thread::sleep(Duration::from_secs(10));
    let later = ours.memory();
    drop((ours, bare));

    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    report::print(&names, &rows);
    println!("\n{patients} patients and {DOCTORS} doctors on {}. {}", machine::database(&praxis.url), machine::describe());
    println!("{}; medians of {ROUNDS} rounds of {} s.", load.describe(), load.seconds);
    println!("Memory {memory} MB at the end, {later} MB ten seconds later. Start to first answer {start:.0} ms.");
}

/// What the floor is asked for, with as many bytes around its content as make it as long as the page of the first person.
/// `None` if that person has no such page.
fn floor_of(page: &Page, first: &Person) -> Option<Target> {
    let (path, ours) = ((page.floor)(&first.places)?, target_of(page, first, true)?);
    let alone = Target::find(FLOOR_PORT, &path, String::new()).expect("the floor has every page");
    if page.way == Way::Api {
        return Some(alone);
    }
    let between = if path.contains('?') { '&' } else { '?' };
    let framed = format!("{path}{between}frame={}", ours.bytes.saturating_sub(alone.bytes));
    Target::find(FLOOR_PORT, &framed, String::new())
}

/// `None` if the person has no such page, or may not open it. Pages that nobody has signed in to are measured once.
fn target_of(page: &Page, person: &Person, is_first: bool) -> Option<Target> {
    let header = match page.way {
        Way::Visitor if !is_first => return None,
        Way::Visitor => String::new(),
        Way::Browser => format!("Cookie: {}", person.client.cookie),
        Way::Api => format!("Authorization: Bearer {}", person.token),
    };
    Target::find(PORT, &(page.ours)(&person.places)?, header)
}
