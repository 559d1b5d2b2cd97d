//! Invitations to an account that exists already: the mail, and the page that accepts it.

pub mod accept_page;
pub mod admin_page;
pub mod model;
pub mod with_record;
