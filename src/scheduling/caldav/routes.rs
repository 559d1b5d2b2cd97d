//! The routes of CalDAV, which take methods that no page has. They need no session, and every one needs [`ACCESS`].

use actix_web::http::Method;
use actix_web::http::header::{self, CACHE_CONTROL, EntityTag, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, Resource, Scope, web};

use super::answer::{plain, refused};
use super::authentication::{Caller, authenticate, stranger};
use super::place::{Place, ROOT};
use super::properties::{CONTENT_TYPE, Wanted};
use super::request::{Asked, Done};
use super::{calendars, propfind, report, states, xml};
use crate::app::App;
use crate::crypto::keys::digest;
use crate::db::{Connection, DbError};
use crate::error::{AppError, AppResult};
use crate::ical::calendar;
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Model};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::feed::events;
use crate::web::download::tagged;
use crate::web::routing::access::{self, Access};

/// Who may use them; which calendars they see is asked of each.
pub const ACCESS: Access = Access::Records(Appointment::NAME, Action::View);

const METHODS: &str = "OPTIONS, GET, HEAD, PROPFIND, REPORT";
/// Bytes of a request. The addresses of a thousand events are a tenth of it.
const LARGEST: usize = 2 * 1024 * 1024;

/// Everything under `/caldav`.
pub fn scope() -> Scope {
    web::scope("/caldav").app_data(web::PayloadConfig::new(LARGEST)).default_service(web::to(handle))
}

/// Where programs look for it (RFC 6764).
pub fn well_known() -> Resource {
    let moved =
        || async { HttpResponse::MovedPermanently().insert_header((header::LOCATION, ROOT)).content_type("text/plain").body("Moved") };
    web::resource(["/.well-known/caldav", "/.well-known/caldav/"]).to(moved)
}

async fn handle(request: HttpRequest, app: Data<App>, body: Bytes) -> HttpResponse {
    let done = pass(&request, &app, &body).await;
    let mut answer = done.unwrap_or_else(|error| {
        tracing::error!(%error, "could not answer a calendar program");
        match error {
            AppError::Unavailable(_) => plain(503, "The database is temporarily unavailable. Try again later."),
            _ => plain(500, "Something went wrong. The error has been logged."),
        }
    });
    let headers = answer.headers_mut();
    headers.insert(HeaderName::from_static("dav"), HeaderValue::from_static("1, 3, calendar-access"));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    answer
}

async fn pass(request: &HttpRequest, app: &Data<App>, body: &[u8]) -> AppResult<HttpResponse> {
    let method = request.method().as_str();
    if request.method() == Method::OPTIONS {
        let refused = stranger(request, app);
        let allowed = || HttpResponse::Ok().insert_header((header::ALLOW, METHODS)).content_type("text/plain").finish();
        return Ok(refused.unwrap_or_else(allowed));
    }
    let (actor, headers) = match authenticate(request, app).await? {
        Caller::Known(actor, headers) => (*actor, headers),
        Caller::Refused(answer) => return Ok(answer),
    };
    if access::check(ACCESS, Some(&actor), app, None).is_err() {
        return Ok(plain(403, "You do not have permission to view appointments."));
    }
    let mut answer = match (method, Place::parse(request.path())) {
        ("GET" | "HEAD" | "PROPFIND" | "REPORT", None) => plain(404, "Not found"),
        ("GET" | "HEAD", Some(place)) => read(request, app, actor, place).await?,
        ("PROPFIND" | "REPORT", Some(place)) => describe(request, app, actor, place, body).await?,
        _ => plain(403, "These calendars can only be read. Change appointments in Praxis."),
    };
    for (name, value) in headers {
        answer.headers_mut().insert(name, value);
    }
    Ok(answer)
}

/// One event, or a whole calendar.
async fn read(request: &HttpRequest, app: &Data<App>, actor: Actor, place: Place) -> AppResult<HttpResponse> {
    let asked = Asked { app: app.clone(), actor, name: String::new(), place, is_deep: false };
    let work = move |c: &mut Connection| match &asked.place {
        Place::Object(key, name) => Ok(propfind::object(c, &asked, *key, name)?.map(|object| (object.etag, object.text))),
        Place::Calendar(key) => {
            let Some(found) = calendars::find(c, &asked.actor, *key)? else { return Ok(None) };
            let text = calendar(&found.name, &events::list(c, &asked.app, &found.shown)?);
            Ok::<_, AppError>(Some((digest(&text), text)))
        }
        _ => Ok(Some((String::new(), String::new()))),
    };
    let Some((etag, text)) = app.db.read(work).await? else { return Ok(plain(404, "Not found")) };
    if etag.is_empty() {
        return Ok(plain(200, "Calendars for programs. Add this address to a calendar program that knows CalDAV."));
    }
    let (mut answer, is_wanted) = tagged(request, EntityTag::new_strong(etag));
    Ok(if is_wanted { answer.content_type(CONTENT_TYPE).body(text) } else { answer.finish() })
}

/// `PROPFIND` and `REPORT`.
async fn describe(request: &HttpRequest, app: &Data<App>, actor: Actor, place: Place, body: &[u8]) -> AppResult<HttpResponse> {
    let depth = request.headers().get("depth").and_then(|value| value.to_str().ok()).unwrap_or("0");
    let is_report = request.method().as_str() == "REPORT";
    if depth.eq_ignore_ascii_case("infinity") && !is_report {
        return Ok(refused("<D:propfind-finite-depth/>").send());
    }
    let wish = match std::str::from_utf8(body) {
        Ok(text) if text.trim().is_empty() && !is_report => None,
        Ok(text) => match xml::parse(text) {
            Some(wish) => Some(wish),
            None => return Ok(plain(400, "The request is not XML, or not as calendar programs send it.")),
        },
        Err(_) => return Ok(plain(400, "The request is not UTF-8.")),
    };
    let user_id = actor.id;
    let asked = Asked { app: app.clone(), name: actor.name.clone(), actor, place, is_deep: depth == "1" };
    let work = move |c: &mut Connection| {
        let done = match &wish {
            Some(wish) if is_report => report::answer(c, &asked, wish)?,
            wish => propfind::answer(c, &asked, &Wanted::read(wish.as_ref()))?,
        };
        let Some(Done { reply, states }) = done else { return Ok(None) };
        let mut new = Vec::new();
        for (key, state) in states {
            if !states::is_kept(c, user_id, key, &state)? {
                new.push((key, state));
            }
        }
        Ok::<_, AppError>(Some((reply, new)))
    };
    let Some((reply, new)) = app.db.read(work).await? else { return Ok(plain(404, "Not found")) };
    if !new.is_empty() {
        let now = app.now();
        let keep = move |c: &mut Connection| {
            new.iter().try_for_each(|(key, state)| states::keep(c, user_id, *key, state, now)).map_err(DbError::from)
        };
        app.db.write_aside(keep).await?;
    }
    Ok(reply.send())
}
