//! Statements that the application runs, counted by Diesel's instrumentation.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use crate::support::Clinic;

/// One statement, and whether the connection had to prepare it.
#[derive(Clone, Debug)]
pub struct Statement {
    pub sql: String,
    pub is_prepared_anew: bool,
}

/// The statements of the databases that a story watches, by a part of their address.
static WATCHED: Mutex<Option<HashMap<String, Vec<Statement>>>> = Mutex::new(None);

fn watched() -> MutexGuard<'static, Option<HashMap<String, Vec<Statement>>>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on every new connection can be watched.
pub fn install() {
    set_default_instrumentation(|| Some(Box::new(Watch::default()))).expect("instrumentation");
}

/// The address of a connection and the statements that it keeps prepared.
#[derive(Default)]
struct Watch {
    address: String,
    prepared: BTreeSet<String>,
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.address = url.into(),
            InstrumentationEvent::CacheQuery { sql, .. } => {
                self.prepared.insert(sql.into());
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut all = watched();
                let Some(seen) = all.iter_mut().flatten().find(|(part, _)| self.address.contains(*part)) else { return };
                let text = query.to_string();
                // The brackets of a snapshot reach no table.
                if matches!(text.as_str(), "BEGIN" | "COMMIT") {
                    return;
                }
                let sql = text.split(" -- binds:").next().unwrap_or_default().trim_end().to_string();
                seen.1.push(Statement { is_prepared_anew: !self.prepared.contains(&sql), sql });
            }
            _ => {}
        }
    }
}

/// Watches the database of this clinic.
pub fn watch(clinic: &Clinic) {
    watched().get_or_insert_default().insert(clinic.database.name(), Vec::new());
}

/// The statements since the last call.
pub fn take(clinic: &Clinic) -> Vec<Statement> {
    watched().as_mut().and_then(|all| all.get_mut(&clinic.database.name())).map(std::mem::take).unwrap_or_default()
}
