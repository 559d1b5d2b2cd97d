//! Calendars for programs that sign in (CalDAV, RFC 4791), to read only. They show what the calendar feeds show.
//!
//! The user is the username or the email address, the password an access token. Every request is answered from one snapshot of the
//! database: [`calendars`] are those that the user may see, [`objects`] their events, [`states`] what programs knew before.

mod answer;
mod authentication;
mod calendars;
mod objects;
mod place;
mod properties;
mod propfind;
mod report;
mod request;
pub mod routes;
pub mod states;
mod xml;
