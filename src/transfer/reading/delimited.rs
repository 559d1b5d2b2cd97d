//! CSV: detects the encoding and the separator, and reads the lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::encoding;
use super::records::Records;
use super::sheet::{Choice, Flow, Gate, Limits, Line, Manner, Reading, from_start};
use crate::english::plural;

/// Bytes that are examined to detect the separator.
const SAMPLE: u64 = 64 * 1024;

pub fn read(file: &File, limits: &Limits, choice: &Choice, take: &mut dyn FnMut(Line) -> Flow) -> Reading<Manner> {
    let found = match encoding::named(&choice.encoding) {
        Some(encoding) => encoding,
        None => encoding::of(file)?,
    };
    let mut sample = Vec::new();
    text(file, found)?.take(SAMPLE).read_to_end(&mut sample)?;
    let sample = String::from_utf8_lossy(&sample);
    let separator = separator(&sample);
    let mut records = Records::new(text(file, found)?, separator, !sample.contains('\n'), limits.cell * 4);
    let (mut gate, mut width) = (Gate::new(limits, take), 0);
    while let Some(record) = records.next()? {
        let mut line = Line { number: record.line, cells: record.cells.iter().map(|bytes| cell(bytes)).collect(), fault: None };
        if line.number == 1 && line.cells.first().is_some_and(|first| first.starts_with("sep=")) {
            continue;
        }
        width = if width == 0 { line.cells.len() } else { width };
        line.fault = match () {
            () if record.unclosed => Some(format!("The quotation mark in line {} is never closed", line.number)),
            () => hidden_rows(&line.cells, separator, width),
        };
        if gate.pass(line)? == Flow::Stop {
            return Ok(manner(found, separator));
        }
    }
    gate.close()?;
    Ok(manner(found, separator))
}

/// A sentence about a cell that contains rows of the file, because a quotation mark is missing. An address of several lines may
/// have a line that looks like a row. So cells must be missing from the record, or everything up to the mark that ends the cell
/// must look like rows: that mark then opens the same cell further down.
fn hidden_rows(cells: &[String], separator: u8, width: usize) -> Option<String> {
    let separator = char::from(separator);
    let hidden = |cell: &String| {
        let is_row = |line: &&str| line.split(separator).count() == width;
        let below: Vec<&str> = cell.lines().skip(1).collect();
        let looks_cut = cell.ends_with(separator) && below.split_last().is_some_and(|(_, whole)| whole.iter().all(&is_row));
        let rows = below.iter().filter(|line| is_row(line)).count();
        (cells.len() < width || looks_cut).then_some(rows).filter(|rows| *rows > 0)
    };
    let rows = cells.iter().filter(|_| width >= 4).find_map(hidden)?;
    Some(format!("A cell contains {} of the file. Check for a missing quotation mark", plural(rows as i64, "row", "rows")))
}

fn manner(found: &'static Encoding, separator: u8) -> Manner {
    let separator = match separator {
        b';' => "semicolons",
        b'\t' => "tabs",
        b'|' => "bars",
        _ => "commas",
    };
    let detail = format!("{}, separated by {separator}", encoding::label(found));
    Manner { format: "CSV", detail, encoding: found.name(), ..Manner::default() }
}

/// The file as UTF-8, without a byte order mark.
fn text(file: &File, found: &'static Encoding) -> std::io::Result<impl BufRead> {
    let bytes = BufReader::with_capacity(64 * 1024, from_start(file)?);
    let decoded = DecodeReaderBytesBuilder::new().encoding(Some(found)).bom_override(true).strip_bom(true).build(bytes);
    Ok(BufReader::with_capacity(64 * 1024, decoded))
}

/// A cell as text. The apostrophe that exports add before formulas is removed.
fn cell(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match text.strip_prefix('\'') {
        Some(rest) if crate::transfer::writing::is_formula(rest) => rest.into(),
        _ => text.into_owned(),
    }
}

/// The separator that splits most of the first lines into the same number of cells, and into the most cells.
fn separator(sample: &str) -> u8 {
    let named = sample.lines().next().and_then(|line| line.strip_prefix("sep=")).and_then(|rest| rest.bytes().next());
    if let Some(named) = named.filter(|byte| b",;\t|".contains(byte)) {
        return named;
    }
    let score = |separator: &u8| {
        let mut reader = ::csv::ReaderBuilder::new().delimiter(*separator).flexible(true).has_headers(false).from_reader(sample.as_bytes());
        let widths: Vec<usize> = reader.byte_records().take(20).flatten().map(|record| record.len()).collect();
        let first = widths.first().copied().unwrap_or(0);
        let alike = widths.iter().filter(|width| **width == first).count();
        if first > 1 { (alike, first) } else { (0, 0) }
    };
    let mut best = (b',', (0, 0));
    for separator in b",;\t|" {
        let found = score(separator);
        if found > best.1 {
            best = (*separator, found);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_found() {
        assert_eq!(separator("name,age\nZola, 62\n"), b',');
        assert_eq!(separator("name;address\nZola;Paris, rue de Rennes, 3\n"), b';');
        assert_eq!(separator("name\tage\nZola\t62"), b'\t');
        assert_eq!(separator("\"a;b\",c\n\"d;e\",f\n"), b',');
        assert_eq!(separator("sep=|\na|b"), b'|');
        assert_eq!(separator("name\nZola\n"), b',');
    }

    #[test]
    fn an_apostrophe_before_a_formula_is_ours() {
        assert_eq!(cell(b"'=1+1"), "=1+1");
        assert_eq!(cell(b"'t Hart"), "'t Hart");
    }
}
