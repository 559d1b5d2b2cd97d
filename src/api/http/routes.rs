//! The routes of the API. Every method of a path says who may use it, and cannot be created otherwise.

use std::future::Future;
use std::rc::Rc;

use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::body::{Body, LIMIT};
use super::error::ApiError;
use super::request::Call;
use crate::api::http::{self, cors};
use crate::api::schema::Shape;
use crate::api::state::State;
use crate::resource::Actor;
use crate::web::routing::access::{self, Access, Denial};
use crate::web::routing::required_steps::{is_held, owes};
use crate::web::routing::segments::Segments;

pub type Answer = Result<HttpResponse, ApiError>;
type Behind = Rc<dyn Fn(Call) -> LocalBoxFuture<'static, Answer>>;

/// A method, a path without the slash at its end, who may pass, and what is behind.
pub struct Route {
    pub method: Method,
    pub path: String,
    pub access: Access,
    /// Another format of the response: the value of `?format=` and the media type.
    pub also: Option<(&'static str, &'static str)>,
    /// The response is a file of any type.
    pub is_file: bool,
    behind: Behind,
}

impl Route {
    pub fn new<F, Done>(method: Method, path: impl Into<String>, access: Access, handler: F) -> Self
    where
        F: Fn(Call) -> Done + 'static,
        Done: Future<Output = Answer> + 'static,
    {
        Self { method, path: path.into(), access, also: None, is_file: false, behind: Rc::new(move |call| handler(call).boxed_local()) }
    }

    /// Returns a file, so `Accept` is not checked.
    pub fn file(mut self) -> Self {
        self.is_file = true;
        self
    }

    /// Adds this format.
    pub fn also(mut self, format: &'static str, kind: &'static str) -> Self {
        self.also = Some((format, kind));
        self
    }
}

/// Also answers HEAD.
pub fn get<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Route
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Route::new(Method::GET, path, access, handler)
}

pub fn post<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Route
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Route::new(Method::POST, path, access, handler)
}

pub fn patch<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Route
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Route::new(Method::PATCH, path, access, handler)
}

pub fn delete<F, Done>(path: impl Into<String>, access: Access, handler: F) -> Route
where
    F: Fn(Call) -> Done + 'static,
    Done: Future<Output = Answer> + 'static,
{
    Route::new(Method::DELETE, path, access, handler)
}

/// The order of methods in Django REST framework.
const METHODS: [Method; 7] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];

/// All routes of one path.
struct PathRoutes {
    routes: Vec<Route>,
    allowed: HeaderValue,
}

impl PathRoutes {
    fn new(routes: Vec<Route>) -> Self {
        let has = |method: &Method| routes.iter().any(|route| route.method == *method);
        let known = |method: &&Method| **method == Method::OPTIONS || has(method) || (**method == Method::HEAD && has(&Method::GET));
        let allowed: Vec<&str> = METHODS.iter().filter(known).map(Method::as_str).collect();
        let allowed = HeaderValue::from_str(&allowed.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"));
        Self { routes, allowed }
    }

    fn route(&self, method: &Method) -> Option<&Route> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        self.routes.iter().find(|route| route.method == *method)
    }
}

/// Mounts the routes, with and without a trailing slash.
pub fn mount(config: &mut web::ServiceConfig, routes: Vec<Route>) {
    let mut paths: Vec<(String, Vec<Route>)> = Vec::new();
    for route in routes {
        match paths.iter_mut().find(|(path, _)| *path == route.path) {
            Some((_, path_routes)) => path_routes.push(route),
            None => paths.push((route.path.clone(), vec![route])),
        }
    }
    let mut segments = Segments::default();
    for (path, routes) in paths {
        let path_routes = Rc::new(PathRoutes::new(routes));
        let handler = move |request: HttpRequest, app: Data<State>, payload: web::Payload| {
            let path_routes = path_routes.clone();
            async move {
                let passed = pass(&path_routes, &request, &app, payload).await;
                let mut response = passed.unwrap_or_else(ApiError::answer);
                response.headers_mut().insert(header::ALLOW, path_routes.allowed.clone());
                dress(&mut response, &request, &app);
                response
            }
        };
        segments.add(&path, |rest| web::resource([format!("{rest}/"), rest.into()]).to(handler));
    }
    segments.mount(config, |scope| scope.default_service(web::to(nowhere)));
}

