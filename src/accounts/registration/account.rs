//! Creating accounts: the form, its validation, and the transaction that adds the user.

use actix_web::web::Data;
use diesel::prelude::*;

use crate::accounts::password::fields::{check_password, password_fields};
use crate::accounts::password::rules::normal;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::schema::{groups, users};
use crate::db::{Connection, UtcDateTime};
use crate::error::AppResult;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::value::Row;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Field, FormData, FormErrors, Value, Values};
use crate::web::record::plain_form::bind;

/// The form for a new account: these fields of the user, and the password twice.
pub struct AccountForm {
    fields: Vec<Field>,
    /// The address, if it is fixed by an invitation.
    address: Option<String>,
}

/// The values of a form that was sent.
pub struct Filled {
    pub values: Values,
    pub password: String,
    pub errors: FormErrors,
}

impl Filled {
    /// The hash of the password; blank without hashing if the form has errors.
    pub async fn hash(&self, app: &App) -> AppResult<String> {
        if self.errors.is_empty() { app.passwords.hash(self.password.clone()).await } else { Ok(String::new()) }
    }
}

impl AccountForm {
    pub fn new(app: &App) -> Self {
        let own = app.registry.of::<User>().declaration().fields_named(&["username", "email", "first_name", "last_name"]);
        Self { fields: own.cloned().chain(password_fields()).collect(), address: None }
    }

    /// With a fixed address.
    pub fn with_address(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }

    /// With further questions, whose answers the caller reads.
    pub fn asking(mut self, questions: Vec<Field>) -> Self {
        self.fields.extend(questions);
        self
    }

    pub fn read(&self, app: &App, typed: &FormData) -> Filled {
        let typed = self.address.iter().fold(typed.clone(), |typed, address| typed.with("email", address.as_str()));
        let (mut values, mut errors) = parse(self.fields.iter(), &typed, app.today(), &app.clinic_zone());
        check_password(app, &values, &values, &mut errors);
        let password = normal(values.at("password").as_text());
        values = values.iter().filter(|(name, _)| !name.starts_with("password")).map(|(name, value)| (name, value.clone())).collect();
        Filled { values, password, errors }
    }

    pub async fn bind(self, app: &Data<App>, typed: FormData, errors: FormErrors) -> AppResult<BoundForm> {
        let is_asked = |field: &Field| self.address.is_none() || field.name != "email";
        Ok(bind(app, self.fields.iter().filter(|field| is_asked(field)).cloned().collect(), typed, errors).await?.focused())
    }
}

/// Adds the user, in the caller's transaction. If `errors` is not empty, it only validates and returns the errors of the account
/// with them.
pub fn create(c: &mut Connection, writer: &Writer, values: Values, errors: FormErrors, hash: &str) -> Result<Row, WriteError> {
    let resource = writer.registry.of::<User>();
    let row = writer.create(c, resource, values, errors)?;
    set_hash(c, row.id, hash, writer.now)?;
    Ok(row)
}

pub fn set_hash(c: &mut Connection, user_id: i64, hash: &str, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set((users::password_hash.eq(hash), users::updated_at.eq(now))).execute(c)
}

/// The group that new users join, as a value for a new user; empty if there is no group of this name.
pub fn default_group(c: &mut Connection, name: &str) -> QueryResult<Value> {
    let found = groups::table.filter(groups::name.eq(name)).select(groups::id).load::<i64>(c)?;
    if found.is_empty() {
        tracing::warn!(group = name, "DEFAULT_GROUP does not exist: new users join no group");
    }
    Ok(Value::Many(found))
}
