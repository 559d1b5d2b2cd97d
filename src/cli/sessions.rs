//! `praxis sessions clear`

use clap::{Args, Subcommand};

use crate::app::App;
use crate::db::DbError;
use crate::settings::SessionPlace;
use crate::web::list::changelist::thousands;
use crate::web::sessions::clear_expired;

#[derive(Args)]
pub struct Sessions {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Remove the sessions that are over; praxis serve does it every hour
    Clear,
}

impl Sessions {
    pub async fn run(self, app: App) -> Result<(), String> {
        let Command::Clear = self.command;
        if app.settings.database_url.path().is_some_and(|path| !path.exists()) {
            return Err("the database does not exist yet".into());
        }
        let (limits, now) = (app.settings.session_limits, app.now());
        let gone = app.db.write(move |c| clear_expired(c, &limits, now).map_err(DbError::from)).await.map_err(|error| error.to_string())?;
        match gone {
            0 => println!("No session was over."),
            1 => println!("Removed one session that was over."),
            many => println!("Removed {} sessions that were over.", thousands(many as i64)),
        }
        match app.settings.session_store {
            SessionPlace::Database => {}
            SessionPlace::Cookie => println!("Those that live in cookies end by themselves; there is nothing else to remove."),
            SessionPlace::Redis(_) => println!("Redis removes what it holds of them by itself."),
        }
        Ok(())
    }
}