/// The response for an unknown path.
pub async fn nowhere(request: HttpRequest, app: Data<State>) -> HttpResponse {
    let mut response = http::accept::check(&request, None).err().unwrap_or_else(ApiError::not_found).answer();
    dress(&mut response, &request, &app);
    response
}

fn dress(response: &mut HttpResponse, request: &HttpRequest, app: &State) {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    cors::dress(response, request, app);
}

/// The checks, in the order in which a caller can fix things: the format of the response, authentication, the method,
/// permissions, the body.
async fn pass(path_routes: &PathRoutes, request: &HttpRequest, app: &Data<State>, payload: web::Payload) -> Answer {
    if cors::is_preflight(request, app) {
        return Ok(cors::preflight(&path_routes.allowed));
    }
    let route = path_routes.route(request.method());
    if !route.is_some_and(|route| route.is_file) {
        http::accept::check(request, route.and_then(|route| route.also))?;
    }
    let access = route.or_else(|| path_routes.routes.first()).map_or(Access::SignedIn, |route| route.access);
    let caller = match access {
        Access::Description if app.settings.api_docs_public => http::authentication::stranger(request, app).map(|()| None)?,
        Access::Public => http::authentication::stranger(request, app).map(|()| None)?,
        _ => Some(http::authentication::authenticate(request).await?),
    };
    let headers = caller.as_ref().map(|caller| caller.headers.clone()).unwrap_or_default();
    let done = match route {
        None if *request.method() == Method::OPTIONS => Ok(described(request)),
        None => Err(ApiError::method_not_allowed(request.method().as_str())),
        Some(route) => match caller.as_ref().map_or(Ok(()), |caller| check_access(route, &caller.actor, app)) {
            Err(error) => Err(error),
            Ok(()) => {
                let takes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
                let body =
                    if takes { Body::read(request, payload.into_inner(), body_limit(access, app)).await } else { Ok(Body::default()) };
                match body {
                    Ok(body) => (route.behind)(Call { request: request.clone(), app: app.clone(), caller, body }).await,
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

/// The largest body of a route, in bytes.
fn body_limit(access: Access, app: &State) -> usize {
    let shape = if let Access::Records(name, _) = access { app.api.find(name) } else { None };
    shape.map_or(LIMIT, Shape::body_limit)
}

/// What the API asks before what the route asks: required steps are done on the pages.
fn check_access(route: &Route, actor: &Actor, app: &State) -> Result<(), ApiError> {
    if is_held(actor, &app.settings) && !route.path.starts_with("/auth/") {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "email_not_confirmed", "Confirm your email address first."));
    }
    if matches!(route.access, Access::Records(..)) && owes(actor, &app.settings) {
        let detail = "Your group requires two-step verification. Sign in to Praxis and set it up first.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "second_factor_setup_required", detail));
    }
    access::check(route.access, Some(actor), app, None).map_err(|denial| refused(denial, route.access, app))
}

fn refused(denial: Denial, access: Access, app: &State) -> ApiError {
    let resource = if let Access::Records(name, action) = access { app.registry.get(name).zip(Some(action)) } else { None };
    match (denial, resource) {
        (Denial::NotFound, _) => ApiError::not_found(),
        (_, Some((resource, action))) => {
            let plural = resource.declaration().plural_lower();
            ApiError::forbidden(format!("You do not have permission to {} {plural}.", action.word()))
        }
        (_, None) => ApiError::forbidden("You do not have permission to do this."),
    }
}

/// The response to OPTIONS, for paths without a route for it.
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
