//! The doors of the API: every method of every path names who may pass. One that does not cannot be made.

use std::future::Future;
use std::rc::Rc;

use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::body::Body;
use super::cors;
use super::error::ApiError;
use super::request::Call;
use crate::api::http;
use crate::api::state::State;
use crate::resource::Actor;
use crate::resource::access::actor::Action;
use crate::web::routing::route::{is_held, owes};

pub type Answer = Result<HttpResponse, ApiError>;
type Behind = Rc<dyn Fn(Call) -> LocalBoxFuture<'static, Answer>>;

/// Who may pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Anybody: the listed exception.
    Public,
    /// Anybody whose token holds.
    SignedIn,
    /// Anybody whose token holds, and anybody at all where a setting opens the description of the API.
    Description,
    /// Who may do this with the resource of this name.
    Resource(&'static str, Action),
}

/// A method, a path without the slash at its end, who may pass, and what is behind.
pub struct Door {
    pub method: Method,
    pub path: String,
    pub access: Access,
    /// A form beside JSON in which it answers: the word in `?format=` and the media type.
    pub also: Option<(&'static str, &'static str)>,
    behind: Behind,
}

impl Door {
    pub fn new<F, Done>(method: Method, path: impl Into<String>, access: Access, handler: F) -> Self
    where
        F: Fn(Call) -> Done + 'static,
        Done: Future<Output = Answer> + 'static,
    {
        Self { method, path: path.into(), access, also: None, behind: Rc::new(move |call| handler(call).boxed_local()) }
    }

    /// Answers in this form as well.
    pub fn also(mut self, format: &'static str, kind: &'static str) -> Self {
        self.also = Some((format, kind));
        self
    }
}

/// Also answers HEAD.
pub fn get<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Door
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Door::new(Method::GET, path, access, handler)
}

pub fn post<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Door
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Door::new(Method::POST, path, access, handler)
}

pub fn patch<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Door
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Door::new(Method::PATCH, path, access, handler)
}

pub fn delete<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Door
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Door::new(Method::DELETE, path, access, handler)
}

/// In this order clients of such an API are used to read them.
const METHODS: [Method; 7] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];

/// All doors of one path.
struct Wall {
    doors: Vec<Door>,
    allowed: HeaderValue,
}

impl Wall {
    fn new(doors: Vec<Door>) -> Self {
        let has = |method: &Method| doors.iter().any(|door| door.method == *method);
        let known = |method: &&Method| **method == Method::OPTIONS || has(method) || (**method == Method::HEAD && has(&Method::GET));
        let allowed: Vec<&str> = METHODS.iter().filter(known).map(Method::as_str).collect();
        let allowed = HeaderValue::from_str(&allowed.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"));
        Self { doors, allowed }
    }

    fn door(&self, method: &Method) -> Option<&Door> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        self.doors.iter().find(|door| door.method == *method)
    }
}

/// Hangs the doors in, with and without a slash at the end of their path.
pub fn hang(config: &mut web::ServiceConfig, doors: Vec<Door>) {
    let mut paths: Vec<(String, Vec<Door>)> = Vec::new();
    for door in doors {
        match paths.iter_mut().find(|(path, _)| *path == door.path) {
            Some((_, wall)) => wall.push(door),
            None => paths.push((door.path.clone(), vec![door])),
        }
    }
    for (path, doors) in paths {
        let wall = Rc::new(Wall::new(doors));
        let both = [format!("{path}/"), path];
        config.service(web::resource(both).to(move |request: HttpRequest, app: Data<State>, payload: web::Payload| {
            let wall = wall.clone();
            async move {
                let passed = pass(&wall, &request, &app, payload).await;
                let mut response = passed.unwrap_or_else(ApiError::answer);
                response.headers_mut().insert(header::ALLOW, wall.allowed.clone());
                dress(&mut response, &request, &app);
                response
            }
        }));
    }
}

/// What is under no door.
pub async fn nowhere(request: HttpRequest, app: Data<State>) -> HttpResponse {
    let mut response = http::accept::check(&request, None).err().unwrap_or_else(ApiError::not_found).answer();
    dress(&mut response, &request, &app);
    response
}

fn dress(response: &mut HttpResponse, request: &HttpRequest, app: &State) {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    cors::dress(response, request, app);
}

/// In the order in which a caller can mend things: the form of the answer, who they are, the method, what they may do, what
/// they sent.
async fn pass(wall: &Wall, request: &HttpRequest, app: &Data<State>, payload: web::Payload) -> Answer {
    if cors::is_preflight(request, app) {
        return Ok(cors::preflight(&wall.allowed));
    }
    let door = wall.door(request.method());
    http::accept::check(request, door.and_then(|door| door.also))?;
    let access = door.or_else(|| wall.doors.first()).map_or(Access::SignedIn, |door| door.access);
    let caller = match access {
        Access::Description if app.settings.api_docs_public => http::authentication::stranger(request, app).map(|()| None)?,
        Access::Public => http::authentication::stranger(request, app).map(|()| None)?,
        _ => Some(http::authentication::authenticate(request).await?),
    };
    let headers = caller.as_ref().map(|caller| caller.headers.clone()).unwrap_or_default();
    let done = match door {
        None if *request.method() == Method::OPTIONS => Ok(described(request)),
        None => Err(ApiError::method_not_allowed(request.method().as_str())),
        Some(door) => match caller.as_ref().map_or(Ok(()), |caller| admit(door, &caller.actor, app)) {
            Err(error) => Err(error),
            Ok(()) => {
                let takes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
                let body = if takes { Body::read(request, payload.into_inner()).await } else { Ok(Body::default()) };
                match body {
                    Ok(body) => (door.behind)(Call { request: request.clone(), app: app.clone(), caller, body }).await,
                    Err(error) => Err(error),
                }
            }
        },
    };
    let mut response = done.unwrap_or_else(ApiError::answer);
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

fn admit(door: &Door, actor: &Actor, app: &State) -> Result<(), ApiError> {
    if is_held(actor, &app.settings) && !door.path.starts_with("/auth/") {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "email_not_confirmed", "Confirm your email address first."));
    }
    let Access::Resource(name, action) = door.access else { return Ok(()) };
    if owes(actor, &app.settings) {
        let detail = "Your group requires two-step verification. Sign in to Praxis and set it up first.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "second_factor_setup_required", detail));
    }
    let resource = app.registry.get(name).ok_or_else(ApiError::not_found)?;
    if resource.declaration().allows(actor, action) {
        return Ok(());
    }
    Err(ApiError::forbidden(format!("You do not have permission to {} {}.", action.word(), resource.declaration().plural_lower())))
}

/// What OPTIONS tells where no door of its own does.
fn described(request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(
        serde_json::json!({
            "name": request.path(),
            "description": "",
            "renders": ["application/json"],
            "parses": crate::api::http::body::PARSES,
        })
        .to_string(),
    )
}
