//! `praxis create-admin` and `praxis set-password`

use std::io::{BufRead, Write};

use actix_web::web::Data;
use clap::Args;

use super::PasswordSource;
use crate::accounts::password::rules::{Known, check, normal};
use crate::accounts::password::{self, Reason};
use crate::accounts::sign_in;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::error::AppError;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormData, FormErrors, Values};
use crate::web::record;

const NO_TERMINAL: &str = "cannot ask for a password without a terminal; use --password-stdin";

#[derive(Args)]
pub struct NewAdmin {
    #[arg(long)]
    username: Option<String>,
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
}

#[derive(Args)]
pub struct SetPassword {
    /// Username or email address
    user: String,
    #[command(flatten)]
    password: PasswordSource,
}

impl NewAdmin {
    pub async fn run(self, app: App) -> Result<(), String> {
        app.migrate()?;
        let app = Data::new(app);
        let mut typed = FormData::default();
        typed.push("username", given_or_asked(self.username, "Username", "--username")?);
        typed.push("email", given_or_asked(self.email, "Email", "--email")?);
        let declared = app.registry.of::<User>().declaration();
        let (values, errors) = parse(declared.fields_named(&["username", "email"]), &typed, app.today(), &app.clinic_zone());
        if let Some(error) = errors.iter().next() {
            return Err(error.text.clone());
        }
        let hash = self.password.read(&app, &values).await?;
        let data = app.clone();
        let made = app.db.write(move |c| {
            let actor = Actor::program("Command line");
            data.act(c, &actor, |c, writer| sign_in::first_admin::create_superuser(c, writer, values, FormErrors::default(), &hash))
        });
        let row = made.await.map_err(message)?;
        say!("{} is now an administrator.", row.label);
        Ok(())
    }
}

impl SetPassword {
    pub async fn run(self, app: App) -> Result<(), String> {
        let app = Data::new(app);
        let login = self.user.clone();
        let found = app.db.read(move |c| Ok::<_, AppError>(User::find_by_login(c, &login)?)).await.map_err(|error| error.to_string())?;
        let user = found.ok_or_else(|| format!("there is no user {}", self.user))?;
        let actor = Actor::program("Command line");
        let row = record::find::find(&app, actor.clone(), "user", user.id).await.map_err(|error| error.to_string())?;
        let hash = self.password.read(&app, &row.values).await?;
        let data = app.clone();
        let set = app.db.write(move |c| password::set(c, &data, &actor, &row, &hash, &Reason::SetByOther));
        set.await.map_err(message)?;
        say!("Password set for {}. All their sessions have ended.", user.username);
        Ok(())
    }
}

impl PasswordSource {
    /// The hash of a valid password. The error is a sentence for the operator.
    async fn read(&self, app: &App, owner: &Values) -> Result<String, String> {
        let password = if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())?;
            line.trim_end_matches(['\r', '\n']).to_string()
        } else {
            let first = rpassword::prompt_password("Password: ").map_err(|_| NO_TERMINAL)?;
            let again = rpassword::prompt_password("Confirm password: ").map_err(|_| NO_TERMINAL)?;
            if first != again {
                return Err("the passwords do not match".into());
            }
            first
        };
        let password = normal(&password);
        if password.chars().count() > crate::passwords::LONGEST {
            return Err(format!("the password must have {} characters or fewer", crate::passwords::LONGEST));
        }
        let broken = check(&password, &Known::new(User::attributes(owner), &app.clinic_name()));
        if !broken.is_empty() {
            return Err(broken.join("; "));
        }
        app.passwords.hash(password).await.map_err(|error| error.to_string())
    }
}

fn given_or_asked(given: Option<String>, label: &str, option: &str) -> Result<String, String> {
    if let Some(value) = given {
        return Ok(value);
    }
    print!("{label}: ");
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())? == 0 {
        let what = label.to_lowercase();
        return Err(format!("cannot ask for the {what} without a terminal; use {option}, and --password-stdin for the password"));
    }
    Ok(line.trim().to_string())
}

fn message(error: WriteError) -> String {
    match error {
        WriteError::Invalid(errors) => errors.iter().map(|error| error.text.clone()).collect::<Vec<_>>().join("; "),
        other => AppError::from(other).to_string(),
    }
}
