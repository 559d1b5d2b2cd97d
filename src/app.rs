//! The running application: the dependencies that handlers use. It imports nothing from the layers above; `product.rs` lists the
//! resources, pages and panels, and `server.rs` serves them.

use std::sync::Arc;

use time::Date;

use crate::crypto::keys::Keys;
use crate::db::recent::Moment;
use crate::db::{Connection, Db, DbError, UtcDateTime, Zone, migrations};
use crate::english::plural;
use crate::oidc::Providers;
use crate::passwords::Passwords;
use crate::progress::Progress;
use crate::rate_limit::Calls;
use crate::read_log::queue::ReadLog;
use crate::resource::access::permissions;
use crate::resource::checks;
use crate::resource::declare::hooks::Here;
use crate::resource::list::count::Counts;
use crate::resource::list::search::vocabulary::Vocabulary;
use crate::resource::rebuild::rebuild;
use crate::resource::write::writer::Writer;
use crate::resource::{Actor, FormErrors, Registry, Row};
use crate::settings::{ClinicDetails, Decided, KnownDetails, Registration, Settings};

pub use crate::db::clock::Clock;

/// The running dependencies.
pub struct App {
    pub settings: Settings,
    pub db: Db,
    pub registry: Registry,
    pub passwords: Passwords,
    /// What the clinic decided, such as who may register.
    pub decided: Decided,
    /// What the clinic is called, unless a setting says so.
    pub known_details: KnownDetails,
    /// The OpenID Connect providers that users can sign in with.
    pub providers: Providers,
    pub keys: Arc<Keys>,
    pub calls: Calls,
    pub read_log: ReadLog,
    /// Counts of long lists, for a few seconds.
    pub counts: Counts,
    /// The words of names, for searches with a mistake.
    vocabulary: Vocabulary,
    pub clock: Clock,
    /// When this process started.
    pub started: UtcDateTime,
    pub progress: Progress,
}

impl App {
    /// The errors of a record that could not be stored; after a collision with what can be had instead.
    pub async fn offering(&self, actor: &Actor, name: &str, errors: FormErrors) -> Result<FormErrors, DbError> {
        let Some((resource, collided)) = self.registry.get(name).zip(errors.collided().cloned()) else { return Ok(errors) };
        let find = resource.offers();
        let (now, clinic, zone) = (self.now(), self.clinic_zone(), self.zone(actor));
        let offers = self.db.read(move |c| {
            let here = Here { now, clinic: &clinic, zone: &zone };
            find(c, &collided, &here).map_err(DbError::from)
        });
        let offers = offers.await?;
        Ok(errors.offering(&offers.hint, offers.values))
    }

    /// Checks the declarations of this registry, usually `product::registry()`, and creates the parts; opens no connection yet.
    /// The error describes the wrong declaration.
    pub fn build(settings: Settings, clock: Clock, registry: Registry) -> Result<Self, String> {
        let registry = registry.configured(&settings);
        let wrong = checks::check(&registry);
        if !wrong.is_empty() {
            return Err(format!("the declarations have {}:\n- {}", plural(wrong.len() as i64, "error", "errors"), wrong.join("\n- ")));
        }
        let db = Db::new(settings.database_url.clone());
        let keys = Arc::new(Keys::new(settings.secret_key.clone()));
        Ok(Self {
            read_log: ReadLog::new(db.clone(), keys.clone()),
            db,
            calls: Calls::default(),
            counts: Counts::default(),
            vocabulary: Vocabulary::default(),
            keys,
            passwords: Passwords::new(),
            decided: Decided::default(),
            known_details: KnownDetails::default(),
            providers: Providers::new(&settings.providers),
            registry,
            settings,
            started: clock.now(),
            clock,
            progress: Progress::default(),
        })
    }

    /// Who may create an account.
    pub fn registration(&self) -> Registration {
        self.decided.registration(&self.settings)
    }

    /// What the clinic decided about itself.
    pub fn details(&self) -> Arc<ClinicDetails> {
        self.known_details.get()
    }

    /// The clinic's name: as the setting says, else as the clinic decided.
    pub fn clinic_name(&self) -> String {
        let decided = if self.settings.names_clinic { None } else { self.details().name.clone() };
        decided.unwrap_or_else(|| self.settings.clinic_name.clone())
    }

    /// The clinic's time zone, in the same way.
    pub fn clinic_zone(&self) -> Zone {
        let given = &self.settings.time_zone;
        let decided = if self.settings.names_time_zone { None } else { self.details().time_zone.clone() };
        decided.map_or_else(|| given.clone(), |zone| zone.with_currency(given.currency().clone()))
    }

    pub fn now(&self) -> UtcDateTime {
        self.clock.now()
    }

    /// For what is kept of the database's recent answers.
    pub fn moment(&self) -> Moment {
        Moment::now(&self.db, self.now())
    }

    /// For searches: the words of names, and the time by which they may be outdated.
    pub fn words(&self) -> (&Vocabulary, UtcDateTime) {
        (&self.vocabulary, self.now())
    }

    /// The current date in the clinic's time zone.
    pub fn today(&self) -> Date {
        self.clinic_zone().date(self.now())
    }

    /// The current date where this user is, for lists and what they show.
    pub fn today_of(&self, actor: &Actor) -> Date {
        self.zone(actor).date(self.now())
    }

    /// The last date that has begun for this user or for the clinic: a date up to it is not in the future.
    pub fn latest_today(&self, actor: &Actor) -> Date {
        self.today().max(self.today_of(actor))
    }

    /// The time zone and date format of this user, or the clinic's.
    pub fn zone(&self, actor: &Actor) -> Zone {
        actor.zone(&self.clinic_zone())
    }

    /// The same for the owner of an account, as the recipient of an email.
    pub fn zone_of(&self, owner: &Row) -> Zone {
        let text = |name| owner.values.at(name).as_text();
        self.clinic_zone().read_by(text("time_zone"), text("locale"))
    }

    /// Runs `work` on behalf of `actor`, inside a transaction that the caller opened, and appends what it did to the log. Every
    /// change to a record goes through here.
    pub fn act<T, E: From<diesel::result::Error>>(
        &self,
        c: &mut Connection,
        actor: &Actor,
        work: impl FnOnce(&mut Connection, &Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let zone = self.clinic_zone();
        let writer = Writer::new(&self.registry, actor, &zone, &self.keys, self.now());
        let done = work(c, &writer)?;
        writer.append_log(c)?;
        Ok(done)
    }

    /// Runs the pending migrations and adds missing permissions. Returns the names of the migrations that ran. The error is text
    /// for the operator.
    pub fn migrate(&self) -> Result<Vec<String>, String> {
        let mut c = crate::db::connection::open(&self.settings.database_url, crate::db::connection::Purpose::Write)
            .map_err(|error| error.to_string())?;
        let ran = migrations::run(&mut c)?;
        let now = self.now();
        crate::db::connection::transaction(&mut c, |c| permissions::sync(c, &self.registry, now)).map_err(|error| error.to_string())?;
        let mut shown = |plural: &str, done: u64| {
            if done > 0 && done.is_multiple_of(10_000) {
                tracing::info!("prepared the search of {done} {}", plural.to_lowercase());
            }
        };
        rebuild(&mut c, &self.registry, &mut shown).map_err(|error| error.to_string())?;
        Ok(ran)
    }
}
