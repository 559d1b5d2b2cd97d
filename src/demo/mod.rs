//! Invented people, to try Praxis out and to measure it. The same seed makes the same people.

mod accounts;
mod error;
mod filler;
mod invented;
mod names;
mod notes;
mod places;
mod scheduling;

use diesel::prelude::*;

use crate::app::App;
use crate::db::Connection;
use crate::db::connection::unlimited;
use crate::db::schema::{patients, users};
use crate::english::plural;
use crate::resource::Actor;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;

use accounts::Accounts;
pub use error::DemoError;
use filler::Filler;

/// The password of every demo account. It is public, so never use it where others can reach the server.
pub const PASSWORD: &str = "demo-clinic-2026";

pub struct Plan {
    pub patients: u32,
    pub doctors: u32,
    /// Over five years and a half.
    pub appointments: u32,
    pub seed: u64,
}

/// What was added.
pub struct Filled {
    /// Usernames, and what they are.
    pub sign_ins: Vec<(String, String)>,
    /// Less than planned if the doctors have no time for so many.
    pub appointments: u64,
}

/// Appointments of a patient, unless the plan says otherwise.
pub const APPOINTMENTS_EACH: u32 = 15;

impl Plan {
    /// The number of rows to write.
    pub fn steps(&self) -> u64 {
        u64::from(self.doctors) + u64::from(self.patients) * 5 / 2 + u64::from(self.appointments)
    }

    /// Staff beside the reception and the manager: of 100,000 patients, each of them registered 2,000.
    fn members(&self) -> u32 {
        (self.patients / MANAGED_OF * (MANAGED_OF - 1) / 2_000).saturating_sub(1).max(3)
    }

    /// Doctors who can sign in, the first as `doctor`.
    fn doctors_with_account(&self) -> u32 {
        (1 + self.doctors / 50).min(self.doctors)
    }
}

/// The manager registered one of so many patients.
const MANAGED_OF: u32 = 10;

/// The full-text indexes of PostgreSQL keep new rows in a list that each search reads, until autovacuum merges it.
const MERGE_PENDING: &str = "SELECT gin_clean_pending_list(pg_class.oid) FROM pg_class JOIN pg_am ON pg_am.oid = pg_class.relam \
     JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace AND pg_namespace.nspname = current_schema() \
     WHERE pg_am.amname = 'gin' AND pg_class.relkind = 'i'";

/// Fills an empty database.
pub fn fill(c: &mut Connection, app: &App, plan: &Plan, hash: &str, moved: &mut dyn FnMut(u64)) -> Result<Filled, DemoError> {
    if users::table.count().get_result::<i64>(c)? + patients::table.count().get_result::<i64>(c)? > 0 {
        return Err(DemoError::NotEmpty);
    }
    let actor = Actor::program("Demo data");
    let mut filler = Filler::new(app, plan, moved);
    let accounts = Accounts::create(c, app, &actor, hash, plan, filler.rng())?;
    let doctors = filler.doctors(c, &accounts)?;
    filler.patients(c, &accounts, &doctors)?;
    // The appointments of a large demo are added in statements that take minutes.
    unlimited(c)?;
    let (rng, moved) = filler.rest();
    let appointments = scheduling::fill(c, app, &actor, &doctors, plan.appointments.into(), rng, moved)?;
    notes::fill(c, app.now(), rng)?;
    // One log entry for all rows of the demo, however many it made.
    let label = format!(
        "Demo: {}, {} and {}",
        plural(plan.patients as i64, "patient", "patients"),
        plural(plan.doctors as i64, "doctor", "doctors"),
        plural(appointments as i64, "appointment", "appointments")
    );
    app.act(c, &actor, |_, writer| {
        writer.log_entry(Entry { label, ..Entry::noted(LogAction::Add, "patient", "Demo data") });
        Ok::<_, DemoError>(())
    })?;
    // Both databases plan queries by statistics, and these rows are all new.
    diesel::sql_query("ANALYZE").execute(c)?;
    if let Connection::Postgres(_) = c {
        diesel::sql_query(MERGE_PENDING).execute(c)?;
    }
    Ok(Filled { sign_ins: accounts.sign_ins(c)?, appointments })
}
