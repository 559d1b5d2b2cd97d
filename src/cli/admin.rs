//! `praxis create-admin` and `praxis set-password`

use std::io::{BufRead, IsTerminal, Write};

use actix_web::web::Data;
use clap::Args;

use super::PasswordSource;
use crate::accounts::password::rules::{Known, check, normal};
use crate::accounts::password::{self, Reason};
use crate::accounts::sign_in;
use crate::accounts::sign_in::set_up_questions::Answers;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::english::alternatives;
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
    /// Who sees patients, for the first administrator: all staff, or only those who registered or treat them
    #[arg(long, value_name = "all|own")]
    who_sees_patients: Option<String>,
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
        typed.push("username", given_or_asked(self.username.clone(), "Username", "--username")?);
        typed.push("email", given_or_asked(self.email.clone(), "Email", "--email")?);
        let declared = app.registry.of::<User>().declaration();
        let (values, errors) = parse(declared.fields_named(&["username", "email"]), &typed, app.today(), &app.clinic_zone());
        if let Some(error) = errors.iter().next() {
            return Err(error.text.clone());
        }
        let answers = self.answers(&app).await?;
        let hash = self.password.read(&app, &values).await?;
        let data = app.clone();
        let made = app.db.write(move |c| {
            let actor = Actor::program("Command line");
            data.act(c, &actor, |c, writer| {
                let is_first = !User::any_superuser(c)?;
                let row = sign_in::first_admin::create_superuser(c, writer, values, FormErrors::default(), &hash)?;
                if let Some(answers) = answers.filter(|_| is_first) {
                    answers.store(c, writer, &row)?;
                }
                Ok::<_, WriteError>(row)
            })
        });
        let row = made.await.map_err(message)?;
        say!("{} is now an administrator.", row.label);
        Ok(())
    }

    /// What the set-up page asks beside the account; `None` if the clinic is set up already.
    async fn answers(&self, app: &Data<App>) -> Result<Option<Answers>, String> {
        let known = app.db.read(|c| Ok::<_, AppError>(User::any_superuser(c)?)).await.map_err(|error| error.to_string())?;
        if known {
            let told = "the clinic is set up already: change who sees patients in the permissions of the groups, at /admin/groups";
            return if self.who_sees_patients.is_some() { Err(told.into()) } else { Ok(None) };
        }
        let Some(question) = app.registry.staff_question else { return Ok(None) };
        let answer = match &self.who_sees_patients {
            Some(given) => given.clone(),
            // Whoever feeds the command from a program gets what the page has chosen already.
            None if !std::io::stdin().is_terminal() => String::new(),
            None => {
                say!("{}", question.label);
                question.choices.iter().for_each(|(value, words)| say!("  {value}: {words}"));
                given_or_asked(None, "Answer (all)", "--who-sees-patients")?
            }
        };
        match Answers::of_operator(question, answer.trim()) {
            Some(answers) => Ok(Some(answers)),
            None => {
                let known: Vec<&str> = question.choices.iter().map(|(value, _)| *value).collect();
                Err(format!("--who-sees-patients must be {}", alternatives(&known)))
            }
        }
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
        } else if !std::io::stdin().is_terminal() {
            return Err(NO_TERMINAL.into());
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
