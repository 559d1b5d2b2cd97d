//! Signing in: password, second step, passkey, re-authentication, signing out.

pub mod authenticated;
pub mod first_admin;
pub mod known_browser;
pub mod page;
pub mod passkey;
pub mod password;
pub mod pending;
pub mod reauthentication;
pub mod rehash;
pub mod second_step;
pub mod session;
pub mod set_up_questions;
pub mod sign_out;
