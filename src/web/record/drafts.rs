//! Form drafts: the values of a form that the user leaves for a related record. They are stored in a row, and the user returns to
//! the form with the related record chosen. Drafts can be nested.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use time::Duration;

use super::form::{PARKED, RecordForm};
use crate::app::App;
use crate::crypto::keys::{digest, random_text};
use crate::db::schema::form_drafts;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::resource::access::actor::Action;
use crate::web::request::csrf;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// The name of the button that opens a related record, with a value such as `add:doctor_id`.
pub const RELATED: &str = "_related";
/// How long drafts are stored.
const LIFE: Duration = Duration::days(1);
/// The most drafts of one user; beyond it the oldest are removed.
const MOST: i64 = 20;

#[derive(Queryable, Selectable)]
#[diesel(table_name = form_drafts)]
struct Draft {
    place: String,
    field: String,
    body: String,
}

/// The result of pressing the button.
pub enum Way {
    To(HttpResponse),
    /// No record is chosen that could be opened; holds the name of the field.
    NothingChosen(&'static str),
}

/// Stores a draft and redirects to the related record. [`AppError::NotFound`] if the user may not do what the button says.
pub async fn save(visit: &Visit, form: &RecordForm, typed: FormData) -> AppResult<Way> {
    let (word, name) = typed.text(RELATED).split_once(':').ok_or(AppError::NotFound)?;
    let field = form.fields()?.into_iter().find(|field| field.name == name && form.binder().can_choose(field)).ok_or(AppError::NotFound)?;
    let target = field.reference.filter(|_| field.is_reference()).and_then(|reference| form.app.registry.get(reference.resource));
    let own = target.ok_or(AppError::NotFound)?.declaration();
    let place = own.list_url_in(&form.actor, form.inside).ok_or(AppError::NotFound)?;
    let id = typed.text(name).parse::<i64>().ok();
    let (action, path) = match (word, id) {
        ("add", _) => (Action::Add, format!("{place}/new")),
        ("edit" | "view", None) => return Ok(Way::NothingChosen(field.name)),
        ("edit", Some(id)) => (Action::Change, format!("{place}/{id}/edit")),
        ("view", Some(id)) => (Action::View, format!("{place}/{id}")),
        _ => return Err(AppError::NotFound),
    };
    if !own.allows(&form.actor, action) {
        return Err(AppError::NotFound);
    }
    let left = |name: &str| name == csrf::FIELD || name == RELATED || name == PARKED || name.contains("password");
    let body = typed.clone().forget(left).encoded();
    let place = match token_in(&visit.request) {
        Some(outer) => format!("{}?draft={outer}", visit.request.path()),
        None => visit.request.path().to_string(),
    };
    let (token, now, user, field) = (random_text(32), visit.app.now(), form.actor.id, field.name);
    let hash = digest(&token);
    visit.app.db.write(move |c| Ok::<_, AppError>(insert(c, user, &hash, &place, field, &body, now)?)).await?;
    Ok(Way::To(see_other(format!("{path}?draft={token}"))))
}

/// Redirects to the form that was left, with its values.
pub async fn show(visit: Visit, user: CurrentUser, token: Path<String>) -> AppResult<HttpResponse> {
    let draft = find(&visit.app, user.id, token.clone()).await?.ok_or(AppError::NotFound)?;
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let mark = if draft.place.contains('?') { '&' } else { '?' };
    let chosen = asked.text("chosen").parse::<i64>().map(|id| format!("&chosen={id}")).unwrap_or_default();
    Ok(see_other(format!("{}{mark}restore={}{chosen}", draft.place, token.as_str())))
}

/// The values of a draft to restore; `None` if the address has none.
pub async fn restored(visit: &Visit, user: i64) -> AppResult<Option<FormData>> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let Some(token) = asked.get("restore").filter(|token| !token.is_empty()) else { return Ok(None) };
    let draft = find(&visit.app, user, token.into()).await?.ok_or(AppError::NotFound)?;
    if draft.place.split('?').next() != Some(visit.request.path()) {
        return Err(AppError::NotFound);
    }
    let mut typed = FormData::parse(draft.body.as_bytes()).unwrap_or_default();
    if let Ok(id) = asked.text("chosen").parse::<i64>() {
        typed = typed.without(&draft.field);
        typed.push(draft.field, id.to_string());
    }
    Ok(Some(typed.with(PARKED, token)))
}

