//! How stories are told: the cast, their browsers, the clinic they visit.

pub mod binary;
pub mod browser;
pub mod chromium;
pub mod clinic;
pub mod database;
pub mod factors;
pub mod fake_provider;
pub mod harness;
pub mod mail_server;
pub mod oidc;
pub mod page;
pub mod people;
pub mod program;
pub mod redis;
pub mod sample;
pub mod tools;

pub use browser::Browser;
pub use clinic::Clinic;
pub use harness::run;
pub use page::Page;
pub use program::Program;
