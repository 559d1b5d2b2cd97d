//! A user's data in tables that no resource declares. Together with the declared resources and [`LEFT_OUT`] these are all tables
//! that refer to users; a test compares them with the database.

use diesel::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::db::schema::{
    authenticators, codes, form_drafts, groups, imports, invitations, passkeys, permissions, recovery_codes, saved_views, token_families,
    user_groups, user_permissions,
};
use crate::db::{Connection, UtcDateTime};

/// Rows of one table, without hashes, secrets and data about others.
pub struct Part {
    pub table: &'static str,
    /// The member of the export.
    pub key: &'static str,
    load: fn(&mut Connection, i64) -> QueryResult<Vec<Json>>,
}

pub const PARTS: [Part; 11] = [
    Part { table: "user_groups", key: "groups", load: of_groups },
    Part { table: "user_permissions", key: "own_permissions", load: of_permissions },
    Part { table: "saved_views", key: "saved_views", load: of_views },
    Part { table: "authenticators", key: "sign_in_apps", load: of_apps },
    Part { table: "passkeys", key: "passkeys", load: of_keys },
    Part { table: "recovery_codes", key: "recovery_codes", load: of_recovery },
    Part { table: "token_families", key: "programs", load: of_programs },
    Part { table: "invitations", key: "invitations", load: of_invitations },
    Part { table: "codes", key: "codes", load: of_codes },
    Part { table: "imports", key: "imports", load: of_imports },
    Part { table: "form_drafts", key: "drafts", load: of_drafts },
];

/// References to users that no copy follows: table, column, and why.
pub const LEFT_OUT: [(&str, &str, &str); 12] = [
    ("patients", "owner_id", "who registered a patient does not own what is known about them"),
    ("patient_access", "user_id", "follows from the patients and the assignments"),
    ("files", "uploaded_by", "a file belongs to its record, which is about somebody else"),
    ("registration_links", "invited_by", "the address is somebody else's; that they were invited is in what one did"),
    ("api_replies", "user_id", "answers kept for a day, which are about other people's records"),
    ("notes", "author_id", "a note is about its patient"),
    ("addenda", "author_id", "what was added to a note is about its patient"),
    ("note_drafts", "author_id", "a note that is not signed yet is about its patient"),
    ("notifications", "user_id", "for 90 days, about the appointments of other people"),
    ("caldav_states", "user_id", "what a calendar program last saw, for 30 days: names without content"),
    ("half_sign_ins", "user_id", "a sign-in of these ten minutes, of which only hashes and the way on are kept"),
    ("oidc_requests", "user_id", "somebody on their way to a provider, of whom only hashes and the way on are kept"),
];

/// All of them, by member.
pub fn parts(c: &mut Connection, user_id: i64) -> QueryResult<Map<String, Json>> {
    PARTS.iter().map(|part| Ok((part.key.to_string(), Json::Array((part.load)(c, user_id)?)))).collect()
}

type Times = (UtcDateTime, Option<UtcDateTime>);

fn at(when: Option<UtcDateTime>) -> Option<String> {
    when.map(|when| when.rfc3339_micros())
}

fn of_groups(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    let mine =
        user_groups::table.inner_join(groups::table.on(groups::id.eq(user_groups::group_id))).filter(user_groups::user_id.eq(user_id));
    let names: Vec<String> = mine.order(groups::name).select(groups::name).load(c)?;
    Ok(names.into_iter().map(Json::String).collect())
}

fn of_permissions(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    let mine = user_permissions::table
        .inner_join(permissions::table.on(permissions::id.eq(user_permissions::permission_id)))
        .filter(user_permissions::user_id.eq(user_id));
    let names: Vec<String> = mine.order(permissions::codename).select(permissions::codename).load(c)?;
    Ok(names.into_iter().map(Json::String).collect())
}

fn of_views(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use saved_views::{id, name, query, resource};
    let mine = saved_views::table.filter(saved_views::user_id.eq(user_id)).order(id).select((resource, name, query));
    let rows: Vec<(String, String, String)> = mine.load(c)?;
    Ok(rows.iter().map(|(list, title, asked)| json!({ "list": list, "name": title, "query": asked })).collect())
}

