//! What the clinic is called, its time zone and its logo; and the steps of setting it up.

pub mod checklist;
pub mod logo;
pub mod model;
pub mod page;
