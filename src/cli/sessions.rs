//! `praxis sessions clear`

use clap::{Args, Subcommand};

use crate::app::App;
use crate::db::DbError;
use crate::english::plural;
use crate::settings::SessionPlace;
use crate::web::sessions::end::clear_expired;

#[derive(Args)]
pub struct Sessions {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Remove expired sessions; praxis serve does this every hour
    Clear,
}

impl Sessions {
    pub async fn run(self, app: App) -> Result<(), String> {
        let Command::Clear = self.command;
        if app.settings.database_url.is_missing() {
            return Err("the database does not exist yet".into());
        }
        let (limits, now) = (app.settings.session_limits, app.now());
        let gone = app.db.write(move |c| clear_expired(c, &limits, now).map_err(DbError::from)).await.map_err(|error| error.to_string())?;
        match gone {
            0 => say!("No expired sessions."),
            some => say!("Removed {}.", plural(some as i64, "expired session", "expired sessions")),
        }
        match app.settings.session_store {
            SessionPlace::Database => {}
            SessionPlace::Cookie => say!("Sessions in cookies expire on their own."),
            SessionPlace::Redis(_) => say!("Redis removes expired sessions on its own."),
        }
        Ok(())
    }
}
