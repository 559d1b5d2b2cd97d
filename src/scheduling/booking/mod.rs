//! Booking an appointment, moving it, and changing its state.

pub mod cancellation;
pub mod choices;
pub mod links;
pub mod moving;
pub mod page;
pub mod state;
pub mod times;
