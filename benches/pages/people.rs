//! The people who open the pages, and where each of them finds theirs.

use praxis::demo::PASSWORD;

use crate::catalog::ROWS;
use crate::support::http::{Client, connect, exchange, links};

/// The administrator; somebody who registered 2,000 patients; a doctor with 300 assigned; somebody who sees 10,000; a patient.
const PEOPLE: &str = "admin,member-01,doctor,manager,patient";
/// The page of a long list that is measured.
const DEEP: i64 = 2_000;

/// The usernames in `BENCH_PEOPLE`, or all five. The first one has to see everything, because the floor does.
pub fn chosen() -> Vec<String> {
    let names = std::env::var("BENCH_PEOPLE").unwrap_or_else(|_| PEOPLE.into());
    names.split(',').map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect()
}

pub struct Person {
    pub name: String,
    pub client: Client,
    /// For the API.
    pub token: String,
    pub places: Places,
}

/// What a person finds on their own pages.
pub struct Places {
    /// The first patient of their list.
    pub patient: Option<i64>,
    /// A doctor of that patient.
    pub doctor: Option<i64>,
    /// Patients on the page of that doctor.
    pub doctor_rows: usize,
    /// The number and the link of page 2,000, or of the last but one.
    pub deep: Option<(i64, String)>,
}

impl Person {
    pub fn sign_in(port: u16, name: &str) -> Self {
        let client = Client::sign_in(port, name).unwrap_or_else(|answer| {
            panic!(
                "{name} cannot sign in (status {}): the demo has no such account. BENCH_PEOPLE=admin,doctor chooses others.",
                answer.status
            )
        });
        let body = format!("{{\"email\":\"{name}\",\"password\":\"{PASSWORD}\"}}");
        let answer = exchange(&mut connect(port), "POST /api/auth/login/", "", ("application/json", body.as_bytes()));
        assert_eq!(answer.status, 200, "{name} cannot sign in to the API: {}", answer.text());
        let tokens: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        let token = tokens["access"].as_str().expect("a token").into();
        Self { name: name.into(), places: Places::of(&client), client, token }
    }
}

impl Places {
    fn of(client: &Client) -> Self {
        let patient = first(client, "/patients", "/patients/");
        let of_patient = patient.and_then(|id| first(client, &format!("/patients/{id}"), "/doctors/"));
        let doctor = of_patient.or_else(|| first(client, "/doctors", "/doctors/"));
        let rows = |id| ids(&client.page(&format!("/doctors/{id}")), "/patients/").len();
        Self { patient, doctor, doctor_rows: doctor.map_or(0, rows), deep: deep(client) }
    }
}

/// The first record that a page links to; `None` if it links to none, or may not be opened.
fn first(client: &Client, path: &str, list: &str) -> Option<i64> {
    let answer = client.get(path);
    (answer.status == 200).then(|| ids(&answer.text(), list).first().copied())?
}

fn ids(page: &str, list: &str) -> Vec<i64> {
    // Links keep the list that they are on after a question mark.
    links(page).filter_map(|href| href.strip_prefix(list)?.split('?').next()?.parse().ok()).collect()
}

fn deep(client: &Client) -> Option<(i64, String)> {
    let answer = client.get(&format!("/patients?size={ROWS}"));
    if answer.status != 200 {
        return None;
    }
    let number = |href: String| href.split(['?', '&']).find_map(|pair| pair.strip_prefix("page=")?.parse::<i64>().ok());
    let last = links(&answer.text()).filter_map(number).max()?;
    [DEEP, last - 1].into_iter().filter(|page| *page > 1).find_map(|page| {
        let link = client.link(&format!("/patients?size={ROWS}&page={}", page - 1), &format!("page={page}&"))?;
        Some((page, link))
    })
}
