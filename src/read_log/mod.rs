//! The read log: who opened, searched or exported records.

pub mod queue;
pub mod writer;
