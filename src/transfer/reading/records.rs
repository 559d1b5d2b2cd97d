//! The records of a CSV file. The `csv` crate accepts quotation marks in any place and says nothing about them, so that one
//! that is never closed hides the rows below it. Here such a row is an error, and the rows below are read.

use std::collections::VecDeque;
use std::io::{BufRead, Result};

/// One record, or a row whose quotation mark is never closed.
#[derive(Debug, Default, PartialEq)]
pub struct Record {
    /// The first line in the file, from 1.
    pub line: u32,
    pub cells: Vec<Vec<u8>>,
    /// The quotation mark that opens the last cell is never closed.
    pub unclosed: bool,
}

/// Reads records from bytes of UTF-8.
pub struct Records<R> {
    text: R,
    separator: u8,
    /// A CR alone ends a line, as in files of old Macs, which have no LF.
    breaks_at_cr: bool,
    /// The most bytes between two quotation marks.
    most: usize,
    /// The number of the next line.
    line: u32,
    /// Lines that were read in search of a quotation mark.
    ahead: VecDeque<Vec<u8>>,
}

impl<R: BufRead> Records<R> {
    pub fn new(text: R, separator: u8, breaks_at_cr: bool, most: usize) -> Self {
        Self { text, separator, breaks_at_cr, most, line: 1, ahead: VecDeque::new() }
    }

    pub fn next(&mut self) -> Result<Option<Record>> {
        let Some(first) = self.next_line()? else { return Ok(None) };
        let line = self.line;
        let (mut split, mut others, mut length) = (Split::new(self.separator), Vec::new(), 0);
        let mut end = split.feed(&first);
        while end == End::Open && length <= self.most {
            let Some(more) = self.next_line()? else { break };
            length += more.len();
            end = split.feed(&more);
            others.push(more);
        }
        let unclosed = end != End::Closed;
        let cells = if unclosed { plain(&first, self.separator) } else { split.cells };
        let taken = if unclosed { 0 } else { u32::try_from(others.len()).unwrap_or(u32::MAX) };
        if unclosed {
            // The row is its first line, and the others are rows of their own.
            others.drain(..).rev().for_each(|line| self.ahead.push_front(line));
        }
        self.line = line.saturating_add(taken).saturating_add(1);
        Ok(Some(Record { line, cells, unclosed }))
    }

    /// One line with its end.
    fn next_line(&mut self) -> Result<Option<Vec<u8>>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        self.text.read_until(if self.breaks_at_cr { b'\r' } else { b'\n' }, &mut line)?;
        Ok((!line.is_empty()).then_some(line))
    }
}

/// What ended a line of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The record.
    Closed,
    /// A line break between quotation marks.
    Open,
    /// A quotation mark that can neither close the cell nor belong to its text: it opens another cell, further down.
    Wrong,
}

/// Splits the lines of one record into cells.
struct Split {
    separator: u8,
    cells: Vec<Vec<u8>>,
    /// The text of the cell whose quotation mark is open.
    open: Option<Vec<u8>>,
}

impl Split {
    fn new(separator: u8) -> Self {
        Self { separator, cells: Vec::new(), open: None }
    }

    fn feed(&mut self, line: &[u8]) -> End {
        let content = without_end(line);
        let mut rest = content;
        if let Some(text) = self.open.take() {
            match self.quoted(text, rest) {
                Quoted::Cell(cell, after) => {
                    self.cells.push(cell);
                    match after.split_first() {
                        Some((_, more)) => rest = more,
                        None => return End::Closed,
                    }
                }
                Quoted::Open(text) => return self.stay_open(text, line),
                Quoted::Stray => return End::Wrong,
            }
        }
        loop {
            let opened = rest.strip_prefix(b"\"").map(|inside| self.quoted(Vec::new(), inside));
            let (cell, after) = match opened {
                Some(Quoted::Cell(cell, after)) => (cell, after),
                Some(Quoted::Open(text)) => return self.stay_open(text, line),
                // `"12" Main St` is taken as written.
                Some(Quoted::Stray) | None => {
                    let length = rest.iter().position(|byte| *byte == self.separator).unwrap_or(rest.len());
                    let (cell, after) = rest.split_at(length);
                    (cell.to_vec(), after)
                }
            };
            self.cells.push(cell);
            match after.split_first() {
                Some((_, more)) => rest = more,
                None => return End::Closed,
            }
        }
    }

