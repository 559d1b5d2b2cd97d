//! What people are told of appointments: mails with invitations, reminders, text messages, notifications, and feeds for calendars.

mod calendars;
mod channels;
pub mod clients;
pub mod feeds;
mod notifications;
mod reminders;
mod summer_time;
pub mod telling;
