//! Importing and exporting tables: CSV and Excel sheets are read within limits ([`reading`]) and written row by row
//! ([`writing`]), and an import goes from the file to a trial run and then to one transaction.

pub mod apply;
mod attempt;
mod cells;
pub mod columns;
pub mod counts;
pub mod import;
mod matching;
mod naming;
pub mod pieces;
pub mod reading;
pub mod row;
mod spool;
pub mod trial;
pub mod upkeep;
pub mod writing;