    fn stay_open(&mut self, mut text: Vec<u8>, line: &[u8]) -> End {
        text.extend_from_slice(line.get(without_end(line).len()..).unwrap_or_default());
        self.open = Some(text);
        End::Open
    }

    /// The rest of a cell between quotation marks, and what follows it.
    fn quoted<'a>(&self, mut text: Vec<u8>, mut rest: &'a [u8]) -> Quoted<'a> {
        loop {
            let Some(length) = rest.iter().position(|byte| *byte == b'"') else {
                text.extend_from_slice(rest);
                return Quoted::Open(text);
            };
            let (before, mark) = rest.split_at(length);
            text.extend_from_slice(before);
            let after = mark.get(1..).unwrap_or_default();
            match after.first() {
                Some(b'"') => {
                    text.push(b'"');
                    rest = after.get(1..).unwrap_or_default();
                }
                None => return Quoted::Cell(text, after),
                Some(byte) if *byte == self.separator => return Quoted::Cell(text, after),
                Some(_) => return Quoted::Stray,
            }
        }
    }
}

enum Quoted<'a> {
    Cell(Vec<u8>, &'a [u8]),
    Open(Vec<u8>),
    /// Text follows the closing mark.
    Stray,
}

/// The cells of one line without regard to quotation marks.
fn plain(line: &[u8], separator: u8) -> Vec<Vec<u8>> {
    without_end(line).split(|byte| *byte == separator).map(<[u8]>::to_vec).collect()
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, String, bool)> {
        let mut records = Records::new(text.as_bytes(), b',', !text.contains('\n'), 1_000);
        let mut found = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let cells: Vec<_> = record.cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            found.push((record.line, cells.join("|"), record.unclosed));
        }
        found
    }

    fn row(line: u32, cells: &str) -> (u32, String, bool) {
        (line, cells.into(), false)
    }

    #[test]
    fn records_are_read_as_rfc_4180_has_them() {
        assert_eq!(read("a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\r\n"), [row(1, "a|b"), row(2, "x, y|say \"hi\"")]);
        assert_eq!(read("\"two\r\nlines\",b\nc,\n"), [row(1, "two\r\nlines|b"), row(3, "c|")]);
        assert_eq!(read("a,b\r1,2\r\"\",3"), [row(1, "a|b"), row(2, "1|2"), row(3, "|3")]);
    }

    #[test]
    fn a_mark_that_is_never_closed_is_one_wrong_row() {
        let wrong = |line, cells: &str| (line, cells.to_string(), true);
        assert_eq!(read("a,\"12 Main\nb,c\nd,e\n"), [wrong(1, "a|\"12 Main"), row(2, "b|c"), row(3, "d|e")]);
        assert_eq!(read("a,\"12 Main\nb,\"14 High\"\nd,e\n"), [wrong(1, "a|\"12 Main"), row(2, "b|14 High"), row(3, "d|e")]);
        assert_eq!(read("a,\"12 Main\nb,\"14 High\nd,e\n"), [wrong(1, "a|\"12 Main"), wrong(2, "b|\"14 High"), row(3, "d|e")]);
    }

    #[test]
    fn marks_inside_a_text_are_text() {
        assert_eq!(read("a,\"12\" Main St\nb,6\" pipe\n"), [row(1, "a|\"12\" Main St"), row(2, "b|6\" pipe")]);
    }
}
