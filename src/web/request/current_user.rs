//! Who is asking. The session store loads the user with the session; here they become part of the request.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::rc::Rc;

use actix_session::SessionExt;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use ipnet::IpNet;

use crate::app::App;
use crate::error::AppError;
use crate::resource::Actor;
use crate::web::sessions::{ACTOR, presence};

/// The person who is signed in. A handler that takes one cannot run without.
#[derive(Clone)]
pub struct CurrentUser(Rc<Actor>);

impl Deref for CurrentUser {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl CurrentUser {
    /// Who asks, if anybody is signed in.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// For the threads that do the blocking work.
    pub fn to_actor(&self) -> Actor {
        Actor::clone(&self.0)
    }
}

impl FromRequest for CurrentUser {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or(AppError::SignInFirst))
    }
}

/// The network address of whoever asks; blank where it is not known.
pub fn ip_of(request: &HttpRequest) -> String {
    let Some(app) = request.app_data::<web::Data<App>>() else { return String::new() };
    let forwarded: Vec<&str> = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let ip = app.settings.client_ip(request.peer_addr().map(|peer| peer.ip()), &forwarded.join(","));
    ip.map(|ip| ip.to_string()).unwrap_or_default()
}

/// What a browser or a program says of itself.
pub fn user_agent_of(request: &HttpRequest) -> String {
    request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_string()
}

/// The network of an address: itself, or the half of it that names the network for the long ones.
pub fn network(ip: &str) -> String {
    match ip.parse::<std::net::IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(std::net::IpAddr::V6(v6)) => IpNet::new(v6.into(), 64).map_or_else(|_| ip.into(), |net| net.trunc().to_string()),
        Ok(v4) => v4.to_string(),
        Err(_) => ip.into(),
    }
}

/// Middleware inside the session: puts the user into the request.
pub async fn identify<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    if let Some(app) = &app {
        presence::note(&request, app).await;
    }
    if let Ok(Some(actor)) = request.get_session().get::<Actor>(ACTOR) {
        let actor = Actor { ip: ip_of(request.request()), ..actor };
        if let Some(app) = &app {
            presence::lapse(&request, app, &actor).await;
        }
        request.extensions_mut().insert(CurrentUser(Rc::new(actor)));
    }
    next.call(request).await
}
