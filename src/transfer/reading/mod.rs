//! Reading a sheet that somebody uploaded: what it is is told by its content, never by its name, and nothing of it is
//! believed before it was measured.

mod delimited;
mod encoding;
mod unpack;
mod workbook;

pub use crate::transfer::reading::workbook::column_name;

use std::fs::File;
use std::io::{Read, Seek};

/// A sentence that says why a file is not taken, and what to do about it.
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

fn refuse(text: impl Into<String>) -> SheetError {
    SheetError(text.into())
}

/// How much of a sheet is taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub rows: u32,
    pub columns: usize,
    /// Characters of a cell.
    pub cell: usize,
    /// Bytes of a workbook once it is unpacked.
    pub unpacked: u64,
}

impl Limits {
    /// For uploads of so many bytes. Workbooks of people unpack to five or ten times their size.
    pub fn for_uploads_of(bytes: u64) -> Self {
        Self { rows: 250_000, columns: 200, cell: 32_767, unpacked: bytes.saturating_mul(20) }
    }
}

/// One line of a sheet, as text. Lines without any text are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// As the program that wrote the sheet counts: from 1.
    pub number: u32,
    pub cells: Vec<String>,
    /// What cannot be read about it.
    pub fault: Option<String>,
}

/// How the file was understood, for the person to judge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manner {
    /// `CSV` or `Excel`.
    pub format: &'static str,
    /// Encoding and separator, or the name of the sheet.
    pub detail: String,
}

/// Whether to go on reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    On,
    Stop,
}

/// Reads the file line by line, the line of headings first, and says how it was understood.
pub fn read(file: &File, limits: &Limits, take: &mut dyn FnMut(Line) -> Flow) -> Reading<Manner> {
    let mut head = [0_u8; 8];
    let mut start = from_start(file)?;
    let length = fill(&mut start, &mut head)?;
    let head = head.get(..length).unwrap_or(&[]);
    if head.is_empty() {
        return Err(refuse("The file is empty."));
    }
    match kind(head) {
        Kind::Zip => workbook::read(file, limits, take),
        Kind::Text => delimited::read(file, limits, take),
        Kind::Other(sentence) => Err(refuse(sentence)),
    }
}

/// The file anew. It has one place for all who read it, so they take turns.
fn from_start(file: &File) -> std::io::Result<File> {
    let mut again = file.try_clone()?;
    again.rewind()?;
    Ok(again)
}

fn fill(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

enum Kind {
    Zip,
    Text,
    Other(&'static str),
}

/// What the first bytes say.
fn kind(head: &[u8]) -> Kind {
    const OLD: &str =
        "This is an old Excel file (.xls), or it is protected with a password. Save it as .xlsx without a password, or as CSV.";
    const SIGNS: [(&[u8], &str); 8] = [
        (b"\xd0\xcf\x11\xe0", OLD),
        (b"%PDF", "This is a PDF. Upload a CSV file or an Excel workbook (.xlsx)."),
        (b"\x89PNG", PICTURE),
        (b"\xff\xd8\xff", PICTURE),
        (b"GIF8", PICTURE),
        (b"\x1f\x8b", "This file is compressed. Unzip it and upload the CSV file or the Excel workbook (.xlsx)."),
        (b"7z\xbc\xaf", "This file is compressed. Unzip it and upload the CSV file or the Excel workbook (.xlsx)."),
        (b"Rar!", "This file is compressed. Unzip it and upload the CSV file or the Excel workbook (.xlsx)."),
    ];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Kind::Zip;
    }
    if let Some((_, sentence)) = SIGNS.iter().find(|(sign, _)| head.starts_with(sign)) {
        return Kind::Other(sentence);
    }
    let lower: Vec<u8> = head.iter().map(u8::to_ascii_lowercase).collect();
    if [&b"<!doc"[..], b"<html", b"<?xml", b"<table"].iter().any(|sign| lower.starts_with(sign)) {
        return Kind::Other("This is a web page or XML, not a table. Save it as .xlsx or as CSV first.");
    }
    if lower.starts_with(b"{\\rtf") {
        return Kind::Other("This is a text document, not a table. Upload a CSV file or an Excel workbook (.xlsx).");
    }
    Kind::Text
}

const PICTURE: &str = "This is a picture. Upload a CSV file or an Excel workbook (.xlsx).";

/// Counts lines and keeps them within the limits; both formats end here.
struct Gate<'a> {
    limits: &'a Limits,
    rows: u32,
    take: &'a mut dyn FnMut(Line) -> Flow,
}

impl<'a> Gate<'a> {
    fn new(limits: &'a Limits, take: &'a mut dyn FnMut(Line) -> Flow) -> Self {
        Self { limits, rows: 0, take }
    }

    fn pass(&mut self, mut line: Line) -> Reading<Flow> {
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
    fn close(self) -> Reading<()> {
        match self.rows {
            0 => Err(refuse("The sheet is empty.")),
            _ => Ok(()),
        }
    }
}
