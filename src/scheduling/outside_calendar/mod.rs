//! Calendars of other programs, by their address: while a doctor has something in one of them, nothing can be booked.
//!
//! A worker ([`worker`]) fetches them ([`fetch`]), never a request. What it reads is kept as busy times ([`store`]), which the rule
//! of free times respects. When a fetch fails, the busy times stay as they were.

pub mod address;
pub mod busy;
mod fetch;
pub mod model;
mod network;
pub mod new_page;
pub mod page;
mod store;
pub mod worker;
