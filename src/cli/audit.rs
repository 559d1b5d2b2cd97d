//! `praxis audit verify`

use clap::{Args, Subcommand};

use crate::app::App;
use crate::db::connection::{Purpose, open};
use crate::english::plural;
use crate::resource::log::verify::{Head, verify};

#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Verify that no log entry was changed, removed or inserted; exits with 1 and names the first one that was
    Verify(Verify),
}

#[derive(Args)]
struct Verify {
    /// Continue from a stored head: the number of its entry
    #[arg(long, requires = "hash", value_parser = clap::value_parser!(i64).range(1..))]
    since: Option<i64>,
    /// The hash of the stored head
    #[arg(long, requires = "since")]
    hash: Option<String>,
}

impl Audit {
    pub fn run(self, app: &App) -> Result<(), String> {
        let Command::Verify(asked) = self.command;
        let noted = asked.since.zip(asked.hash).map(|(id, hash)| Head { id, hash: hash.trim().to_lowercase() });
        if app.settings.database_url.is_missing() {
            return Err("the database does not exist yet".into());
        }
        let mut c = open(&app.settings.database_url, Purpose::Read).map_err(|error| error.to_string())?;
        let after = noted.as_ref().map_or_else(String::new, |noted| format!(" after number {}", noted.id));
        let whole = verify(&mut c, &app.keys, noted).map_err(|broken| broken.to_string())?;
        say!("Log verified: {}{after}, no changes.", plural(whole.chained, "entry", "entries"));
        if whole.before_chain > 0 {
            say!("Not verified: {} from before entries were chained.", plural(whole.before_chain, "entry", "entries"));
        }
        say!("Head: {} {}", whole.head.id, whole.head.hash);
        say!("Store the head on another machine. To continue from it: praxis audit verify --since {} --hash …", whole.head.id);
        Ok(())
    }
}
