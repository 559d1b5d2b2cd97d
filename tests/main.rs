//! The whole test suite in one binary. Each story runs on SQLite and on PostgreSQL, with a database of its own, against the
//! application as production starts it. Requirements that a machine lacks are reported as ignored, by name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that is surprised fails loudly"
)]

mod accounts;
mod admin;
mod api;
mod browser;
mod cli;
mod clinic;
mod db;
mod house;
mod kinds;
mod mail;
mod notes;
mod scheduling;
mod support;
mod transfer;
mod walkthrough;
mod web;

fn main() -> std::process::ExitCode {
    support::run()
}
