//! Excel workbooks: the cells of the first visible sheet, or of a chosen one, in order, as text.

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use super::sheet::{Choice, Flow, Gate, Limits, Line, Manner, Reading, from_start, refuse};
use super::unpack;

type Workbook = Xlsx<BufReader<File>>;

const BROKEN: &str = "This Excel workbook is damaged. Open it in your spreadsheet program, save it again and upload the new file.";

pub fn read(file: &File, limits: &Limits, choice: &Choice, take: &mut dyn FnMut(Line) -> Flow) -> Reading<Manner> {
    unpack::measure(file, limits)?;
    let start = BufReader::new(from_start(file)?);
    let mut book: Workbook = guarded(|| Xlsx::new(start))?;
    let seen = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let sheets: Vec<String> = seen.map(|sheet| sheet.name.clone()).collect();
    let chosen = sheets.iter().find(|name| **name == choice.sheet).or(sheets.first());
    let Some(name) = chosen.cloned() else { return Err(refuse("The workbook has no visible sheet with cells.")) };
    let others = match sheets.iter().position(|sheet| *sheet == name) {
        _ if sheets.len() < 2 => String::new(),
        Some(0) => ", the first of several".into(),
        _ => format!(", one of {}", sheets.len()),
    };
    let detail = format!("sheet ‘{}’{others}", name.chars().take(60).collect::<String>());
    let manner = Manner { format: "Excel", detail, sheet: name.clone(), sheets, ..Manner::default() };
    let mut cells = guarded(|| book.worksheet_cells_reader(&name))?;
    let (mut gate, mut line) = (Gate::new(limits, take), Line::default());
    while let Some(cell) = guarded(|| cells.next_cell())? {
        let (row, column) = cell.get_position();
        let number = row.saturating_add(1);
        if number < line.number {
            return Err(refuse(BROKEN));
        }
        if number > line.number && gate.pass(std::mem::replace(&mut line, Line { number, ..Line::default() }))? == Flow::Stop {
            return Ok(manner);
        }
        place(&mut line, column as usize, cell.get_value(), limits)?;
    }
    if gate.pass(line)? == Flow::On {
        gate.close()?;
    }
    Ok(manner)
}

/// The library panics over some addresses of cells that no program writes.
fn guarded<T, E>(read: impl FnOnce() -> Result<T, E>) -> Reading<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().and_then(Result::ok).ok_or_else(|| refuse(BROKEN))
}

fn place(line: &mut Line, column: usize, value: &DataRef, limits: &Limits) -> Reading<()> {
    if let DataRef::Error(error) = value {
        line.fault = Some(format!("Column {} has the error {error}", column_name(column)));
    }
    let text = show(value);
    if text.is_empty() {
        return Ok(());
    }
    if column >= limits.columns {
        return Err(refuse(format!("Line {} has too many columns. The maximum is {}.", line.number, limits.columns)));
    }
    if line.cells.len() <= column {
        line.cells.resize(column + 1, String::new());
    }
    if let Some(cell) = line.cells.get_mut(column) {
        *cell = text;
    }
    Ok(())
}

/// A value as it would be typed into a form; dates as 1964-04-02.
fn show(value: &DataRef) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_string(),
        DataRef::Bool(true) => "Yes".into(),
        DataRef::Bool(false) => "No".into(),
        DataRef::DateTime(at) => moment(*at),
        DataRef::DateTimeIso(text) => text.trim_end_matches("T00:00:00").replace('T', " "),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn moment(at: ExcelDateTime) -> String {
    if at.is_duration() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
}

/// `A`, `Z`, `AA` as in spreadsheet programs.
pub fn column_name(column: usize) -> String {
    let mut name = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    name
}
