//! Reading an uploaded sheet. The format is detected from the content, not the name, and sizes are checked before anything is
//! parsed.

mod delimited;
pub mod encoding;
#[cfg(test)]
mod properties;
mod records;
pub mod sheet;
mod unpack;
mod workbook;

pub use crate::transfer::reading::workbook::column_name;

use std::fs::File;
use std::io::Read;

use crate::transfer::reading::sheet::{Choice, Flow, Limits, Line, Manner, Reading, from_start, refuse};

/// Reads the file line by line, the headings first. Returns the format that was detected or chosen.
pub fn read(file: &File, limits: &Limits, choice: &Choice, take: &mut dyn FnMut(Line) -> Flow) -> Reading<Manner> {
    let mut head = [0_u8; 8];
    let mut start = from_start(file)?;
    let length = fill(&mut start, &mut head)?;
    let head = head.get(..length).unwrap_or(&[]);
    if head.is_empty() {
        return Err(refuse("The file is empty."));
    }
    match kind(head) {
        Kind::Zip => workbook::read(file, limits, choice, take),
        Kind::Text => delimited::read(file, limits, choice, take),
        Kind::Other(sentence) => Err(refuse(sentence)),
    }
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

/// The format according to the first bytes.
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
