//! Collects the stories and runs each on every available database.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use self::stopwatch::Stopwatch;
use super::clinic::Clinic;
use super::database::Backend;
use super::{browsers, chromium, mail_server, oidc, redis, tools};

pub mod statements;
pub mod stopwatch;

type StoryRun = Pin<Box<dyn Future<Output = ()>>>;

/// A test about a user of the clinic.
pub struct Story {
    pub place: &'static str,
    pub name: &'static str,
    pub run: fn(Clinic) -> StoryRun,
    pub needs: Needs,
}

/// The kind of a story with a browser.
const BROWSER: &str = "browser";

/// What a machine may lack.
#[derive(Clone, Copy)]
pub enum Needs {
    Nothing,
    Browser,
    /// The browser and axe-core, which checks accessibility.
    Axe,
    /// A real mail server: python3 with aiosmtpd.
    Smtp,
    /// A real client of the API: python3 with requests and PyJWT.
    Client,
    /// A real OpenID Connect provider: node with oidc-provider.
    Oidc,
    /// The provider, the browser and axe-core.
    OidcBrowser,
    /// A real Redis server: redis-server.
    Redis,
    /// schemathesis, which checks the API against its description.
    Schemathesis,
    /// A generator of clients, and a validator of the description.
    Generator,
    /// A program that reads calendars, and the mail server that receives them.
    Calendar,
    /// vdirsyncer and the Python package caldav.
    CalDav,
    /// Node with ical.js.
    IcalJs,
}

impl Needs {
    /// What the measured times are added up by.
    fn kind(self) -> &'static str {
        match self {
            Self::Browser | Self::Axe | Self::OidcBrowser => BROWSER,
            Self::Nothing => "story",
            _ => "story with a foreign program",
        }
    }

    /// The requirement that is missing, if any, and why.
    fn missing(self) -> Option<(&'static str, String)> {
        let browser = || chromium::is_available().err().map(|why| ("browser", why));
        match self {
            Self::Nothing => None,
            Self::Browser => browser(),
            Self::Smtp => mail_server::is_available().err().map(|why| ("smtp", why)),
            Self::Client => crate::api::client::is_available().err().map(|why| ("python-client", why)),
            Self::Oidc => oidc::is_available().err().map(|why| ("oidc", why)),
            Self::OidcBrowser => Self::Axe.missing().or_else(|| Self::Oidc.missing()),
            Self::Schemathesis => tools::find("schemathesis").err().map(|why| ("schemathesis", why)),
            Self::Generator => tools::both().err().map(|why| ("openapi-client", why)),
            Self::Calendar => Self::Smtp.missing().or_else(|| tools::calendar_reader().err().map(|why| ("icalendar", why))),
            Self::CalDav => tools::caldav().err().map(|why| ("caldav", why)),
            Self::IcalJs => tools::ical_js().err().map(|why| ("ical.js", why)),
            Self::Redis => redis::is_available().err().map(|why| ("redis", why)),
            Self::Axe => browser().or_else(|| chromium::axe().as_ref().err().map(|why| ("axe", why.clone()))),
        }
    }
}

/// A test that needs no clinic and no database.
pub struct Fact {
    pub place: &'static str,
    pub name: &'static str,
    pub check: fn(),
}

inventory::collect!(Story);
inventory::collect!(Fact);

/// Lists the stories of a file: its table of contents.
#[macro_export]
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        $(inventory::submit! { $crate::support::harness::Story {
            place: module_path!(), name: stringify!($name), run: |clinic| Box::pin($name(clinic)), needs: $crate::support::harness::Needs::Nothing,
        } })+
    };
    ($needs:ident: $($name:ident),+ $(,)?) => {
        $(inventory::submit! { $crate::support::harness::Story {
            place: module_path!(), name: stringify!($name), run: |clinic| Box::pin($name(clinic)), needs: $crate::support::harness::Needs::$needs,
        } })+
    };
}

#[macro_export]
macro_rules! facts {
    ($($name:ident),+ $(,)?) => {
        $(inventory::submit! { $crate::support::harness::Fact { place: module_path!(), name: stringify!($name), check: $name } })+
    };
}

/// Whether `PRAXIS_TEST_REQUIRE` makes a missing requirement a failure.
fn is_required(what: &str) -> bool {
    std::env::var("PRAXIS_TEST_REQUIRE").is_ok_and(|list| list.split(',').any(|name| name.trim() == what))
}

/// A trial that reports why a story cannot run: as ignored or, if it is required, as failed.
fn report_missing(name: String, what: &'static str, why: String) -> Trial {
    if is_required(what) {
        return Trial::test(name, move || Err(Failed::from(format!("{what} is required, but {why}"))));
    }
    Trial::ignorable_test(name, move || Ok(Completion::ignored_with(why)))
}

pub fn run() -> ExitCode {
    statements::install();
    let mut arguments = Arguments::from_args();
    // Some stories wait for a timeout and should not delay the others.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    arguments.test_threads.get_or_insert(3 * cores);
    let (mut trials, mut in_browsers) = (Vec::new(), Vec::new());
    for fact in inventory::iter::<Fact> {
        let name = title(fact.place, fact.name);
        trials.push(Trial::test(name.clone(), move || {
            let _stopwatch = Stopwatch::start(&name, "fact".into());
            (fact.check)();
            Ok(())
        }));
    }
    for story in inventory::iter::<Story> {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            let trial = trial(story, backend);
            if story.needs.kind() == BROWSER { in_browsers.push(trial) } else { trials.push(trial) }
        }
    }
    // By name, because that begins with the longest: the pages that are checked for accessibility.
    in_browsers.sort_by(|one, other| one.name().cmp(other.name()));
    let conclusion = libtest_mimic::run(&arguments, spread(in_browsers, trials));
    browsers::end();
    super::database::tidy();
    stopwatch::report();
    conclusion.exit_code()
}

fn trial(story: &'static Story, backend: Backend) -> Trial {
    let name = format!("{} [{}]", title(story.place, story.name), backend.name());
    let missing = backend.is_available().err().map(|why| ("postgres", why)).or_else(|| story.needs.missing());
    match missing {
        Some((what, why)) => report_missing(name, what, why),
        None => Trial::test(name.clone(), move || {
            let _stopwatch = Stopwatch::start(&name, format!("{} [{}]", story.needs.kind(), backend.name()));
            run_story(story, backend);
            Ok(())
        }),
    }
}

/// Stories with a browser wait for one another, so they are spread among the others, which go on meanwhile.
fn spread(few: Vec<Trial>, many: Vec<Trial>) -> Vec<Trial> {
    let distance = many.len() / few.len().max(1) + 1;
    let mut few = few.into_iter();
    let mut all = Vec::new();
    for (place, trial) in many.into_iter().enumerate() {
        if place % distance == 0 {
            all.extend(few.next());
        }
        all.push(trial);
    }
    all.extend(few);
    all
}

fn title(place: &str, name: &str) -> String {
    format!("{}::{}", place.trim_start_matches("praxis::"), name)
}

fn run_story(story: &'static Story, backend: Backend) {
    actix_web::rt::System::new().block_on(async move {
        let clinic = Clinic::open(backend).await;
        let server = clinic.server.clone();
        (story.run)(clinic).await;
        server.stop(false).await;
    });
}
