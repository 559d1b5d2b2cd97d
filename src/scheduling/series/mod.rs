//! Appointments that are booked together, every n weeks at the same time on the wall: what is asked for, which dates are free, and
//! what can be done with those that follow.

pub mod book;
pub mod card;
pub mod dates;
pub mod following;
pub mod page;
pub mod repeat;
