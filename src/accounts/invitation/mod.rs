//! Invitations to an existing account: the email, and the page that accepts it.

pub mod accept_page;
pub mod admin_page;
pub mod model;
pub mod with_record;
