//! Access tokens: the token pairs and personal tokens that programs sign in with.

pub mod family;
pub mod model;
pub mod new_page;
pub mod page;
pub mod secret;
