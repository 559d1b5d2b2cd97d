//! Collects the stories and tells each on every database that is there.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::chromium;
use super::clinic::Clinic;
use super::database::Backend;

type Told = Pin<Box<dyn Future<Output = ()>>>;

/// A test about somebody who uses the clinic.
pub struct Story {
    pub place: &'static str,
    pub name: &'static str,
    pub tell: fn(Clinic) -> Told,
    /// Needs Chromium.
    pub in_browser: bool,
}

/// A test that needs no clinic and no database.
pub struct Fact {
    pub place: &'static str,
    pub name: &'static str,
    pub check: fn(),
}

inventory::collect!(Story);
inventory::collect!(Fact);

/// Names the stories of a file: its table of contents.
#[macro_export]
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        $(inventory::submit! { $crate::support::story::Story {
            place: module_path!(), name: stringify!($name), tell: |clinic| Box::pin($name(clinic)), in_browser: false,
        } })+
    };
    (in browser: $($name:ident),+ $(,)?) => {
        $(inventory::submit! { $crate::support::story::Story {
            place: module_path!(), name: stringify!($name), tell: |clinic| Box::pin($name(clinic)), in_browser: true,
        } })+
    };
}

#[macro_export]
macro_rules! facts {
    ($($name:ident),+ $(,)?) => {
        $(inventory::submit! { $crate::support::story::Fact { place: module_path!(), name: stringify!($name), check: $name } })+
    };
}

/// Whether `PRAXIS_TEST_REQUIRE` turns the lack of this into a failure.
fn is_required(what: &str) -> bool {
    std::env::var("PRAXIS_TEST_REQUIRE").is_ok_and(|list| list.split(',').any(|name| name.trim() == what))
}

/// A trial that says why it cannot be told here, as ignored or, where it must, as failed.
fn lacking(name: String, what: &'static str, why: String) -> Trial {
    if is_required(what) {
        return Trial::test(name, move || Err(Failed::from(format!("{what} is required, but {why}"))));
    }
    Trial::ignorable_test(name, move || Ok(Completion::ignored_with(why)))
}

pub fn run() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Some stories wait for a deadline; they should not keep the others waiting.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    arguments.test_threads.get_or_insert(3 * cores);
    let mut trials = Vec::new();
    for fact in inventory::iter::<Fact> {
        trials.push(Trial::test(title(fact.place, fact.name), move || {
            (fact.check)();
            Ok(())
        }));
    }
    for story in inventory::iter::<Story> {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            let name = format!("{} [{}]", title(story.place, story.name), backend.name());
            trials.push(match (backend.is_there(), story.in_browser.then(chromium::is_there)) {
                (Err(why), _) => lacking(name, "postgres", why),
                (_, Some(Err(why))) => lacking(name, "browser", why),
                _ => Trial::test(name, move || {
                    tell(story, backend);
                    Ok(())
                }),
            });
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    super::database::tidy();
    conclusion.exit_code()
}

fn title(place: &str, name: &str) -> String {
    format!("{}::{}", place.trim_start_matches("praxis::"), name)
}

fn tell(story: &'static Story, backend: Backend) {
    actix_web::rt::System::new().block_on(async move {
        let clinic = Clinic::open(backend).await;
        let server = clinic.server.clone();
        (story.tell)(clinic).await;
        server.stop(false).await;
    });
}
