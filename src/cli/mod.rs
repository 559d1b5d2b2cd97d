//! The commands of the binary.

/// Prints a line. If nobody reads it any more, as after `| head`, the command still does its work.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout().lock(), $($text)*);
    }};
}

mod access;
mod admin;
mod audit;
mod backup;
mod check;
mod demo;
mod openapi;
mod race;
mod serve;
mod sessions;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::app::{App, Clock};
use crate::english::plural;
use crate::product::registry;
use crate::settings::Settings;

/// A clinic system: one program, started with one command. Settings come from the environment and from .env;
/// docs/settings.md in the source explains them all.
#[derive(Parser)]
#[command(name = "praxis", version, about, long_about = None)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Update the database and run the server until it is stopped (the default command)
    Serve,
    /// Update the database
    Migrate,
    /// Create an administrator; asks for what you do not give
    CreateAdmin(admin::NewAdmin),
    /// Set the password of a user and end all their sessions
    SetPassword(admin::SetPassword),
    /// Check the settings, the declarations and the database
    Check(check::Check),
    /// Verify the audit log
    Audit(audit::Audit),
    /// Rebuild the tables of who sees which record
    Access(access::Access),
    /// Manage sessions
    Sessions(sessions::Sessions),
    /// Back up the database to a new file while the server is running
    Backup(backup::Backup),
    /// Print the API description (OpenAPI 3.1)
    Openapi(openapi::Openapi),
    /// Fill an empty database with fictional demo data
    Demo(demo::Demo),
    /// Test that no two clients can book the same time, with servers and a database of its own
    Race(race::Race),
}

/// The password for a command: never an argument, which other users of the machine could read.
#[derive(Args)]
struct PasswordSource {
    /// Read the password from standard input instead of asking for it twice
    #[arg(long)]
    password_stdin: bool,
}

/// Runs the command line. An error is one line on standard error and exit code 1; wrong usage is 2.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Some(Command::Race(asked)) = cli.command {
        // It has settings of its own, so that it never touches the clinic of this folder.
        return ended(asked.run().await);
    }
    let settings = match Settings::from_env() {
        Ok(settings) => settings,
        Err(error) => return fail(&error.to_string()),
    };
    log_to_stderr(settings.debug);
    let app = match App::build(settings, Clock::system(), registry()) {
        Ok(app) => app,
        Err(error) => return fail(&error),
    };
    let done = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(app).await,
        Command::Migrate => migrate(&app),
        Command::CreateAdmin(asked) => asked.run(app).await,
        Command::SetPassword(asked) => asked.run(app).await,
        Command::Check(asked) => asked.run(&app),
        Command::Audit(asked) => asked.run(&app),
        Command::Access(asked) => asked.run(&app),
        Command::Sessions(asked) => asked.run(app).await,
        Command::Backup(asked) => asked.run(&app),
        Command::Openapi(asked) => asked.run(app),
        Command::Demo(asked) => asked.run(app).await,
        Command::Race(asked) => asked.run().await,
    };
    ended(done)
}

fn ended(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &str) -> ExitCode {
    eprintln!("praxis: {error}");
    ExitCode::FAILURE
}

fn migrate(app: &App) -> Result<(), String> {
    let ran = app.migrate()?;
    match ran.as_slice() {
        [] => say!("The database is up to date."),
        names => say!("Ran {}. The database is up to date.", plural(names.len() as i64, "migration", "migrations")),
    }
    Ok(())
}

/// Text in development, JSON for log collectors in production. RUST_LOG sets the filter.
fn log_to_stderr(debug: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,actix_server=warn".into());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    if debug { log.with_target(false).init() } else { log.json().init() }
}
