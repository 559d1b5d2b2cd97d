//! `praxis access rebuild`

use clap::{Args, Subcommand};

use crate::app::App;
use crate::db::DbError;
use crate::db::connection::{Purpose, open, transaction, unlimited};
use crate::english::plural;
use crate::scheduling::appointment::claims;

#[derive(Args)]
pub struct Access {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fill the tables of who sees which record, and of the time that appointments take, anew; only needed if praxis check says that they differ from their rules
    Rebuild,
}

impl Access {
    pub fn run(self, app: &App) -> Result<(), String> {
        let Command::Rebuild = self.command;
        if app.settings.database_url.is_missing() {
            return Err("the database does not exist yet".into());
        }
        let mut c = open(&app.settings.database_url, Purpose::Write).map_err(|error| error.to_string())?;
        unlimited(&mut c).map_err(|error| error.to_string())?;
        for access in app.registry.iter().filter_map(|resource| resource.access()) {
            let rows = transaction(&mut c, |c| access.rebuild(c).map_err(DbError::from)).map_err(|error| error.to_string())?;
            say!("Rebuilt {}: {}.", access.table, plural(rows as i64, "row", "rows"));
        }
        let rows = transaction(&mut c, |c| claims::rebuild(c).map_err(DbError::from)).map_err(|error| error.to_string())?;
        say!("Rebuilt claims: {}.", plural(rows as i64, "row", "rows"));
        Ok(())
    }
}
