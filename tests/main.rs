//! The whole test suite in one binary: each story is told on SQLite and on PostgreSQL, with a database of its own, to
//! the application that production starts. What a machine lacks is reported as ignored, by name.

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
mod support;
mod transfer;
mod walkthrough;
mod web;

fn main() -> std::process::ExitCode {
    support::run()
}
