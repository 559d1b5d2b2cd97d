//! `praxis check` and `praxis check --deploy`

use clap::Args;

use crate::accounts::registration::policy;
use crate::accounts::user::group;
use crate::app::App;
use crate::db::connection::{Purpose, open, unlimited};
use crate::db::migrations;
use crate::deploy_checks::dangers;
use crate::english::plural;
use crate::resource::checks::indexes;
use crate::resource::log;
use crate::scheduling::appointment::claims;

#[derive(Args)]
pub struct Check {
    /// Also list what is unsafe in production; exits with 1 if there are problems
    #[arg(long)]
    deploy: bool,
}

impl Check {
    pub fn run(self, app: &App) -> Result<(), String> {
        for (name, value) in app.settings.lines() {
            say!("{name:<21} {value}");
        }
        say!(
            "Declarations: {}, {}, no problems.",
            plural(app.registry.iter().count() as i64, "resource", "resources"),
            plural(app.registry.permissions().len() as i64, "permission", "permissions")
        );
        let mut unsafe_here = Vec::new();
        match state_of(app) {
            Ok(()) if app.settings.database_url.is_missing() => {
                say!("Database: does not exist yet. praxis serve or praxis migrate creates it.")
            }
            Ok(()) => {
                say!("Database: up to date.");
                read_decisions(app);
                unsafe_here.extend(lost_group(app));
                unsafe_here.extend(wrong_tables(app));
            }
            Err(trouble) => unsafe_here.push(trouble),
        }
        if self.deploy {
            unsafe_here.extend(dangers(app));
            say!("Verify the log regularly with praxis audit verify, and store the head that it prints on another machine.");
        }
        for warning in warnings(app) {
            say!("- Warning: {warning}.");
        }
        for danger in &unsafe_here {
            say!("- {danger}");
        }
        match unsafe_here.len() {
            0 => Ok(()),
            count => Err(plural(count as i64, "problem", "problems")),
        }
    }
}

/// What the clinic decided, for the dangers. What the database cannot tell stays unknown.
fn read_decisions(app: &App) {
    let found = open(&app.settings.database_url, Purpose::Read).ok().and_then(|mut c| policy::find_decisions(&mut c).ok());
    if let Some(decisions) = found {
        app.decided.set(decisions);
    }
}

/// What the database lacks for large tables and unique fields, if it can be queried.
fn warnings(app: &App) -> Vec<String> {
    if app.settings.database_url.is_missing() {
        return Vec::new();
    }
    let asked = open(&app.settings.database_url, Purpose::Read).ok().and_then(|mut c| indexes::warnings(&mut c, &app.registry).ok());
    asked.unwrap_or_default()
}

/// A message if the group of new users does not exist.
fn lost_group(app: &App) -> Option<String> {
    let mut c = open(&app.settings.database_url, Purpose::Read).ok()?;
    group::check_default(&mut c, &app.settings).ok()?
}

/// The tables that differ from the rules they follow from. Each is compared as a whole.
fn wrong_tables(app: &App) -> Vec<String> {
    let compared = || -> Result<Vec<(&'static str, i64)>, String> {
        let mut c = open(&app.settings.database_url, Purpose::Read).map_err(|error| error.to_string())?;
        unlimited(&mut c).map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        for access in app.registry.iter().filter_map(|resource| resource.access()) {
            found.push((access.table, access.differences(&mut c).map_err(|error| error.to_string())?));
        }
        found.push(("claims", claims::differences(&mut c).map_err(|error| error.to_string())?));
        Ok(found)
    };
    match compared() {
        Err(error) => vec![format!("The database cannot be read: {error}")],
        Ok(found) => {
            let wrong = found.into_iter().filter(|(_, rows)| *rows > 0);
            wrong
                .map(|(table, rows)| {
                    format!("{table} differs from its rule in {}. Run praxis access rebuild.", plural(rows, "row", "rows"))
                })
                .collect()
        }
    }
}

/// Whether the database has all migrations. Checking does not create a database.
fn state_of(app: &App) -> Result<(), String> {
    if app.settings.database_url.is_missing() {
        return Ok(());
    }
    let mut c = open(&app.settings.database_url, Purpose::Read).map_err(|error| format!("The database cannot be reached: {error}"))?;
    match migrations::is_pending(&mut c) {
        Ok(false) => match log::verify::missing_triggers(&mut c) {
            Ok(missing) if missing.is_empty() => Ok(()),
            Ok(missing) => Err(format!("The database no longer protects the log: {} missing.", missing.join(", "))),
            Err(error) => Err(format!("The database cannot be read: {error}")),
        },
        Ok(true) => Err("The database is out of date. Run praxis migrate.".into()),
        Err(error) => Err(format!("The database cannot be read: {error}")),
    }
}
