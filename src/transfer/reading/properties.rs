//! Whatever is in a file, reading it ends with lines or with a sentence; and what a program has written comes back as it was.

use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::read;
use super::records::Records;
use super::sheet::{Choice, Flow, Limits, Line};

fn lines(bytes: &[u8], choice: &Choice) -> Result<Vec<Line>, String> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let limits = Limits { rows: 1_000, columns: 50, cell: 500, unpacked: 1_000_000 };
    let mut lines = Vec::new();
    let read = read(&file, &limits, choice, &mut |line| {
        lines.push(line);
        Flow::On
    });
    read.map(|_| lines).map_err(|error| error.0)
}

/// Cells with everything that makes them hard to read.
fn cell() -> impl Strategy<Value = String> {
    "[a-zé \"\n,;|\t']{0,8}"
}

/// Text that looks like a table.
fn table() -> impl Strategy<Value = String> {
    "[ab1,;\"\r\n \u{0}\u{b}]{0,80}"
}

/// A workbook with every kind of cell, part by part.
fn parts() -> Vec<(String, Vec<u8>)> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Name").unwrap().write_string(0, 1, "Age").unwrap();
    sheet.write_string(1, 0, "Émile").unwrap().write_number(1, 1, 40.5).unwrap().write_boolean(1, 2, true).unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_number_with_format(2, 0, 23_000, &date).unwrap().write_formula(2, 1, "=1/0").unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(book.save_to_buffer().unwrap())).unwrap();
    let count = archive.len();
    let part = |place| {
        let mut part = archive.by_index(place).unwrap();
        let (name, mut content) = (String::from_utf8_lossy(part.name_raw()).into_owned(), Vec::new());
        part.read_to_end(&mut content).unwrap();
        (name, content)
    };
    (0..count).map(part).collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// What is hard to read in the place of a value, a name or a piece of XML.
const HARD: &[&str] = &[
    "",
    "0",
    "-1",
    "99999",
    "1e999",
    "NaN",
    "18446744073709551616",
    "A0",
    "A1048577",
    "XFE1",
    "ZZZZZZZZZZZZ1",
    "A99999999999",
    "1A",
    "s",
    "d",
    "e",
    "b",
    "inlineStr",
    "str",
    "A1:ZZZ99999999",
    "&#x110000;",
    "&lt",
    "&nothing;",
    "<![CDATA[",
    "<!--",
    "<c>",
    "</row>",
    "<v>",
    "<is><t>",
    "2026-13-45T99:99:99",
    "é",
    "veryHidden",
];

fn hard() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![4 => select(HARD).prop_map(|text| text.as_bytes().to_vec()), 1 => proptest::collection::vec(any::<u8>(), 0..6)]
}

/// One change: in which part, where, and what comes there. In a value between quotation marks or tags the rest stays XML.
fn change() -> impl Strategy<Value = (Index, Index, Option<usize>, Vec<u8>)> {
    (any::<Index>(), any::<Index>(), proptest::option::weighted(0.3, 0_usize..40), hard())
}

fn changed(content: &[u8], place: Index, cut: Option<usize>, piece: &[u8]) -> Vec<u8> {
    let values: Vec<(usize, usize)> = {
        let marks: Vec<usize> = (0..content.len()).filter(|at| matches!(content[*at], b'"' | b'>' | b'<')).collect();
        marks.windows(2).filter(|two| content[two[0]] != b'<' && content[two[1]] != b'>').map(|two| (two[0] + 1, two[1])).collect()
    };
    let (start, end) = match cut {
        None if !values.is_empty() => values[place.index(values.len())],
        cut => {
            let start = place.index(content.len() + 1);
            (start, (start + cut.unwrap_or(0)).min(content.len()))
        }
    };
    [&content[..start], piece, &content[end..]].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(lines) = lines(&bytes, &Choice::default()) {
            prop_assert!(lines.windows(2).all(|two| two[0].number < two[1].number));
        }
    }

    #[test]
    fn any_workbook_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = lines(&[b"PK\x03\x04", bytes.as_slice()].concat(), &Choice::default());
    }

    #[test]
    fn a_workbook_with_any_parts_is_read_or_refused(
        of_sheet in proptest::collection::vec(change(), 0..3),
        of_any in proptest::collection::vec(change(), 0..2),
    ) {
        let mut parts = parts();
        let texts = |name: &str| name.contains("sheet1.xml") || name.contains("sharedStrings");
        for (part, place, cut, piece) in of_sheet {
            let mut these: Vec<_> = parts.iter_mut().filter(|(name, _)| texts(name)).collect();
            let count = these.len();
            let content = &mut these[part.index(count)].1;
            *content = changed(content, place, cut, &piece);
        }
        for (part, place, cut, piece) in of_any {
            let count = parts.len();
            let content = &mut parts[part.index(count)].1;
            *content = changed(content, place, cut, &piece);
        }
        if let Ok(lines) = lines(&packed(&parts), &Choice::default()) {
            prop_assert!(lines.windows(2).all(|two| two[0].number < two[1].number));
        }
    }

    #[test]
    fn any_table_is_read_in_any_encoding(text in table(), encoding in "(UTF-8|UTF-16LE|windows-1252|Shift_JIS|nonsense)") {
        let _ = lines(text.as_bytes(), &Choice { encoding, sheet: String::new() });
    }

    #[test]
    fn no_line_is_lost(text in table()) {
        let text = text.replace('\r', "");
        let mut records = Records::new(text.as_bytes(), b',', false, 500);
        let mut last = 0;
        while let Some(record) = records.next().unwrap() {
            prop_assert!(record.line > last && !record.cells.is_empty());
            last = record.line;
        }
        prop_assert!(last as usize <= text.lines().count());
    }

    #[test]
    fn what_was_written_is_read(rows in proptest::collection::vec(proptest::collection::vec(cell(), 3), 1..6)) {
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let bytes = writer.into_inner().unwrap();
        let mut records = Records::new(bytes.as_slice(), b',', false, 10_000);
        let mut found = Vec::new();
        while let Some(record) = records.next().unwrap() {
            prop_assert!(!record.unclosed);
            found.push(record.cells.iter().map(|cell| String::from_utf8(cell.clone()).unwrap()).collect::<Vec<_>>());
        }
        prop_assert_eq!(found, rows);
    }
}
