//! The harness: it collects the stories and runs them; people, browsers and programs are what a story is written with.
//!
//! The verbs of a [`Browser`] and of the [`Page`] that it gets:
//!
//! | verb | does | checks |
//! |---|---|---|
//! | `get` | requests an address | nothing |
//! | `open` | requests an address | the status is 200 |
//! | `fill` | opens a page and sends its main form with these values | the page opens |
//! | `complete` | fills, then follows the redirect | the form was accepted |
//! | `post` | sends these fields alone, with a valid CSRF token | nothing |
//! | `post_over` | the same with the record's current version | nothing |
//! | `post_pairs`, `upload`, `send` | sends exactly this: pairs, a file, bytes | nothing |
//! | `is` | | the status |
//! | `see`, `miss` | | the visible text contains this, or does not |
//! | `error` | returns the message at a field | the summary repeats and links to it |
//! | `all`, `attributes`, `value`, `has` | reads elements by CSS selector or name | nothing |
//! | `location` | returns the target of a redirect | the status is 303 |
//!
//! A [`Program`] has the verbs of HTTP (`get`, `post`, `put`, `patch`, `delete`) with JSON; `read` checks for 200, `refuses`
//! for a status and an error code. A [`Clinic`] adds accounts and records (`account`, `patient`, `doctor`, `record`), signs
//! people in (`administrator`, `receptionist`, `clerk`, `sign_in`), queries the database (`ask`), changes it directly
//! (`arrange`) and moves its clock (`wait`, `stop_the_clock`).

pub mod browser;
pub mod browsers;
pub mod busy;
pub mod chromium;
pub mod clinic;
pub mod database;
pub mod factors;
pub mod fake_provider;
pub mod folder;
pub mod harness;
pub mod page;
pub mod people;
pub mod process;
pub mod program;
pub mod sample;

pub use browser::Browser;
pub use clinic::Clinic;
pub use harness::run;
pub use page::Page;
pub use process::{binary, mail_server, oidc, redis, tools};
pub use program::Program;
