//! The running application: what everything else is handed. Built once, then served until told to stop.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_identity::IdentityMiddleware;
use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpServer, web};
use time::Date;

use crate::accounts::api_token::ApiToken;
use crate::accounts::group::{self, Group, Permission};
use crate::accounts::identity::Identity;
use crate::accounts::profile_card::{self, ProfileCard};
use crate::accounts::registration_links_page;
use crate::accounts::session::Session;
use crate::accounts::sign_in_attempt::{self, SignIn};
use crate::accounts::user::User;
use crate::api::auth::token::Tokens;
use crate::api::counts::Counts;
use crate::api::known::Known;
use crate::api::openapi::Description;
use crate::api::rate::Calls;
use crate::api::shape::Catalogue;
use crate::clinic::doctor::Doctor;
use crate::clinic::mapping::Mapping;
use crate::clinic::patient::Patient;
pub use crate::clock::Clock;
use crate::db::{Connection, Db, UtcDateTime, Zone, migrations};
use crate::english::plural;
use crate::keys::Keys;
use crate::mail::queued::QueuedMail;
use crate::oidc::Providers;
use crate::passwords::Passwords;
use crate::resource::history::LogEntry;
use crate::resource::write::Writer;
use crate::resource::{Actor, Registry, Row, permissions};
use crate::settings::{SessionPlace, Settings};
use crate::transfer::progress::Progress;
use crate::web::admin_menu::AdminPage;
use crate::web::journal::Journal;
use crate::web::panel::Panel;
use crate::web::sessions::{Sessions, lasting};
use crate::web::{assets, cookies, current, envelope, problem};
use crate::{admin, api, health, routes};

/// The running dependencies.
pub struct App {
    pub settings: Settings,
    pub db: Db,
    pub registry: Registry,
    pub passwords: Passwords,
    /// Who else may say who people are.
    pub providers: Providers,
    pub keys: Arc<Keys>,
    pub tokens: Tokens,
    pub known: Known,
    pub calls: Calls,
    pub journal: Journal,
    pub clock: Clock,
    /// Pages of the administration that are no lists of records.
    pub pages: Vec<AdminPage>,
    /// Lines of the dashboard.
    pub panels: Vec<Panel>,
    /// Lines of people's profiles.
    pub profile_cards: Vec<ProfileCard>,
    /// When this process began.
    pub started: UtcDateTime,
    pub progress: Progress,
    /// What programs see of the resources.
    pub api: Catalogue,
    /// How long the long lists are.
    pub counts: Counts,
    /// The description of the API, once somebody asked for it.
    described: OnceLock<Description>,
}

/// Every resource of the product. A new one is one line here.
pub fn registry() -> Registry {
    Registry::default()
        .with(Patient::resource())
        .with(Doctor::resource())
        .with(Mapping::resource())
        .with(User::resource())
        .with(Group::resource())
        .with(Permission::resource())
        .with(Session::resource())
        .with(SignIn::resource())
        .with(Identity::resource())
        .with(ApiToken::resource())
        .with(LogEntry::resource())
        .with(QueuedMail::resource())
}

/// Every page that an area adds to the administration's menu. A new one is one line here and its door in `routes.rs`.
pub fn pages() -> Vec<AdminPage> {
    vec![registration_links_page::PAGE, admin::system::PAGE]
}

/// What the dashboard tells beside records, in this order. A new line is one line here.
pub fn panels() -> Vec<Panel> {
    vec![admin::system::PANEL, crate::mail::panel::PANEL, sign_in_attempt::PANEL]
}

/// What somebody's profile tells beside their names, in this order. A new line is one line here.
pub fn profile_cards() -> Vec<ProfileCard> {
    vec![
        profile_card::PASSWORD,
        profile_card::SECOND_STEP,
        profile_card::IDENTITIES,
        profile_card::SESSIONS,
        profile_card::TOKENS,
        profile_card::ACCOUNT,
    ]
}

