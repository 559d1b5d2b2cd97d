//! Registration, with values and not with a request, because pages and the API both use it. With REGISTRATION_PRIVATE, `private`
//! takes over.

use actix_web::web::Data;
use diesel::QueryResult;

use super::account::{Filled, create as create_account, default_group};
use super::activation::{self, Sent};
use super::outcome::Registered;
use super::private::ask;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::origin::Origin;
use crate::accounts::registration;
use crate::accounts::user::confirmed::confirm;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::{Connection, DbError, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::mail::is_address;
use crate::resource::Model;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Row, Value};
use crate::settings::{Activation, Registration};

/// Further work for a new account, in the transaction that creates it.
pub type Along = Box<dyn FnOnce(&mut Connection, &Row) -> Result<(), WriteError> + Send>;

/// The error for an address that no email can be sent to.
pub const UNREACHABLE: &str = "Enter an email address that can receive email";

/// Why no account was created.
enum Stop {
    Later(UtcDateTime),
    Closed,
    Write(WriteError),
}

impl From<WriteError> for Stop {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Write(error.into())
    }
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Creates an account from a form that [`AccountForm`](crate::accounts::registration::account::AccountForm) has read. `link` is
/// the token of an invitation, whose address then replaces that in the form.
pub async fn register(app: &Data<App>, mut filled: Filled, link: Option<String>, origin: Origin, along: Along) -> AppResult<Registered> {
    let settings = &app.settings;
    let is_open = app.registration() == Registration::Open || (app.registration() == Registration::Invitation && link.is_some());
    if !is_open {
        return Ok(Registered::Closed);
    }
    let address = filled.values.at(User::FIELDS.email).as_text().to_string();
    if filled.errors.is_empty() && !is_address(&address) {
        filled.errors.add("email", UNREACHABLE);
    }
    if settings.registration_private && link.is_none() {
        return if filled.errors.is_empty() { ask(app, address, origin).await } else { Ok(Registered::Refused(filled.errors)) };
    }
    let hash = filled.hash(app).await?;
    let new = Newcomer { app: app.clone(), filled, hash: hash.clone(), link, origin, along };
    match app.db.write(move |c| new.made(c)).await {
        Ok(row) => Ok(Registered::Made { row: Box::new(row), hash }),
        Err(Stop::Later(until)) => Ok(Registered::Later(until)),
        Err(Stop::Closed) => Ok(Registered::Closed),
        Err(Stop::Write(WriteError::Invalid(errors))) => Ok(Registered::Refused(errors)),
        Err(Stop::Write(error)) => Err(AppError::from(error)),
    }
}

struct Newcomer {
    app: Data<App>,
    filled: Filled,
    hash: String,
    link: Option<String>,
    origin: Origin,
    along: Along,
}

impl Newcomer {
    /// In the caller's transaction: the account, its group, its emails and its log entry.
    fn made(self, c: &mut Connection) -> Result<Row, Stop> {
        let (app, now) = (&self.app, self.app.now());
        let mut offer = None;
        if let Some(token) = &self.link {
            let invited = registration::link::consume(c, token, now)?;
            let (_, offered) =
                invited.filter(|(address, _)| address == self.filled.values.at(User::FIELDS.email).as_text()).ok_or(Stop::Closed)?;
            offer = Some(offered);
        }
        let role = offer.as_ref().and_then(|offer| offer.group_id).map(|id| Value::Many(vec![id]));
        let mut values = self.filled.values;
        values.set("groups", role.map_or_else(|| default_group(c, &app.settings.default_group), Ok)?);
        let actor = Actor { ip: self.origin.ip.clone(), ..Actor::program("Registration") };
        let row = app.act(c, &actor, |c, writer| {
            let row = create_account(c, writer, values, self.filled.errors, &self.hash)?;
            offer.iter().try_for_each(|offer| offer.settle(c, writer, &row))?;
            Ok::<_, WriteError>(row)
        })?;
        (self.along)(c, &row)?;
        welcome(c, app, &row, &self.origin)?;
        if self.link.is_some() {
            confirm(c, row.id, now)?;
            return Ok(row);
        }
        let mails = app.settings.activation != Activation::Off;
        match activation::issue(c, app, &row, &self.origin, mails)? {
            Sent::To(_) => Ok(row),
            Sent::Later(until) => Err(Stop::Later(until)),
        }
    }
}

/// The first email to a user who registered.
pub fn welcome(c: &mut Connection, app: &App, row: &Row, origin: &Origin) -> QueryResult<()> {
    mail::welcome(app).from(origin).queue(c, app, &Recipient::owner(app, row).by_username())
}
