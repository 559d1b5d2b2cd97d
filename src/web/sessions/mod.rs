//! Sessions. The browser holds a key, or with `SESSION_STORE=cookie` the encrypted state itself. Wherever the state is stored,
//! the database is queried for the session's user and whether it is still valid. A request that only reads may use the answer of
//! the last second.
//!
//! `store` loads and saves; `row`, `redis` and `sealed` are the three places; `who` adds the user; `presence` records activity;
//! `lasting` makes the cookie of a remembered sign-in persistent.

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
