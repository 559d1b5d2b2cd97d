//! Whatever is in a file, reading it ends with lines or with a sentence; and what a program has written comes back as it was.

use std::io::Write;

use proptest::prelude::*;

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
