//! Files of records. A field of the type [`FileId`] refers to a row of `files`, with its content in `file_contents`, so a file is saved,
//! deleted and backed up with its record.
//!
//! A file is uploaded first, as a row that belongs to no record. The record's form then sends only the id, like any other
//! value, and [`Writer`](crate::resource::write::writer::Writer) attaches the row when it stores the record. So a form that
//! has to be corrected keeps its file.

pub mod content;
mod id;
pub mod rules;
pub mod stored;
pub mod visible;

pub use id::FileId;
pub use rules::{FileProblem, FileRules, MIB};
pub use stored::StoredFile;
