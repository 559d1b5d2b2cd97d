//! The clinic's name, what it decides itself, and the limits of uploads and requests.

use std::sync::{Arc, Mutex, PoisonError};

use super::plain::{parsed, whole};
use super::{Read, wrong};
use crate::db::Zone;
use crate::db::currency::Currency;

pub(super) fn default_group(given: Option<String>) -> Read<String> {
    match given {
        None => Ok("Staff".into()),
        Some(name) if name.chars().count() <= 150 && !name.chars().any(char::is_control) => Ok(name),
        Some(_) => wrong("DEFAULT_GROUP", "give the name of a group, for example Staff"),
    }
}

pub(super) const MEGABYTE: u64 = 1024 * 1024;

pub(super) fn upload_limit(given: Option<String>) -> Read<u64> {
    let what = "give a whole number of megabytes from 1 to 200";
    let megabytes: u64 = parsed("UPLOAD_LIMIT_MB", given, "10", what)?;
    if (1..=200).contains(&megabytes) { Ok(megabytes * MEGABYTE) } else { wrong("UPLOAD_LIMIT_MB", what) }
}

pub(super) fn clinic_name(given: Option<String>) -> Read<String> {
    match given {
        None => Ok("Praxis".into()),
        Some(name) if name.chars().count() <= 80 && !name.chars().any(char::is_control) => Ok(name),
        Some(_) => wrong("CLINIC_NAME", "give at most 80 characters on one line"),
    }
}

pub(super) fn time_zone(given: Option<String>) -> Read<Zone> {
    let zone = given.map_or_else(|| Zone::named("UTC"), |name| Zone::named(&name));
    zone.map_or_else(|| wrong("TIME_ZONE", "give a name, for example Europe/Paris"), Ok)
}

/// The currency of all amounts.
pub(super) fn currency(given: Option<String>) -> Read<Currency> {
    let currency = given.map_or_else(|| Some(Currency::default()), |code| Currency::parse(&code));
    currency.map_or_else(|| wrong("CURRENCY", "give an ISO 4217 code, for example EUR"), Ok)
}

pub(super) fn request_limit(given: Option<String>) -> Read<std::time::Duration> {
    let seconds = whole("REQUEST_SECONDS", given, "30", "seconds", 1..=600)?;
    Ok(std::time::Duration::from_secs(seconds.unsigned_abs()))
}

/// What the clinic decided to be called and to look like, as of the last look into the database.
#[derive(Debug, Default)]
pub struct ClinicDetails {
    pub name: Option<String>,
    pub time_zone: Option<Zone>,
    /// The digest of the logo.
    pub logo: Option<String>,
    /// The list of set-up steps was put away.
    pub steps_done: bool,
}

#[derive(Debug, Default)]
pub struct KnownDetails(Mutex<Arc<ClinicDetails>>);

impl KnownDetails {
    pub fn set(&self, details: ClinicDetails) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(details);
    }

    pub fn get(&self) -> Arc<ClinicDetails> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
