#![forbid(unsafe_code)]
pub mod accounts;
pub mod clinic;
pub mod db;
pub mod error;
pub mod keys;
pub mod passwords;
pub mod resource;
pub mod settings;
