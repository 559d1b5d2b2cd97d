//! Tables from and to files: CSV and Excel sheets are read within limits ([`reading`]) and written row by row
//! ([`writing`]), and an import goes from the file to a dry run and on to one transaction.

pub mod reading;
pub mod writing;
