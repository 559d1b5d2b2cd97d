//! The middleware that finds the user of a session, with groups and permissions.

use actix_session::SessionExt;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::presence;
use super::state::ACTOR;
use crate::app::App;
use crate::resource::Actor;
use crate::web::request::client::ip_of;
use crate::web::request::current_user::CurrentUser;

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
        request.extensions_mut().insert(CurrentUser::new(actor));
    }
    next.call(request).await
}
