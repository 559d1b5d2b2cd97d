//! What the clinic decided: who may register. `clinic_settings` has one row, from the set-up on.

use actix_web::web::Data;
use diesel::prelude::*;

use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::schema::clinic_settings;
use crate::db::{Connection, DbError, UtcDateTime};
use crate::resource::declare::widget::Widget;
use crate::resource::{Field, Kind, field};
use crate::settings::{Decisions, Registration};

/// The name of the question in forms.
pub const REGISTRATION: &str = "registration";
const CHOICES: &[(&str, &str)] = &[
    ("invitation", "People who are invited"),
    ("open", "Anyone who reaches this website"),
    ("closed", "Nobody. Administrators add the accounts"),
];

/// Who may create an account?
pub fn question(app: &App) -> Field {
    let asked = field("Who may create an account?")
        .named(REGISTRATION)
        .kind(Kind::Choice(CHOICES))
        .widget(Widget::Radio)
        .required_error("Choose who may create an account");
    if app.settings.is_developing() { asked.help("While only this computer reaches Praxis, anyone can create an account.") } else { asked }
}

/// Stores the decision, in the caller's transaction. [`refresh`] has to follow.
pub fn decide(c: &mut Connection, registration: Registration, now: UtcDateTime) -> QueryResult<()> {
    use clinic_settings as own;
    let text = registration.as_str();
    if diesel::update(own::table).set((own::registration.eq(text), own::updated_at.eq(now))).execute(c)? == 0 {
        let row = (own::id.eq(1), own::registration.eq(text), own::created_at.eq(now), own::updated_at.eq(now));
        diesel::insert_into(own::table).values(row).execute(c)?;
    }
    Ok(())
}

/// The same if nothing was decided yet, when an administrator is added at the command line.
pub fn decide_at_first(c: &mut Connection, registration: Registration, now: UtcDateTime) -> QueryResult<()> {
    if find(c)?.is_some() { Ok(()) } else { decide(c, registration, now) }
}

fn find(c: &mut Connection) -> QueryResult<Option<Registration>> {
    let text = clinic_settings::table.select(clinic_settings::registration).first::<String>(c).optional()?;
    Ok(text.as_deref().and_then(Registration::parse))
}

/// Reads the decisions again.
pub async fn refresh(app: &Data<App>) -> Result<(), DbError> {
    app.decided.set(app.db.read(|c| find_decisions(c).map_err(DbError::from)).await?);
    Ok(())
}

/// The decisions in the database.
pub fn find_decisions(c: &mut Connection) -> QueryResult<Decisions> {
    Ok(Decisions { registration: find(c)?, has_administrator: User::any_superuser(c)? })
}
