//! Routes. Each one says who may use it, and cannot be created otherwise.

use std::borrow::Cow;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{FromRequest, Handler, HttpMessage, HttpResponse, Responder, guard, web};

use super::access::{self, Access};
use super::reauthentication::{Ask, Way, first, is_recent};
use super::required_steps::required_redirect;
use super::segments::Segments;
use super::title::{Menu, Title};
use super::waiting_form::{self, SignInPage};
use crate::app::App;
use crate::error::{AppError, READ_ONLY_VIEW};
use crate::resource::{Declaration, Resource};
use crate::web::paths::STAY;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::request::{self, record_files, upload};
use crate::web::response::see_other;

/// What a superuser who sees Praxis as somebody else may still send: whatever ends that, and that they are there.
const ALLOWED_WHILE_IMPERSONATING: [&str; 3] = ["/view-as/stop", "/logout", STAY];

/// A method, a path, who may use it, and the handler.
pub struct Route {
    pub method: Method,
    pub path: Cow<'static, str>,
    pub access: Access,
    /// Whether it requires recent authentication.
    pub reauthenticated: bool,
    /// What the page is called where people can go to it by name.
    pub title: Option<Title>,
    body: Body,
    service: actix_web::Route,
}

impl Route {
    /// Requires authentication within the last ten minutes; other users are asked for it.
    pub fn reauthenticated(self) -> Self {
        Self { reauthenticated: true, ..self }
    }

    /// A page that the palette and the search offer to those who may open it.
    pub fn titled(self, text: &'static str, icon: &'static str) -> Self {
        Self { title: Some(Title { text, words: "", icon, menu: Menu::None }), ..self }
    }

    /// Found by these words too, as other people call the page.
    pub fn also(mut self, words: &'static str) -> Self {
        self.title.iter_mut().for_each(|title| title.words = words);
        self
    }

    /// The same in a menu.
    pub fn listed(mut self, menu: Menu) -> Self {
        self.title.iter_mut().for_each(|title| title.menu = menu);
        self
    }
}

pub fn get<F, Args>(path: impl Into<Cow<'static, str>>, access: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    route(Method::GET, path, access, Body::Form, web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler))
}

pub fn post<F, Args>(path: impl Into<Cow<'static, str>>, access: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    route(Method::POST, path, access, Body::Form, web::post().to(handler))
}

/// A route that accepts a file, with the fields of a form before it.
pub fn file<F, Args>(path: impl Into<Cow<'static, str>>, access: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    route(Method::POST, path, access, Body::File, web::post().to(handler))
}

/// A route that accepts the form of a record, with the files that the record has.
pub fn record<F, Args>(path: impl Into<Cow<'static, str>>, access: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    route(Method::POST, path, access, Body::Record, web::post().to(handler))
}

/// The body that a request may have.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Body {
    Form,
    Record,
    File,
}

fn route(method: Method, path: impl Into<Cow<'static, str>>, access: Access, body: Body, service: actix_web::Route) -> Route {
    Route { method, path: path.into(), access, reauthenticated: false, title: None, body, service }
}

/// Adds the routes, grouped by path, so that a wrong method gets the allowed ones. `pages` are the accounts' pages to sign in
/// and to authenticate again.
pub fn add(segments: &mut Segments, routes: Vec<Route>, pages: Pages) {
    let mut paths: Vec<(Cow<'static, str>, Vec<Route>)> = Vec::new();
    for route in routes {
        match paths.iter_mut().find(|(path, _)| *path == route.path) {
            Some((_, path_routes)) => path_routes.push(route),
            None => paths.push((route.path.clone(), vec![route])),
        }
    }
    for (path, path_routes) in paths {
        let mut allowed: Vec<String> = path_routes.iter().map(|route| route.method.to_string()).collect();
        if path_routes.iter().any(|route| route.method == Method::GET) {
            allowed.push("HEAD".into());
        }
        let allowed = allowed.join(", ");
        segments.add(&path, |rest| {
            let resource = path_routes.into_iter().fold(web::resource(rest), |resource, route| {
                let guard = Guard { access: route.access, reauthenticated: route.reauthenticated, body: route.body, pages };
                resource.route(route.service.wrap(from_fn(move |request, next| pass(guard, request, next))))
            });
            resource.default_service(web::to(move || {
                let allowed = allowed.clone();
                async move { HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allowed)).finish() }
            }))
        });
    }
}

