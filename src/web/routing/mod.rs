//! Routes and who may use them: access checks, required steps, re-authentication.

pub mod access;
pub mod moved;
pub mod page_links;
pub mod reauthentication;
pub mod required_steps;
pub mod route;
pub mod segments;
pub mod title;
pub mod waiting_form;
