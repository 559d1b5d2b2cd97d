//! Sessions. The browser holds a key, or with `SESSION_STORE=cookie` the sealed state itself; whose session it is and
//! whether it may go on is asked of the database with every request, wherever the state lives.
//!
//! `store` loads and saves, `row`, `redis` and `sealed` are the three places, `who` adds the person, `presence` notes that
//! somebody is there, `lasting` lets the cookie of a remembered sign-in outlive the browser.

pub mod end;
pub mod identify;
pub mod lasting;
pub mod presence;
mod redis;
mod row;
mod sealed;
pub mod state;
pub mod stay;
pub mod store;
pub mod view_as;
mod who;

pub use crate::settings::session_limits::{Left, Limits, Standing};
pub use crate::web::sessions::lasting::remember;
pub use crate::web::sessions::presence::keep;
pub use crate::web::sessions::store::Sessions;
