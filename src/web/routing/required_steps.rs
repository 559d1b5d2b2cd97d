//! Steps that a signed-in user may have to complete before anything else: confirming their address, and setting up the second
//! factor that their group requires.

use actix_web::dev::ServiceRequest;
use actix_web::web;

use super::reauthentication;
use crate::app::App;
use crate::resource::Actor;
use crate::resource::access::actor::Owes;
use crate::settings::{Activation, Settings};
use crate::web::paths::ACTIVATION;
use crate::web::request::current_user::CurrentUser;

/// Paths that are open before an email address is confirmed, if that is required: the page for the code, the profile, and the
/// pages that the session needs. Public routes, including signing out, are open as well.
const BEFORE_ACTIVATION: [&str; 5] = [ACTIVATION, "/profile", reauthentication::PATH, "/sessions", "/view-as/stop"];

/// The page that the user has to visit first.
pub(crate) fn required_redirect(request: &ServiceRequest) -> Option<&'static str> {
    if awaits_activation(request) {
        return Some(ACTIVATION);
    }
    owes_second_step(request).then_some(SECURITY)
}

/// The page to set up the second factor that a group requires; until then only a few other pages are open.
const SECURITY: &str = "/security";

/// Whether the user has to set up a second factor.
pub fn owes(user: &Actor, settings: &Settings) -> bool {
    user.impersonated_by.is_none()
        && match user.owes {
            None => false,
            Some(Owes::Group) => true,
            Some(Owes::Superuser) => settings.superusers_need_second_factor,
        }
}

/// Whether this request must be redirected to set up a second factor.
fn owes_second_step(request: &ServiceRequest) -> bool {
    let open = [SECURITY, reauthentication::PATH, "/sessions"];
    let Some(app) = request.app_data::<web::Data<App>>() else { return false };
    CurrentUser::of(request.request()).is_some_and(|user| owes(&user, &app.settings) && !is_held(&user, &app.settings))
        && !open.iter().any(|path| request.path().strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Whether this request must be redirected to confirm the address.
fn awaits_activation(request: &ServiceRequest) -> bool {
    let is_open = |path: &&str| request.path().strip_prefix(*path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(app) = request.app_data::<web::Data<App>>() else { return false };
    CurrentUser::of(request.request()).is_some_and(|user| is_held(&user, &app.settings)) && !BEFORE_ACTIVATION.iter().any(is_open)
}

/// Whether the settings require the user to confirm their address first. Superusers are exempt, because they may have to repair
/// the email settings.
pub fn is_held(user: &Actor, settings: &Settings) -> bool {
    settings.activation == Activation::Required && user.unconfirmed && !user.is_superuser
}
