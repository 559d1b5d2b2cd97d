//! Importing and exporting tables: CSV and Excel sheets are read within limits ([`reading`]) and written row by row
//! ([`writing`]), and an import goes from the file to a trial run and then to one transaction.

pub mod apply;
pub mod chunks;
pub mod columns;
pub mod counts;
pub mod import;
mod keys;
mod log_spool;
pub mod maintenance;
mod matching;
pub mod reading;
mod references;
pub mod row;
mod savepoint;
pub mod trial;
mod twins;
pub mod writing;
