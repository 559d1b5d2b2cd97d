//! The log entries of a running import: thousands of them are stored in a temporary file until the end of the transaction,
//! because from the first one that is appended all other writers have to wait.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};

use serde::{Deserialize, Serialize};

use crate::resource::log::append::Entry;
use crate::resource::log::entry::{Change, LogAction};

#[derive(Serialize, Deserialize)]
struct Waiting {
    action: String,
    id: i64,
    label: String,
    version: i64,
    changes: Vec<Change>,
}

/// Entries about one resource.
pub struct Spool {
    resource: &'static str,
    file: BufWriter<File>,
}

impl Spool {
    pub fn new(resource: &'static str) -> std::io::Result<Self> {
        Ok(Self { resource, file: BufWriter::new(tempfile::tempfile()?) })
    }

    pub fn push(&mut self, entry: Entry) -> std::io::Result<()> {
        let waiting = Waiting {
            action: entry.action.as_str().into(),
            id: entry.id,
            label: entry.label,
            version: entry.version,
            changes: entry.changes,
        };
        serde_json::to_writer(&mut self.file, &waiting)?;
        self.file.write_all(b"\n")
    }

    /// Passes the entries on in batches of `many`, in their order.
    pub fn drain<E: From<std::io::Error>>(self, many: usize, mut take: impl FnMut(&[Entry]) -> Result<(), E>) -> Result<(), E> {
        let mut file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut some = Vec::with_capacity(many);
        for line in BufReader::new(file).lines() {
            let waiting: Waiting = serde_json::from_str(&line?).map_err(std::io::Error::from)?;
            let action = LogAction::parse(&waiting.action).ok_or_else(|| std::io::Error::other("an act without a name"))?;
            some.push(Entry {
                action,
                resource: self.resource,
                id: waiting.id,
                label: waiting.label,
                version: waiting.version,
                changes: waiting.changes,
                note: String::new(),
            });
            if some.len() == many {
                take(&some)?;
                some.clear();
            }
        }
        take(&some)
    }
}
