//! What the formats of sheets have in common.

use std::fs::File;
use std::io::Seek;

/// A sentence that says why a file is refused, and what to do about it.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetError(pub String);

impl std::fmt::Display for SheetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for SheetError {
    fn from(_: std::io::Error) -> Self {
        refuse("The file could not be read completely. Upload it again.")
    }
}

pub type Reading<T> = Result<T, SheetError>;

pub fn refuse(text: impl Into<String>) -> SheetError {
    SheetError(text.into())
}

/// Limits of a sheet.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub rows: u32,
    pub columns: usize,
    /// Characters in a cell.
    pub cell: usize,
    /// Bytes of an unpacked workbook.
    pub unpacked: u64,
}

impl Limits {
    /// For uploads of up to `bytes`. Real workbooks unpack to five or ten times their size.
    pub fn for_uploads_of(bytes: u64) -> Self {
        Self { rows: 250_000, columns: 200, cell: 32_767, unpacked: bytes.saturating_mul(20) }
    }
}

/// One line of a sheet, as text. Lines without any text are skipped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The number in the spreadsheet program: from 1.
    pub number: u32,
    pub cells: Vec<String>,
    /// The error, if the line cannot be read.
    pub fault: Option<String>,
}

/// The detected format of a file, for the user to check.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manner {
    /// `CSV` or `Excel`.
    pub format: &'static str,
    /// Encoding and separator, or the name of the sheet.
    pub detail: String,
    /// The name of the encoding of a CSV file.
    pub encoding: &'static str,
    /// The sheet that was read, and the visible ones.
    pub sheet: String,
    pub sheets: Vec<String>,
}

/// What somebody chose in place of what was detected; blank for no choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    pub encoding: String,
    pub sheet: String,
}

/// Whether to continue reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    On,
    Stop,
}

/// The file from its beginning. All readers share one position, so they take turns.
pub fn from_start(file: &File) -> std::io::Result<File> {
    let mut again = file.try_clone()?;
    again.rewind()?;
    Ok(again)
}

/// Counts lines and enforces the limits, for both formats.
pub struct Gate<'a> {
    limits: &'a Limits,
    rows: u32,
    take: &'a mut dyn FnMut(Line) -> Flow,
}

impl<'a> Gate<'a> {
    pub fn new(limits: &'a Limits, take: &'a mut dyn FnMut(Line) -> Flow) -> Self {
        Self { limits, rows: 0, take }
    }

    pub fn pass(&mut self, mut line: Line) -> Reading<Flow> {
        while line.cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            line.cells.pop();
        }
        if line.cells.is_empty() && line.fault.is_none() {
            return Ok(Flow::On);
        }
        if line.cells.len() > self.limits.columns {
            return Err(refuse(format!("Line {} has too many columns. The maximum is {}.", line.number, self.limits.columns)));
        }
        if line.cells.iter().any(|cell| cell.chars().nth(self.limits.cell).is_some()) {
            return Err(refuse(format!(
                "Line {} has a cell with more than {} characters. Check for a missing closing quotation mark.",
                line.number, self.limits.cell
            )));
        }
        if self.rows > self.limits.rows {
            return Err(refuse(format!("The sheet has too many rows. The maximum is {}. Split it into several files.", self.limits.rows)));
        }
        self.rows += 1;
        Ok((self.take)(line))
    }

    /// At the end of the sheet.
    pub fn close(self) -> Reading<()> {
        match self.rows {
            0 => Err(refuse("The sheet is empty.")),
            _ => Ok(()),
        }
    }
}
