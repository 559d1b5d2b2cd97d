//! read_log.

pub mod queue;
pub mod writer;
