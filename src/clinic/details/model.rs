//! The details in the database. `clinic_details` has one row, from the first decision on.

use actix_web::web::Data;
use diesel::prelude::*;

use crate::app::App;
use crate::crypto::keys::digest_bytes;
use crate::db::connection::exclusive;
use crate::db::schema::clinic_details as own;
use crate::db::{Connection, DbError, UtcDateTime, Zone};
use crate::settings::ClinicDetails;
use crate::web::page::panel::SetUpStep;

/// Where they are changed.
pub const PATH: &str = "/admin/clinic";

pub const NAME_STEP: SetUpStep =
    SetUpStep { label: "Name the clinic", href: PATH, is_done: |_, app, _| Ok(app.settings.names_clinic || app.details().name.is_some()) };

pub const TIME_ZONE_STEP: SetUpStep = SetUpStep {
    label: "Choose its time zone",
    href: PATH,
    is_done: |_, app, _| Ok(app.settings.names_time_zone || app.details().time_zone.is_some()),
};

/// A new logo: the media type and the content.
pub struct Logo {
    pub content_type: &'static str,
    pub content: Vec<u8>,
}

/// What is to be changed; `None` stays.
#[derive(Default)]
pub struct Changes {
    pub name: Option<String>,
    pub time_zone: Option<String>,
    /// `Some(None)` removes it.
    pub logo: Option<Option<Logo>>,
    /// The list of set-up steps is put away.
    pub steps_done: bool,
}

/// Stores the changes, in the caller's transaction. [`refresh`] has to follow.
pub fn store(c: &mut Connection, changes: &Changes, now: UtcDateTime) -> QueryResult<()> {
    exclusive(c, "clinic_details", 0)?;
    if own::table.count().get_result::<i64>(c)? == 0 {
        let row = (own::id.eq(1), own::created_at.eq(now), own::updated_at.eq(now));
        diesel::insert_into(own::table).values(row).execute(c)?;
    }
    diesel::update(own::table).set(own::updated_at.eq(now)).execute(c)?;
    if let Some(name) = &changes.name {
        diesel::update(own::table).set(own::name.eq(name)).execute(c)?;
    }
    if let Some(time_zone) = &changes.time_zone {
        diesel::update(own::table).set(own::time_zone.eq(time_zone)).execute(c)?;
    }
    if let Some(logo) = &changes.logo {
        let (content, kind) = (logo.as_ref().map(|logo| logo.content.clone()), logo.as_ref().map_or("", |logo| logo.content_type));
        let hash = content.as_deref().map(digest_bytes).unwrap_or_default();
        diesel::update(own::table).set((own::logo.eq(content), own::logo_type.eq(kind), own::logo_hash.eq(hash))).execute(c)?;
    }
    if changes.steps_done {
        diesel::update(own::table).set(own::steps_done_at.eq(Some(now))).execute(c)?;
    }
    Ok(())
}

/// Reads the details again.
pub async fn refresh(app: &Data<App>) -> Result<(), DbError> {
    app.known_details.set(app.db.read(|c| find(c).map_err(DbError::from)).await?);
    Ok(())
}

fn find(c: &mut Connection) -> QueryResult<ClinicDetails> {
    let columns = (own::name, own::time_zone, own::logo_hash, own::steps_done_at);
    let found = own::table.select(columns).first::<(String, String, String, Option<UtcDateTime>)>(c).optional()?;
    let Some((name, time_zone, logo, steps_done_at)) = found else { return Ok(ClinicDetails::default()) };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(ClinicDetails {
        name: some(name),
        time_zone: some(time_zone).and_then(|name| Zone::named(&name)),
        logo: some(logo),
        steps_done: steps_done_at.is_some(),
    })
}

/// The media type and the content of the logo with this digest.
pub fn logo(c: &mut Connection, hash: &str) -> QueryResult<Option<(String, Vec<u8>)>> {
    let found = own::table.filter(own::logo_hash.eq(hash)).filter(own::logo.is_not_null()).select((own::logo_type, own::logo));
    let found = found.first::<(String, Option<Vec<u8>>)>(c).optional()?;
    Ok(found.and_then(|(kind, content)| Some((kind, content?))))
}
