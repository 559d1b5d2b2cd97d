//! Sessions: the model, a user's active sessions, renewal, and viewing Praxis as another user.

pub mod model;
pub mod open;
pub mod page;
pub mod renew;
pub mod view_as;
