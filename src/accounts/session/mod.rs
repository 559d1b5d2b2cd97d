//! Sessions: the model, a user's active sessions, renewal, and viewing Praxis as somebody else.

pub mod model;
pub mod open;
pub mod page;
pub mod renew;
pub mod view_as;
