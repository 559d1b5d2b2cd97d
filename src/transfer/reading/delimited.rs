//! CSV: detects the encoding and the separator, and reads the lines.

use std::fs::File;
use std::io::{BufReader, Read};

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::encoding;
use super::sheet::{Flow, Gate, Limits, Line, Manner, Reading, from_start, refuse};

/// Bytes that are examined to detect the separator.
const SAMPLE: u64 = 64 * 1024;

pub fn read(file: &File, limits: &Limits, take: &mut dyn FnMut(Line) -> Flow) -> Reading<Manner> {
    let found = encoding::of(file)?;
    let mut sample = Vec::new();
    text(file, found)?.take(SAMPLE).read_to_end(&mut sample)?;
    let sample = String::from_utf8_lossy(&sample);
    let (separator, ends_twice) = (separator(&sample), sample.contains("\r\n"));
    let mut reader = ::csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text(file, found)?);
    let mut record = ::csv::ByteRecord::new();
    let (mut gate, mut before) = (Gate::new(limits, take), 0);
    while reader.read_byte_record(&mut record).map_err(|_| refuse("The file could not be read completely. Upload it again."))? {
        // The library counts a line before the LF of a CRLF.
        let line = record.position().map_or(0, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
        let number = (line + u32::from(ends_twice && before > 0)).max(before + 1);
        before = number;
        let line = Line { number, cells: record.iter().map(cell).collect(), fault: None };
        if number == 1 && line.cells.first().is_some_and(|first| first.starts_with("sep=")) {
            continue;
        }
        if gate.pass(line)? == Flow::Stop {
            return Ok(manner(found, separator));
        }
    }
    gate.close()?;
    Ok(manner(found, separator))
}

fn manner(found: &'static Encoding, separator: u8) -> Manner {
    let separator = match separator {
        b';' => "semicolons",
        b'\t' => "tabs",
        b'|' => "bars",
        _ => "commas",
    };
    Manner { format: "CSV", detail: format!("{}, separated by {separator}", encoding::label(found)) }
}

/// The file as UTF-8, without a byte order mark.
fn text(file: &File, found: &'static Encoding) -> std::io::Result<impl Read> {
    let bytes = BufReader::with_capacity(64 * 1024, from_start(file)?);
    Ok(DecodeReaderBytesBuilder::new().encoding(Some(found)).bom_override(true).strip_bom(true).build(bytes))
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