impl App {
    /// Checks the declarations and puts the parts together; opens no connection yet.
    pub fn build(settings: Settings, clock: Clock) -> Result<Self, String> {
        let registry = registry().keeping(group::default_one(&settings));
        let wrong = registry.check();
        if !wrong.is_empty() {
            return Err(format!("the declarations have {}:\n- {}", plural(wrong.len() as i64, "error", "errors"), wrong.join("\n- ")));
        }
        let db = Db::new(settings.database_url.clone());
        let keys = Arc::new(Keys::new(settings.secret_key.clone()));
        Ok(Self {
            api: Catalogue::of(&registry),
            journal: Journal::new(db.clone(), keys.clone()),
            db,
            tokens: Tokens::new(&keys),
            known: Known::default(),
            calls: Calls::default(),
            keys,
            passwords: Passwords::new(),
            providers: Providers::new(&settings.providers),
            registry,
            settings,
            started: clock.now(),
            clock,
            pages: pages(),
            panels: panels(),
            profile_cards: profile_cards(),
            progress: Progress::default(),
            counts: Counts::default(),
            described: OnceLock::new(),
        })
    }

    /// The description of the API: drawn once, for it does not change while the process lives.
    pub fn description(&self) -> Result<&Description, String> {
        if let Some(drawn) = self.described.get() {
            return Ok(drawn);
        }
        let drawn = Description::draw(self)?;
        Ok(self.described.get_or_init(|| drawn))
    }

    pub fn now(&self) -> UtcDateTime {
        self.clock.now()
    }

    /// The date on the clinic's wall.
    pub fn today(&self) -> Date {
        self.settings.time_zone.date(self.now())
    }

    /// How this person reads times: in their zone and order, or in the clinic's.
    pub fn zone(&self, actor: &Actor) -> Zone {
        actor.zone(&self.settings.time_zone)
    }

    /// The same for the owner of an account, who is written to.
    pub fn zone_of(&self, owner: &Row) -> Zone {
        let text = |name| owner.values.at(name).as_text();
        self.settings.time_zone.read_by(text("time_zone"), text("locale"))
    }

    /// Does something for somebody, inside a transaction that the caller opened; what it did is in the log when it
    /// returns. Nothing is written by hand in any other way.
    pub fn act<T, E: From<diesel::result::Error>>(
        &self,
        c: &mut Connection,
        actor: &Actor,
        work: impl FnOnce(&mut Connection, &Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let writer = Writer::new(&self.registry, actor, &self.settings.time_zone, &self.keys, self.now());
        let done = work(c, &writer)?;
        writer.finish(c)?;
        Ok(done)
    }

    /// Brings the database up to date and adds the permissions that are new. Returns what ran.
    pub fn migrate(&self) -> Result<Vec<String>, String> {
        let mut c = crate::db::connection::open(&self.settings.database_url, crate::db::connection::Purpose::Write)
            .map_err(|error| error.to_string())?;
        let ran = migrations::run(&mut c)?;
        let now = self.now();
        crate::db::connection::transaction(&mut c, |c| permissions::sync(c, &self.registry, now)).map_err(|error| error.to_string())?;
        Ok(ran)
    }
}

/// The server over this application; it listens already and runs when it is awaited, until its handle stops it.
pub fn server(app: web::Data<App>, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        actix_web::App::new().configure(|config| whole(config, &app)).wrap(from_fn(envelope::wrap)).app_data(app.clone())
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

/// What needs no session first, then the pages.
fn whole(config: &mut web::ServiceConfig, app: &web::Data<App>) {
    let settings = &app.settings;
    let store = Sessions::new(app);
    // A session that lives in its cookie is encrypted; a key to one elsewhere is signed.
    let (purpose, security) = match settings.session_store {
        SessionPlace::Cookie => ("cookie: sealed session", CookieContentSecurity::Private),
        _ => ("cookie: session", CookieContentSecurity::Signed),
    };
    let sessions = SessionMiddleware::builder(store.clone(), Key::from(&app.keys.derive(purpose)))
        .cookie_name(cookies::SESSION.full(app))
        .cookie_secure(settings.is_https())
        .cookie_same_site(SameSite::Lax)
        .cookie_content_security(security)
        .session_lifecycle(BrowserSession::default())
        .build();
    config
        .app_data(web::Data::new(store.clone()))
        .route("/healthz", web::get().to(health::healthz))
        .route("/readyz", web::get().to(health::readyz))
        .service(web::resource("/static/{name:.*}").wrap(Compress::default()).route(web::get().to(assets::serve)))
        .service(api::scope(app))
        .service(
            web::scope("")
                .wrap(from_fn(problem::draw))
                .wrap(from_fn(current::identify))
                .wrap(IdentityMiddleware::default())
                .wrap(sessions)
                .wrap(from_fn(lasting::last))
                .configure(|config| crate::web::access::hang(config, routes::doors(), crate::accounts::again_page::settle)),
        );
}