fn of_apps(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use authenticators::{confirmed_at, created_at, last_used_at};
    let mine = authenticators::table.filter(authenticators::user_id.eq(user_id)).filter(confirmed_at.is_not_null());
    let rows: Vec<Times> = mine.select((created_at, last_used_at)).load(c)?;
    Ok(rows.iter().map(|(since, used)| json!({ "since": since.rfc3339_micros(), "last_used": at(*used) })).collect())
}

fn of_keys(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use passkeys::{created_at, id, last_used_at, name};
    let mine = passkeys::table.filter(passkeys::user_id.eq(user_id)).order(id).select((name, created_at, last_used_at));
    let rows: Vec<(String, UtcDateTime, Option<UtcDateTime>)> = mine.load(c)?;
    Ok(rows.iter().map(|(title, since, used)| json!({ "name": title, "since": since.rfc3339_micros(), "last_used": at(*used) })).collect())
}

fn of_recovery(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use recovery_codes::{created_at, id, used_at};
    let mine = recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)).order(id).select((created_at, used_at));
    let rows: Vec<Times> = mine.load(c)?;
    Ok(rows.iter().map(|(made, used)| json!({ "made": made.rfc3339_micros(), "used": at(*used) })).collect())
}

fn of_programs(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use token_families::{created_at, expires_at, id, ip, rotated_at, user_agent};
    let mine = token_families::table.filter(token_families::user_id.eq(user_id)).order(id);
    let rows: Vec<(String, String, UtcDateTime, UtcDateTime, UtcDateTime)> =
        mine.select((user_agent, ip, created_at, rotated_at, expires_at)).load(c)?;
    let object = |(program, from, since, renewed, ends): &(String, String, UtcDateTime, UtcDateTime, UtcDateTime)| json!({ "program": program, "network": from, "since": since.rfc3339_micros(), "renewed": renewed.rfc3339_micros(), "ends": ends.rfc3339_micros() });
    Ok(rows.iter().map(object).collect())
}

fn of_invitations(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use invitations::{created_at, id, used_at};
    let mine = invitations::table.filter(invitations::user_id.eq(user_id)).order(id).select((created_at, used_at));
    let rows: Vec<Times> = mine.load(c)?;
    Ok(rows.iter().map(|(sent, used)| json!({ "sent": sent.rfc3339_micros(), "used": at(*used) })).collect())
}

fn of_codes(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use codes::{created_at, id, purpose, target, used_at};
    let mine = codes::table.filter(codes::user_id.eq(user_id)).order(id).select((purpose, target, created_at, used_at));
    let rows: Vec<(String, String, UtcDateTime, Option<UtcDateTime>)> = mine.load(c)?;
    let object = |(what, to, sent, used): &(String, String, UtcDateTime, Option<UtcDateTime>)| json!({ "for": what, "address": to, "sent": sent.rfc3339_micros(), "used": at(*used) });
    Ok(rows.iter().map(object).collect())
}

/// The contents of the files are left out, because they are about others.
fn of_imports(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use imports::{created_at, file_name, finished_at, id, resource, total_rows};
    let mine = imports::table.filter(imports::user_id.eq(user_id)).order(id);
    let rows: Vec<(String, String, i64, UtcDateTime, Option<UtcDateTime>)> =
        mine.select((resource, file_name, total_rows, created_at, finished_at)).load(c)?;
    let object = |(kind, file, rows, sent, done): &(String, String, i64, UtcDateTime, Option<UtcDateTime>)| json!({ "kind": kind, "file": file, "rows": rows, "uploaded": sent.rfc3339_micros(), "finished": at(*done) });
    Ok(rows.iter().map(object).collect())
}

/// Form drafts of the last day, without their values, which may be about others.
fn of_drafts(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Json>> {
    use form_drafts::{created_at, expires_at, id, place};
    let mine = form_drafts::table.filter(form_drafts::user_id.eq(user_id)).order(id).select((place, created_at, expires_at));
    let rows: Vec<(String, UtcDateTime, UtcDateTime)> = mine.load(c)?;
    Ok(rows
        .iter()
        .map(|(page, created, ends)| json!({ "page": page, "kept": created.rfc3339_micros(), "until": ends.rfc3339_micros() }))
        .collect())
}