/// The accounts' pages to sign in and to authenticate again.
#[derive(Clone, Copy)]
pub struct Pages {
    pub sign_in: SignInPage,
    /// Requires the password or a passkey again.
    pub reauthenticate: Ask,
}

/// The requirements of a route.
#[derive(Clone, Copy)]
struct Guard {
    access: Access,
    reauthenticated: bool,
    body: Body,
    pages: Pages,
}

/// Checks the user before the body is read, and the body before the handler runs. Errors are responses rather than `Err`, which
/// would lose the request, and with it the user for the error page.
async fn pass(
    guard: Guard,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    match check_access(guard.access, &request) {
        Err(AppError::SignInFirst) if changes => return Ok(waiting_form::offer(request, guard.pages.sign_in).await),
        Err(error) => {
            if changes && matches!(error, AppError::Forbidden(_)) {
                request::body::refuse_unread(&mut request).await;
            }
            return Ok(request.error_response(error));
        }
        Ok(()) if changes && !ALLOWED_WHILE_IMPERSONATING.contains(&request.path()) && is_impersonating(&request) => {
            request::body::refuse_unread(&mut request).await;
            return Ok(request.error_response(AppError::Forbidden(READ_ONLY_VIEW)));
        }
        Ok(()) => {}
    }
    if let Some(place) = required_redirect(&request).filter(|_| guard.access != Access::Public) {
        return Ok(request.into_response(see_other(place)));
    }
    let stale = (guard.reauthenticated || (changes && is_delicate(guard.access, &request)))
        && !is_recent(request.request())
        && !is_impersonating(&request);
    // A page is opened afterwards, and a file has to be chosen again; the values of a form are preserved.
    if stale && (!changes || guard.body == Body::File) {
        let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let response = first(wanted);
        return Ok(request.into_response(response));
    }
    if changes {
        let read = match guard.body {
            Body::Form => request::body::read(&mut request).await.map(|posted| (posted, None)),
            Body::Record => {
                let app = request.app_data::<web::Data<App>>().cloned();
                let own = app.as_ref().and_then(|app| declared(app, guard.access, &request));
                record_files::read(&mut request, own).await.map(|posted| (posted, None))
            }
            Body::File => upload::read(&mut request).await.map(|(posted, file)| (posted, Some(file))),
        };
        let (mut posted, file) = match read {
            Ok(read) => read,
            Err(error) => match waiting_form::offer_carried(&request, guard.pages.sign_in) {
                Some(response) => return Ok(request.into_response(response)),
                None => return Ok(request.error_response(error)),
            },
        };
        if let Some(visit) = Visit::of(request.request()).filter(|_| stale) {
            match (guard.pages.reauthenticate)(visit, posted).await {
                Ok(Way::On(waited)) => posted = waited,
                Ok(Way::Answer(response)) => return Ok(request.into_response(response)),
                Err(error) => return Ok(request.error_response(error)),
            }
        }
        let mut extensions = request.extensions_mut();
        extensions.insert(posted);
        file.map(|file| extensions.insert(file));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

/// Whether the resource's records control access, so that its forms require recent authentication.
fn is_delicate(access: Access, request: &ServiceRequest) -> bool {
    let Some(app) = request.app_data::<web::Data<App>>() else { return false };
    declared(app, access, request).is_some_and(|own| own.requires_reauthentication)
}

/// The declaration of the records that a route is about.
fn declared<'a>(app: &'a App, access: Access, request: &ServiceRequest) -> Option<&'a Declaration> {
    let resource = match access {
        Access::Resource(_) => app.registry.at(request.match_info().query("resource")),
        Access::Records(name, _) => app.registry.get(name),
        _ => None,
    };
    resource.map(Resource::declaration)
}

/// Whether the user is viewing Praxis as another user. Checked here, for every route, so that nothing can be changed.
fn is_impersonating(request: &ServiceRequest) -> bool {
    CurrentUser::of(request.request()).is_some_and(|user| user.impersonated_by.is_some())
}

fn check_access(access: Access, request: &ServiceRequest) -> Result<(), AppError> {
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| AppError::internal("no application"))?;
    let named = app.registry.at(request.match_info().query("resource")).map(|resource| resource.declaration());
    Ok(access::check_page(access, CurrentUser::of(request.request()).as_deref(), app, named)?)
}
