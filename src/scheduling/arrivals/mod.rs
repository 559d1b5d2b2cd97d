//! The board of arrivals: who is expected, waits, is in a room, has been seen.

pub mod page;
