//! The read log: who opened, searched or exported records.

mod line;
pub mod queue;
mod recovery;
mod spool;
mod spool_file;
pub mod writer;
