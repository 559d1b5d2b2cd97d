//! The content of the export of a user's own data: the account, records by field, log entries.

use diesel::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::tables::parts;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::schema::{log_entries, mails};
use crate::db::{Connection, UtcDateTime};
use crate::resource::Model;
use crate::resource::access::actor::Action;
use crate::resource::list::keyset::Seek;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Kind, ListQuery, Resource, Row, Test, Value};

/// Rows read at once.
pub const BATCH: i64 = 500;

/// Rows of one resource that refer to the user by a field.
#[derive(Clone, Copy)]
pub struct Tie {
    pub resource: &'static str,
    pub field: &'static str,
    pub to: i64,
}

/// The account itself.
pub fn head(c: &mut Connection, app: &App, actor: &Actor, row: &Row) -> QueryResult<Json> {
    let sent: Vec<(String, String, UtcDateTime)> = mails::table
        .filter(mails::recipient.eq(row.values.at(User::FIELDS.email).as_text()))
        .order(mails::id.desc())
        .limit(1_000)
        .select((mails::kind, mails::subject, mails::created_at))
        .load(c)?;
    let account = record(c, app, actor, app.registry.of::<User>(), row)?;
    let mails: Vec<Json> =
        sent.iter().map(|(kind, subject, at)| json!({ "kind": kind, "subject": subject, "queued_at": at.rfc3339_micros() })).collect();
    let first = [
        ("clinic", json!(app.clinic_name())),
        ("copied_at", json!(app.now().rfc3339_micros())),
        ("account", account),
        ("mails", json!(mails)),
    ];
    let mut object: Map<String, Json> = first.into_iter().map(|(key, json)| (key.to_string(), json)).collect();
    object.extend(parts(c, row.id)?);
    Ok(Json::Object(object))
}

/// The next rows of a tie, after `seek`.
pub fn batch(c: &mut Connection, app: &App, actor: &Actor, tie: Tie, seek: Option<Seek>) -> QueryResult<Vec<(i64, Json)>> {
    let Some(resource) = app.registry.get(tie.resource) else { return Ok(Vec::new()) };
    let query = ListQuery { seek, ..ListQuery::only(tie.field, Test::In(vec![Value::Integer(tie.to)]), BATCH) };
    let rows = resource.list(c, &query, None)?;
    rows.iter().map(|row| Ok((row.id, record(c, app, actor, resource, row)?))).collect()
}

/// A record by field, with the labels of the records that it refers to, if the user may view them.
fn record(c: &mut Connection, app: &App, actor: &Actor, resource: &Resource, row: &Row) -> QueryResult<Json> {
    let mut object = Map::from_iter([("id".to_string(), json!(row.id))]);
    for field in resource.declaration().fields.iter().filter(|field| field.kind != Kind::Many) {
        let value = row.values.at(field.name);
        if let (Some(reference), Some(id)) = (field.reference, value.as_id())
            && app.registry.get(reference.resource).is_some_and(|target| target.declaration().allows(actor, Action::View))
        {
            let name = app.registry.visible_label(c, actor, reference.resource, id)?;
            object.insert(format!("{}_name", field.name.trim_end_matches("_id")), json!(name));
        }
        object.insert(field.name.into(), value.to_json());
    }
    Ok(Json::Object(object))
}

/// Which entries of the log.
#[derive(Clone)]
pub enum Of {
    Actor(i64),
    Object(&'static str, i64),
}

/// Columns of an entry: id, time, actor id, actor, action, resource, record id, IP address.
type Told = (i64, UtcDateTime, Option<i64>, String, LogAction, String, i64, String);

/// Log entries with what, when and who. Labels of records are left out, because they may name other people; so are searches and
/// other notes.
pub fn entries(c: &mut Connection, of: &Of, mine: i64, before: i64) -> QueryResult<Vec<(i64, Json)>> {
    use log_entries::{action, actor, actor_id, at, id, ip, object_id, resource};
    let columns = (id, at, actor_id, actor, action, resource, object_id, ip);
    let older = log_entries::table.filter(id.lt(before)).order(id.desc()).limit(BATCH).select(columns);
    let found: Vec<Told> = match of {
        Of::Actor(who) => older.filter(actor_id.eq(*who)).load(c)?,
        Of::Object(kind, number) => older.filter(resource.eq(*kind)).filter(object_id.eq(*number)).load(c)?,
    };
    let object = |(number, when, who, name, what, kind, record, from): Told| {
        let is_own = who == Some(mine);
        let json = json!({
            "at": when.rfc3339_micros(),
            "by": name,
            "what": what.label(),
            "kind": kind,
            "record": record,
            // Another person's address is left out.
            "network": is_own.then_some(from),
        });
        (number, json)
    };
    Ok(found.into_iter().map(object).collect())
}
