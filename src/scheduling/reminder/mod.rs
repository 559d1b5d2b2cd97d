//! Reminders of appointments, by rules: how long before, by which way, for which type.
//!
//! A reminder is a row with a unique key, inserted in the transaction that queues the message. So there is at most one for each
//! appointment, rule, way and time of the appointment, whatever processes run, and whether a clock is put back or one of them is
//! killed.

pub mod due;
pub mod rule;
pub mod sent;
pub mod worker;
