//! Invented people: names, genders and addresses that fit together, and dates of birth.

use fake::Fake;
use fake::faker::name::raw::LastName;
use fake::locales::{DE_DE, EN, FR_FR, IT_IT, PT_BR};
use rand::RngExt;
use rand::rngs::StdRng;
use time::{Date, Duration};

use super::places::{BRAZIL, ENGLAND, FRANCE, GERMANY, ITALY, Language, Place};
use crate::clinic::patient::Gender;

/// Somebody from one place.
pub struct Somebody {
    pub first: String,
    pub last: String,
    pub gender: Gender,
    pub address: String,
}

/// From one of five places, so that accents, umlauts and two-part names occur.
pub fn somebody(rng: &mut StdRng) -> Somebody {
    let place = match rng.random_range(0..8) {
        0 => &FRANCE,
        1 => &GERMANY,
        2 => &BRAZIL,
        3 => &ITALY,
        _ => &ENGLAND,
    };
    let is_woman = rng.random_range(0..2) == 0;
    let first = one_of(rng, if is_woman { place.women } else { place.men });
    let gender = match rng.random_range(0..50) {
        0 => Gender::Other,
        _ if is_woman => Gender::Female,
        _ => Gender::Male,
    };
    Somebody { first: first.into(), last: last_name(rng, place.language), gender, address: address(rng, place) }
}

/// First and last name alone.
pub fn person(rng: &mut StdRng) -> (String, String) {
    let somebody = somebody(rng);
    (somebody.first, somebody.last)
}

fn last_name(rng: &mut StdRng, language: Language) -> String {
    match language {
        Language::English => LastName(EN).fake_with_rng(rng),
        Language::French => LastName(FR_FR).fake_with_rng(rng),
        Language::German => LastName(DE_DE).fake_with_rng(rng),
        Language::Italian => LastName(IT_IT).fake_with_rng(rng),
        Language::Portuguese => LastName(PT_BR).fake_with_rng(rng),
    }
}

fn address(rng: &mut StdRng, place: &Place) -> String {
    let number = rng.random_range(1..200).to_string();
    let street = one_of(rng, place.streets);
    let (code, town) = pick(rng, place.towns).copied().unwrap_or_default();
    // `#` stands for a digit.
    let code: String =
        code.chars().map(|letter| if letter == '#' { char::from(b'0' + rng.random_range(0..10_u8)) } else { letter }).collect();
    [("{number}", number.as_str()), ("{street}", street), ("{code}", &code), ("{town}", town)]
        .into_iter()
        .fold(place.address.to_string(), |text, (name, value)| text.replace(name, value))
}

/// A date of birth for an age from 0 to 99, most often from the middle.
pub fn born(rng: &mut StdRng, today: Date) -> Date {
    let years = (rng.random_range(0..100) + rng.random_range(0..100)) / 2;
    today.checked_sub(Duration::days(years * 365 + rng.random_range(0..365))).unwrap_or(today)
}

/// A random part of a text.
fn one_of(rng: &mut StdRng, listed: &'static str) -> &'static str {
    let parts: Vec<&str> = listed.split(", ").collect();
    pick(rng, &parts).copied().unwrap_or_default()
}

/// A random element; `None` if there are none.
pub fn pick<'a, T>(rng: &mut StdRng, all: &'a [T]) -> Option<&'a T> {
    all.get(rng.random_range(0..all.len().max(1)))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn names_genders_and_places_fit() {
        let mut rng = StdRng::seed_from_u64(1);
        let listed = |names: &str, name: &str| names.split(", ").any(|known| known == name);
        let places = [&FRANCE, &GERMANY, &BRAZIL, &ITALY, &ENGLAND];
        for _ in 0..2_000 {
            let one = somebody(&mut rng);
            let from = |place: &&&Place| place.towns.iter().any(|(_, town)| one.address.ends_with(town));
            let place = places.iter().find(from).expect("a town of one place");
            assert!(place.streets.split(", ").any(|street| one.address.contains(street)), "{}", one.address);
            let (is_woman, is_man) = (listed(place.women, &one.first), listed(place.men, &one.first));
            match one.gender {
                Gender::Female => assert!(is_woman, "{} {}", one.first, one.address),
                Gender::Male => assert!(is_man, "{} {}", one.first, one.address),
                Gender::Other => assert!(is_woman || is_man),
            }
            assert!(!one.address.contains(['{', '#']) && !one.last.is_empty(), "{}", one.address);
        }
    }
}
