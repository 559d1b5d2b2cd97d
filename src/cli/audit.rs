//! `praxis audit verify`

use clap::{Args, Subcommand};

use crate::app::App;
use crate::db::connection::{Purpose, open};
use crate::resource::log::verify::{Head, verify};

#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prove that no entry of the log was changed, removed or put in; exits with 1 and names the first that was
    Verify(Verify),
}

#[derive(Args)]
struct Verify {
    /// Go on from a head that was noted earlier: the number of its entry
    #[arg(long, requires = "hash", value_parser = clap::value_parser!(i64).range(1..))]
    since: Option<i64>,
    /// The hash that was noted with it
    #[arg(long, requires = "since")]
    hash: Option<String>,
}

impl Audit {
    pub fn run(self, app: &App) -> Result<(), String> {
        let Command::Verify(asked) = self.command;
        let noted = asked.since.zip(asked.hash).map(|(id, hash)| Head { id, hash: hash.trim().to_lowercase() });
        if app.settings.database_url.path().is_some_and(|path| !path.exists()) {
            return Err("the database does not exist yet".into());
        }
        let mut c = open(&app.settings.database_url, Purpose::Read).map_err(|error| error.to_string())?;
        let after = noted.as_ref().map_or_else(String::new, |noted| format!(" after number {}", noted.id));
        let whole = verify(&mut c, &app.keys, noted).map_err(|broken| broken.to_string())?;
        println!("{} entries{after} fit the chain: none was changed, removed or put in.", whole.chained);
        if whole.before_chain > 0 {
            println!("{} entries are older than the chain and cannot be proved.", whole.before_chain);
        }
        println!("Head: {} {}", whole.head.id, whole.head.hash);
        println!("Note it outside this machine; praxis audit verify --since {} --hash … goes on from there.", whole.head.id);
        Ok(())
    }
}
