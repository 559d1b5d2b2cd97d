//! Writing a sheet row by row without holding it in memory: CSV is streamed, Excel goes through a temporary file. No text is
//! written as a formula.

use std::fs::File;
use std::io::Seek;

use rust_xlsxwriter::{ExcelDateTime, Format as Style, Workbook, XlsxError};
use time::Date;

use crate::db::{UtcDateTime, Zone};
use crate::resource::{Field, Kind, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

impl Format {
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// Also the extension of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The content of one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Blank,
    Text(String),
    Number(i64),
    Date(Date),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        let text: String = text.into();
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }

    /// The value of a field; a reference as the label of its record.
    pub fn of(field: &Field, value: &Value, zone: &Zone) -> Self {
        match (value, field.kind) {
            (Value::Integer(number), Kind::Measure(measure)) => Self::text(measure.input(*number, zone)),
            (Value::Integer(number), _) => Self::Number(*number),
            (Value::Date(date), _) => Self::Date(*date),
            (Value::DateTime(at), _) => Self::text(moment(*at, zone)),
            (value, kind) => Self::text(value.show(kind, zone)),
        }
    }

    fn is_blank(&self) -> bool {
        matches!(self, Self::Blank)
    }
}

/// `2026-11-20 08:44` in local time, for every user: it can be sorted, and every program can read it.
fn moment(at: UtcDateTime, zone: &Zone) -> String {
    let (date, clock) = zone.wall(at);
    format!("{date} {}", clock.get(..5).unwrap_or(&clock)).trim().into()
}

/// Whether a spreadsheet program could interpret this text as a formula.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A sheet that is being written.
pub enum Sheet {
    /// The bytes, and the separator.
    Csv(Vec<u8>, u8),
    Xlsx(Box<Book>),
}

/// An Excel workbook with one sheet; finished rows are in a temporary file.
pub struct Book {
    book: Workbook,
    row: u32,
    bold: Style,
    day: Style,
}

/// A finished sheet.
pub enum Written {
    Bytes(Vec<u8>),
    File(File),
}

impl Written {
    pub fn into_bytes(self) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::File(mut file) => {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut file, &mut bytes)?;
                Ok(bytes)
            }
        }
    }
}

/// The most rows of an Excel sheet, without the headings.
pub const MOST_XLSX_ROWS: i64 = 1_048_575;

impl Sheet {
    /// The separator of a CSV file is that of the reader, whose spreadsheet program expects it.
    pub fn new(format: Format, headings: &[String], zone: &Zone) -> Result<Self, XlsxError> {
        let mut sheet = match format {
            // A byte order mark, by which Excel recognises UTF-8.
            Format::Csv => Self::Csv("\u{feff}".into(), zone.list_separator()),
            Format::Xlsx => Self::Xlsx(Box::new(Book::new(headings)?)),
        };
        if format == Format::Csv {
            sheet.write(&headings.iter().map(Cell::text).collect::<Vec<_>>())?;
        }
        Ok(sheet)
    }

    pub fn write(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        match self {
            Self::Csv(bytes, separator) => csv_line(cells, *separator, bytes),
            Self::Xlsx(book) => book.write(cells),
        }
    }

    /// The bytes that can be sent so far.
    pub fn ready(&mut self) -> Vec<u8> {
        match self {
            Self::Csv(bytes, _) => std::mem::take(bytes),
            Self::Xlsx(_) => Vec::new(),
        }
    }

    pub fn finish(self) -> Result<Written, XlsxError> {
        match self {
            Self::Csv(bytes, _) => Ok(Written::Bytes(bytes)),
            Self::Xlsx(mut book) => {
                let mut file = tempfile::tempfile()?;
                book.book.save_to_writer(std::io::BufWriter::new(&mut file))?;
                file.rewind()?;
                Ok(Written::File(file))
            }
        }
    }
}

impl Book {
    fn new(headings: &[String]) -> Result<Self, XlsxError> {
        let mut book =
            Self { book: Workbook::new(), row: 0, bold: Style::new().set_bold(), day: Style::new().set_num_format("yyyy-mm-dd") };
        let sheet = book.book.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in (0_u16..).zip(headings) {
            sheet.set_column_width(column, 18)?;
            sheet.write_string_with_format(0, column, heading, &book.bold)?;
        }
        Ok(book)
    }

    /// Text is written as text, so that none of it is ever computed.
    fn write(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.row += 1;
        let sheet = self.book.worksheet_from_index(0)?;
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_blank()) {
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => {
                    let text: String =
                        text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).take(32_767).collect();
                    sheet.write_string(self.row, column, text)?;
                }
                // Excel stores numbers with fifteen digits.
                Cell::Number(number) if number.unsigned_abs() < 1_000_000_000_000_000 => {
                    sheet.write_number(self.row, column, *number as f64)?;
                }
                Cell::Number(number) => {
                    sheet.write_string(self.row, column, number.to_string())?;
                }
                Cell::Date(date) => match excel_day(*date) {
                    Some(day) => {
                        sheet.write_datetime_with_format(self.row, column, day, &self.day)?;
                    }
                    None => {
                        sheet.write_string(self.row, column, date.to_string())?;
                    }
                },
            }
        }
        Ok(())
    }
}

/// Excel has no dates before 1900.
fn excel_day(date: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok().filter(|year| (1900..=9999).contains(year))?;
    ExcelDateTime::from_ymd(year, date.month().into(), date.day()).ok()
}

/// One record in the format of RFC 4180. Text that could be interpreted as a formula is prefixed with an apostrophe.
fn csv_line(cells: &[Cell], separator: u8, bytes: &mut Vec<u8>) -> Result<(), XlsxError> {
    let texts = cells.iter().map(|cell| match cell {
        Cell::Blank => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Text(text) if is_formula(text) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
    });
    let mut writer =
        ::csv::WriterBuilder::new().delimiter(separator).terminator(::csv::Terminator::CRLF).buffer_capacity(512).from_writer(bytes);
    writer.write_record(texts).map_err(std::io::Error::from)?;
    Ok(writer.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[Cell]) -> String {
        let mut bytes = Vec::new();
        csv_line(cells, b',', &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_text_becomes_a_formula_and_numbers_stay_numbers() {
        for text in ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx"] {
            assert!(line(&[Cell::text(text)]).trim_start_matches('"').starts_with('\''), "{text}");
        }
        assert_eq!(line(&[Cell::Number(-5), Cell::text("Zola, \"Émile\""), Cell::Blank]), "-5,\"Zola, \"\"Émile\"\"\",\r\n");
    }
}
