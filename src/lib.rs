#![forbid(unsafe_code)]
//! Praxis, a clinic system. A request walks through the house in one direction:
//!
//! [`routes`] says which handler and who may pass → the middleware in [`web`] (host, headers, session, form token, limits) →
//! the handler of an area ([`accounts`], [`clinic`]) or of the generated [`admin`] → one crossing into the database
//! ([`db::Db::read`], [`db::Db::write`]) → a page drawn by a template, or on to another page with a message.
//!
//! One idea carries the rest: a model is declared once ([`resource!`]), and the admin, the forms, the permissions, the
//! search and the history follow from the declaration. Everything is written through [`resource::write::writer::Writer`], which
//! stores a record and its log entry in one transaction.
//!
//! Mail is a row beside its cause ([`mail::outbox`]); a worker sends it. Providers that say who somebody is are asked by
//! [`oidc`], which knows neither pages nor tables.
//!
//! Programs are answered by the [`api`], which draws JSON from the same declarations.
//!
//! Below: `db` knows nothing of the others; `resource` knows `db`; `mail` and `web` know both; areas, `admin` and `api` know `web` and not
//! each other; [`app`] and [`routes`] know them all.

pub mod accounts;
pub mod admin;
pub mod api;
pub mod app;
pub mod backup;
pub mod cli;
pub mod clinic;
pub mod clock;
pub mod crypto;
pub mod db;
pub mod demo;
pub mod deploy_checks;
pub mod english;
pub mod error;
pub mod health;
pub mod mail;
pub mod oidc;
pub mod product;
pub mod progress;
pub mod rate_limit;
pub mod read_log;
pub mod resource;
pub mod routes;
pub mod server;
pub mod settings;
pub mod transfer;
pub mod web;
