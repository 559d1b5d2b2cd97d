//! Whether the dates of a column have the day first or the month first. Only dates after the twelfth of a month say so.

use std::collections::BTreeMap;

use crate::app::App;
use crate::resource::Kind;
use crate::transfer::import::Import;
use crate::transfer::reading::column_name;
use crate::transfer::reading::sheet::Line;

/// The first date of each order in a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Order {
    pub day_first: Option<String>,
    pub month_first: Option<String>,
}

impl Order {
    pub fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut order = Self::default();
        cells.for_each(|cell| order.read(cell));
        order
    }

    fn read(&mut self, cell: &str) {
        let date = cell.split_whitespace().next().unwrap_or_default();
        let parts: Vec<u16> = date.split(['.', '/', '-']).map(|part| part.parse().unwrap_or(0)).collect();
        let found = match parts.as_slice() {
            [13..=31, 1..=12, 1..=9999] => &mut self.day_first,
            [1..=12, 13..=31, 1..=9999] => &mut self.month_first,
            _ => return,
        };
        found.get_or_insert_with(|| date.to_string());
    }

    /// `true` for month first; `None` if the column does not say, or has both.
    pub fn is_month_first(&self) -> Option<bool> {
        match (&self.day_first, &self.month_first) {
            (None, None) | (Some(_), Some(_)) => None,
            (_, month_first) => Some(month_first.is_some()),
        }
    }

    /// What the column says, for the user who matches it.
    pub fn note(&self) -> String {
        match (&self.day_first, &self.month_first) {
            (None, None) => String::new(),
            (Some(day), None) => format!("Day first, as in {day}"),
            (None, Some(month)) => format!("Month first, as in {month}"),
            (Some(day), Some(month)) => format!("Mixes day first ({day}) and month first ({month})"),
        }
    }
}

/// The columns with dates of an import that is being checked.
pub struct Columns {
    columns: BTreeMap<usize, (String, Order)>,
}

impl Columns {
    pub fn of(app: &App, import: &Import) -> Self {
        let own = app.registry.get(&import.resource).map(|resource| resource.declaration());
        let is_date = |name: &str| own.and_then(|own| own.field(name)).is_some_and(|field| field.kind == Kind::Date);
        let headings = import.headings();
        let heading = |place: usize| match headings.get(place) {
            Some(heading) if !heading.trim().is_empty() => heading.clone(),
            _ => column_name(place),
        };
        let dates = import.targets().into_iter().enumerate().filter(|(_, name)| is_date(name));
        Self { columns: dates.map(|(place, _)| (place, (heading(place), Order::default()))).collect() }
    }

    pub fn read(&mut self, lines: &[Line]) {
        for (place, (_, order)) in &mut self.columns {
            lines.iter().filter_map(|line| line.cells.get(*place)).for_each(|cell| order.read(cell));
        }
    }

    /// A sentence about columns with both orders; blank if there are none.
    pub fn mixed(&self) -> String {
        let mixed = self.columns.values().find_map(|(heading, order)| match order {
            Order { day_first: Some(day), month_first: Some(month) } => Some((heading, day, month)),
            _ => None,
        });
        mixed.map_or_else(String::new, |(heading, day, month)| {
            let heading: String = heading.chars().take(60).collect();
            format!("The column ‘{heading}’ mixes dates with the day first ({day}) and with the month first ({month}). Check every date.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_says_its_order() {
        let order = |cells: &[&str]| Order::of(cells.iter().copied());
        assert_eq!(order(&["02/04/1964", "12/31/1964"]).is_month_first(), Some(true));
        assert_eq!(order(&["2.4.1964", "31.12.1964 00:00"]).is_month_first(), Some(false));
        assert_eq!(order(&["02/04/1964", "1964-12-31", "", "31 Dec 1964"]).is_month_first(), None);
        assert_eq!(order(&["31/12/64", "12/31/1964"]).note(), "Mixes day first (31/12/64) and month first (12/31/1964)");
    }
}
