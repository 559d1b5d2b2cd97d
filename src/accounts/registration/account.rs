//! Making accounts: the form, the checks, and the one transaction in which a user comes to be.

use actix_web::web::Data;
use diesel::prelude::*;

use crate::accounts::password::rules::{HINT, Known, SHORTEST, check, normal};
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::schema::{groups, users};
use crate::db::{Connection, UtcDateTime};
use crate::error::AppResult;
use crate::resource::Actor;
use crate::resource::Field;
use crate::resource::FormData;
use crate::resource::FormErrors;
use crate::resource::Value;
use crate::resource::Values;
use crate::resource::declare::field::Widget;
use crate::resource::field;
use crate::resource::form::bind::{Binder, BoundForm};
use crate::resource::form::data::parse;
use crate::resource::value::Row;
use crate::resource::write::writer::{WriteError, Writer};

/// The two boxes for a new password.
pub fn password_fields() -> [Field; 2] {
    [
        field("Password")
            .named("password")
            .widget(Widget::NewPassword)
            .max(crate::crypto::passwords::LONGEST)
            .range(SHORTEST as i64, i64::MAX)
            .help(HINT)
            .missing("Enter a password"),
        field("Confirm password")
            .named("password_again")
            .widget(Widget::NewPassword)
            .max(crate::crypto::passwords::LONGEST)
            .missing("Enter the password again"),
    ]
}

/// Checks a new password against its repetition and the rules.
pub fn check_password(app: &App, values: &Values, owner: &Values, errors: &mut FormErrors) {
    let (first, again) = (values.at("password").as_text(), values.at("password_again").as_text());
    if errors.of("password").is_none() && errors.of("password_again").is_none() {
        let broken = check(&normal(first), &Known::new(User::attributes(owner), &app.settings.clinic_name));
        if !broken.is_empty() {
            errors.add("password", broken.join(". "));
        } else if first != again {
            errors.add("password_again", "The passwords do not match");
        }
    }
}

/// The form with which an account begins: these fields of the user, and the password twice.
pub struct AccountForm {
    fields: Vec<Field>,
    /// The address, where it is not for whoever fills in the form to say.
    address: Option<String>,
}

/// What a sent form holds.
pub struct Filled {
    pub values: Values,
    pub password: String,
    pub errors: FormErrors,
}

impl Filled {
    /// The hash of a password that is right; nothing is hashed for a form that has to be mended anyway.
    pub async fn hash(&self, app: &App) -> AppResult<String> {
        if self.errors.is_empty() { app.passwords.hash(self.password.clone()).await } else { Ok(String::new()) }
    }
}

impl AccountForm {
    pub fn new(app: &App) -> Self {
        let names = ["username", "email", "first_name", "last_name"];
        let declared = app.registry.get("user").map(|user| user.declaration());
        let own = declared.into_iter().flat_map(|declared| names.iter().filter_map(|name| declared.field(name).cloned()));
        Self { fields: own.chain(password_fields()).collect(), address: None }
    }

    /// For somebody whose address is known.
    pub fn with_address(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }

    pub fn read(&self, app: &App, typed: &FormData) -> Filled {
        let typed = self.address.iter().fold(typed.clone(), |typed, address| typed.with("email", address.as_str()));
        let (mut values, mut errors) = parse(self.fields.iter(), &typed, app.today(), &app.settings.time_zone);
        check_password(app, &values, &values, &mut errors);
        let password = normal(values.at("password").as_text());
        values = values.iter().filter(|(name, _)| !name.starts_with("password")).map(|(name, value)| (name, value.clone())).collect();
        Filled { values, password, errors }
    }

    pub async fn bind(self, app: &Data<App>, typed: FormData, errors: FormErrors) -> AppResult<BoundForm> {
        let is_asked = |field: &Field| self.address.is_none() || field.name != "email";
        bind(app, self.fields.iter().filter(|field| is_asked(field)).cloned().collect(), typed, errors).await
    }
}

/// Fields that belong to no record, ready to be drawn.
pub async fn bind(app: &Data<App>, fields: Vec<Field>, typed: FormData, errors: FormErrors) -> AppResult<BoundForm> {
    let data = app.clone();
    app.db
        .read(move |c| {
            let nobody = Actor::system();
            let binder = Binder::new(&data.registry, &nobody, &data.settings.time_zone);
            Ok(binder.bind(c, &[("", fields.iter().collect())], &typed, &errors)?)
        })
        .await
}

/// Adds the user with a password that can sign in, in the caller's transaction. With errors of the form it only tells
/// those of the account beside them.
pub fn create(c: &mut Connection, writer: &Writer, values: Values, errors: FormErrors, hash: &str) -> Result<Row, WriteError> {
    let resource = writer.registry.get("user").ok_or(WriteError::Gone)?;
    let row = writer.create(c, resource, values, errors)?;
    set_hash(c, row.id, hash, writer.now)?;
    Ok(row)
}

pub fn set_hash(c: &mut Connection, user_id: i64, hash: &str, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set((users::password_hash.eq(hash), users::updated_at.eq(now))).execute(c)
}

/// A code or a link that went to the address of the account came back, so it is theirs. What was proved stays proved.
pub fn confirm(c: &mut Connection, user_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    let open = users::table.filter(users::id.eq(user_id)).filter(users::email_confirmed_at.is_null());
    diesel::update(open).set(users::email_confirmed_at.eq(Some(now))).execute(c)
}

/// The address is another one now.
pub fn unconfirm(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set(users::email_confirmed_at.eq(None::<UtcDateTime>)).execute(c)
}

/// The group of those who register, as a value for a new user. Where the clinic has no group of this name, they get none.
pub fn default_group(c: &mut Connection, name: &str) -> QueryResult<Value> {
    let found = groups::table.filter(groups::name.eq(name)).select(groups::id).load::<i64>(c)?;
    if found.is_empty() {
        tracing::warn!(group = name, "DEFAULT_GROUP does not exist: new users join no group");
    }
    Ok(Value::Many(found))
}
