//! The HTTP server: every middleware and every route, in the order in which a request meets them.
//!
//! 1. `outermost` (a request id, the host, security headers, limits on the address, any error that is left)
//! 2. health checks, static files, the API and the calendars of CalDAV, which need no session
//! 3. for pages: `compression`, `sessions::lasting` (how long the cookie lasts), the session, the identity,
//!    `identify` (the user with their permissions), `error_pages` (errors become pages)
//! 4. `routing`: who may use the route, required steps, recent re-authentication, then the body and its form token
//! 5. the handler

use std::net::TcpListener;
use std::time::Duration;

use actix_identity::IdentityMiddleware;
use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{HttpServer, web};

use crate::accounts::sign_in;
use crate::api::state::State;
use crate::app::App;
use crate::scheduling::caldav;
use crate::settings::SessionPlace;
use crate::web::middleware::{compression, error_pages, outermost};
use crate::web::page::assets;
use crate::web::request::cookies;
use crate::web::routing::moved;
use crate::web::routing::page_links;
use crate::web::routing::route::{self, Pages};
use crate::web::routing::segments::Segments;
use crate::web::sessions::{Sessions, identify, lasting};
use crate::web::site::Site;
use crate::{api, health, product, routes};

/// The server for this application. It listens at once and runs when awaited, until its handle stops it.
pub fn server(app: Data<App>, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let pages = page_links::all(&routes::routes(), &app.registry);
    let (panels, steps) = (product::panels(), product::set_up_steps());
    let site = Data::new(Site { pages, panels, steps, extensions: product::record_extensions(), today: product::today_cards() });
    let cards = Data::new(product::profile_cards());
    let state = Data::new(State::new(app.clone(), api::describe));
    // One for all workers, because it remembers sessions for a moment.
    let sessions = Data::new(Sessions::new(&app));
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .configure(|config| whole(config, &app, &state, &sessions))
            .wrap(from_fn(outermost::wrap))
            .app_data(app.clone())
            .app_data(state.clone())
            .app_data(site.clone())
            .app_data(cards.clone())
    })
    .workers(workers)
    .client_request_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(30))
    .shutdown_timeout(25)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}

/// The pages for users who have to sign in, or to re-authenticate.
const PAGES: Pages = Pages { sign_in: sign_in::page::with_form, reauthenticate: sign_in::reauthentication::settle };

/// Everything that needs no session first, then the pages.
fn whole(config: &mut web::ServiceConfig, app: &Data<App>, state: &Data<State>, store: &Data<Sessions>) {
    let settings = &app.settings;
    // A session stored in its cookie is encrypted; the key of one stored elsewhere is signed.
    let (purpose, security) = match settings.session_store {
        SessionPlace::Cookie => ("cookie: sealed session", CookieContentSecurity::Private),
        _ => ("cookie: session", CookieContentSecurity::Signed),
    };
    let sessions = SessionMiddleware::builder(store.get_ref().clone(), Key::from(&app.keys.derive(purpose)))
        .cookie_name(cookies::SESSION.full(app))
        .cookie_secure(settings.is_https())
        .cookie_same_site(SameSite::Lax)
        .cookie_content_security(security)
        .session_lifecycle(BrowserSession::default())
        .build();
    config
        .app_data(store.clone())
        .service(web::resource("/healthz").get(health::healthz).route(web::head().to(health::healthz)))
        .service(web::resource("/readyz").get(health::readyz).route(web::head().to(health::readyz)))
        .service(web::resource("/static/{name:.*}").get(assets::serve).route(web::head().to(assets::serve)))
        .service(api::routes::scope(state))
        .service(caldav::routes::well_known())
        .service(caldav::routes::scope())
        .service(
            web::scope("")
                .wrap(from_fn(error_pages::render))
                .wrap(from_fn(identify::identify))
                .wrap(IdentityMiddleware::default())
                .wrap(sessions)
                .wrap(from_fn(lasting::last))
                .wrap(from_fn(compression::compress))
                .configure(|config| {
                    // Old addresses first, so that a gap of a new one does not take them.
                    let mut segments = Segments::default();
                    moved::add(&mut segments, routes::MOVED);
                    route::add(&mut segments, routes::routes(), PAGES);
                    segments.mount(config, |scope| scope);
                }),
        );
}
