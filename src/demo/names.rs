//! Invented names, addresses and dates of birth.

use fake::Fake;
use fake::faker::address::raw::{CityName, StreetName};
use fake::faker::name::raw::{FirstName, LastName};
use fake::locales::{DE_DE, EN, FR_FR, IT_IT, PT_BR};
use rand::RngExt;
use rand::rngs::StdRng;
use time::{Date, Duration};

/// First and last name from one of five languages, so that accents, umlauts and two-part names occur.
pub fn person(rng: &mut StdRng) -> (String, String) {
    match rng.random_range(0..8) {
        0 => (FirstName(FR_FR).fake_with_rng(rng), LastName(FR_FR).fake_with_rng(rng)),
        1 => (FirstName(DE_DE).fake_with_rng(rng), LastName(DE_DE).fake_with_rng(rng)),
        2 => (FirstName(PT_BR).fake_with_rng(rng), LastName(PT_BR).fake_with_rng(rng)),
        3 => (FirstName(IT_IT).fake_with_rng(rng), LastName(IT_IT).fake_with_rng(rng)),
        _ => (FirstName(EN).fake_with_rng(rng), LastName(EN).fake_with_rng(rng)),
    }
}

pub fn address(rng: &mut StdRng) -> String {
    let number = rng.random_range(1..200);
    let street: String = StreetName(EN).fake_with_rng(rng);
    let code = rng.random_range(1000..99999);
    format!("{number} {street}, {code:05} {}", CityName(EN).fake_with_rng::<String, _>(rng))
}

/// A date of birth for an age from 0 to 99, most often from the middle.
pub fn born(rng: &mut StdRng, today: Date) -> Date {
    let years = (rng.random_range(0..100) + rng.random_range(0..100)) / 2;
    today.checked_sub(Duration::days(years * 365 + rng.random_range(0..365))).unwrap_or(today)
}

/// A random element; `None` if there are none.
pub fn pick<'a, T>(rng: &mut StdRng, all: &'a [T]) -> Option<&'a T> {
    all.get(rng.random_range(0..all.len().max(1)))
}
