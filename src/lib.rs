#![forbid(unsafe_code)]
//! Praxis, a clinic system. A request walks through it in one direction:
//!
//! [`server`] says the order of the middleware → [`routes`] maps the address to a handler and says who may use it → the handler
//! of an area ([`accounts`], [`clinic`], [`scheduling`], [`notes`]) or of the generated [`admin`] → one transaction ([`db::Db::read`], [`db::Db::write`]) →
//! a page rendered by a template, or a redirect with a message.
//!
//! A model is declared once ([`resource!`]). The administration, the forms, the permissions, the search, the history and the JSON
//! [`api`] follow from the declaration. [`resource::write::writer::Writer`] stores a record and its log entry in one transaction.
//! An email is stored as a row in the same transaction as the change that causes it ([`mail::outbox`]), and a worker sends it.
//!
//! Folders and files import only from the lines below their own. Each line lists what its left side may import directly; whatever
//! those import is allowed as well. A test compares the `use` lines with this list.
//!
//! ```text
//! main → cli
//! cli → server demo
//! server → routes product health
//! routes, product → accounts clinic scheduling notes admin api
//! demo → notes scheduling clinic accounts
//! api → scheduling accounts
//! admin → transfer mail backup deploy_checks
//! accounts → mail
//! notes → scheduling
//! scheduling → clinic transfer
//! clinic → accounts
//! mail, health → web
//! web, transfer, backup, deploy_checks → app
//! app → read_log oidc rate_limit progress passwords
//! passwords → error
//! read_log → error
//! error → resource
//! resource → settings english email_address ical
//! settings → oidc rate_limit
//! oidc, rate_limit → crypto email_address http_client
//! crypto, ical → db
//! db, english, email_address, http_client, progress →
//! ```

pub mod accounts;
pub mod admin;
pub mod api;
pub mod app;
pub mod backup;
pub mod cli;
pub mod clinic;
pub mod crypto;
pub mod db;
pub mod demo;
pub mod deploy_checks;
pub mod email_address;
pub mod english;
pub mod error;
pub mod health;
pub mod http_client;
pub mod ical;
pub mod mail;
pub mod notes;
pub mod oidc;
pub mod passwords;
pub mod product;
pub mod progress;
pub mod rate_limit;
pub mod read_log;
pub mod resource;
pub mod routes;
pub mod scheduling;
pub mod server;
pub mod settings;
pub mod transfer;
pub mod web;