/// After a form was saved: deletes the draft that it was restored from, and returns to the form that it was opened from, if any.
pub async fn after(visit: &Visit, user: i64, typed: &FormData, saved: i64) -> AppResult<Option<HttpResponse>> {
    if let Some(parked) = typed.get(PARKED) {
        let hash = digest(parked);
        visit.app.db.write(move |c| Ok::<_, AppError>(delete(c, user, &hash)?)).await?;
    }
    let Some(outer) = token_in(&visit.request) else { return Ok(None) };
    let known = find(&visit.app, user, outer.clone()).await?;
    Ok(known.map(|_| see_other(format!("/drafts/{outer}?chosen={saved}"))))
}

/// The token of the draft that this page was opened from, from the address.
pub fn token_in(request: &HttpRequest) -> Option<String> {
    let asked = form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| name == "draft");
    // The format of [`random_text`].
    let ordinary = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    asked.map(|(_, token)| token.into_owned()).filter(|token| token.len() == 32 && token.chars().all(ordinary))
}

/// The path with the token of the draft, for the forms of this page.
pub fn with_way_back(visit: &Visit, path: String) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    token_in(&visit.request).map_or(path.clone(), |token| format!("{path}{mark}draft={token}"))
}

/// Where 'Cancel' leads: back to the form that was left, or to `path`.
pub fn way_out(visit: &Visit, path: String) -> String {
    token_in(&visit.request).map_or(path, |token| format!("/drafts/{token}"))
}

async fn find(app: &Data<App>, user: i64, token: String) -> AppResult<Option<Draft>> {
    let (hash, now) = (digest(&token), app.now());
    app.db
        .read(move |c| {
            let own = form_drafts::table.filter(form_drafts::token_hash.eq(hash)).filter(form_drafts::user_id.eq(user));
            let valid = own.filter(form_drafts::expires_at.gt(now));
            Ok(valid.select((form_drafts::place, form_drafts::field, form_drafts::body)).first::<Draft>(c).optional()?)
        })
        .await
}

fn insert(c: &mut Connection, user: i64, hash: &str, place: &str, field: &str, body: &str, now: UtcDateTime) -> QueryResult<usize> {
    let mine = form_drafts::table.filter(form_drafts::user_id.eq(user));
    let old = mine.order(form_drafts::id.desc()).offset(MOST - 1).limit(100).select(form_drafts::id).load::<i64>(c)?;
    diesel::delete(form_drafts::table.filter(form_drafts::id.eq_any(old))).execute(c)?;
    diesel::insert_into(form_drafts::table)
        .values((
            form_drafts::user_id.eq(user),
            form_drafts::token_hash.eq(hash),
            form_drafts::place.eq(place),
            form_drafts::field.eq(field),
            form_drafts::body.eq(body),
            form_drafts::expires_at.eq(now.plus(LIFE)),
            form_drafts::created_at.eq(now),
            form_drafts::updated_at.eq(now),
        ))
        .execute(c)
}

fn delete(c: &mut Connection, user: i64, hash: &str) -> QueryResult<usize> {
    diesel::delete(form_drafts::table.filter(form_drafts::user_id.eq(user)).filter(form_drafts::token_hash.eq(hash))).execute(c)
}

/// Removes drafts that nobody returned to.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(form_drafts::table.filter(form_drafts::expires_at.le(now))).execute(c)
}
