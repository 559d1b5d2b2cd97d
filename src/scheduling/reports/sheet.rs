//! The report as a file: a row for each doctor, type and state.

use std::collections::HashMap;

use super::load::Counts;
use super::tables::Named;
use crate::db::Zone;
use crate::error::{AppError, AppResult};
use crate::scheduling::appointment::state::State;
use crate::transfer::writing::{Cell, Format, Sheet};

const HEADINGS: [&str; 7] = ["Doctor", "Type", "State", "Appointments", "Booked minutes", "Waited", "Waiting minutes"];

pub fn write(counts: &Counts, names: (&Named, &Named), format: Format, zone: &Zone) -> AppResult<Vec<u8>> {
    let by_id = |names: &Named| names.iter().cloned().collect::<HashMap<i64, String>>();
    let (doctors, types) = (by_id(names.0), by_id(names.1));
    let name = |names: &HashMap<i64, String>, id: i64| names.get(&id).cloned().unwrap_or_else(|| id.to_string());
    let mut rows: Vec<(String, String, State, [i64; 4])> = counts
        .parts
        .iter()
        .map(|part| {
            let figures = [part.count, part.seconds / 60, part.waited, part.waiting / 60];
            (name(&doctors, part.doctor_id), name(&types, part.type_id), part.state, figures)
        })
        .collect();
    let place = |state: State| State::CHOICES.iter().position(|(word, _)| *word == state.as_str());
    rows.sort_by(|one, other| (&one.0, &one.1, place(one.2)).cmp(&(&other.0, &other.1, place(other.2))));
    let mut sheet = Sheet::new(format, &HEADINGS.map(String::from), zone).map_err(AppError::internal)?;
    for (doctor, kind, state, figures) in rows {
        let words = [Cell::text(doctor), Cell::text(kind), Cell::text(state.label())];
        let cells: Vec<Cell> = words.into_iter().chain(figures.map(Cell::Number)).collect();
        sheet.write(&cells).map_err(AppError::internal)?;
    }
    sheet.finish().map_err(AppError::internal)?.into_bytes().map_err(AppError::internal)
}
