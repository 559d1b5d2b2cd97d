//! What somebody who is signed in has to do before anything else is open to them: the code for their address, the second step
//! that their group asks for.

use actix_web::dev::ServiceRequest;
use actix_web::web;

use super::reauthentication;
use crate::app::App;
use crate::resource::Actor;
use crate::resource::access::actor::Owes;
use crate::settings::{Activation, Settings};
use crate::web::paths::ACTIVATION;
use crate::web::request::current_user::CurrentUser;

/// What is open before an email address is confirmed, where that is required: the code itself, one's own page, and what keeps
/// a session. Public routes, among them the one out, are open as well.
const BEFORE_ACTIVATION: [&str; 5] = [ACTIVATION, "/profile", reauthentication::PATH, "/sessions", "/view-as/stop"];

/// Where they have to go first, whatever they wanted.
pub(crate) fn required_redirect(request: &ServiceRequest) -> Option<&'static str> {
    if awaits_activation(request) {
        return Some(ACTIVATION);
    }
    owes_second_step(request).then_some(SECURITY)
}

/// Where somebody sets up the second step that their group asks for; until then nothing else is open to them.
const SECURITY: &str = "/security";

/// Whether somebody has to set up a second step.
pub fn owes(user: &Actor, settings: &Settings) -> bool {
    user.impersonated_by.is_none()
        && match user.owes {
            None => false,
            Some(Owes::Group) => true,
            Some(Owes::Superuser) => settings.superusers_need_second_factor,
        }
}

/// The one place that leads those there who have to, whatever they wanted.
fn owes_second_step(request: &ServiceRequest) -> bool {
    let open = [SECURITY, reauthentication::PATH, "/sessions"];
    let Some(app) = request.app_data::<web::Data<App>>() else { return false };
    CurrentUser::of(request.request()).is_some_and(|user| owes(&user, &app.settings) && !is_held(&user, &app.settings))
        && !open.iter().any(|path| request.path().strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The one place that leads those to the code who have to type it first.
fn awaits_activation(request: &ServiceRequest) -> bool {
    let is_open = |path: &&str| request.path().strip_prefix(*path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(app) = request.app_data::<web::Data<App>>() else { return false };
    CurrentUser::of(request.request()).is_some_and(|user| is_held(&user, &app.settings)) && !BEFORE_ACTIVATION.iter().any(is_open)
}

/// Whether the settings hold somebody back until their address is confirmed. Not those who run the system: their mail may be
/// what has to be mended.
pub fn is_held(user: &Actor, settings: &Settings) -> bool {
    settings.activation == Activation::Required && user.unconfirmed && !user.is_superuser
}
