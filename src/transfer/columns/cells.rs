//! Converts the text of a cell to the value that a form would send: words for yes and no, labels of choices, various formats of
//! dates. The validation of forms follows.

use crate::english::plural;
use crate::resource::form::data::lower;
use crate::resource::list::query::fold;
use crate::resource::{Field, FormData, Kind};

/// Adds the value of the cell to `data`. The error is a sentence.
pub fn fill(data: &mut FormData, field: &Field, text: &str, month_first: bool) -> Result<(), String> {
    let text = text.trim();
    match field.kind {
        Kind::Bool => match fold(text).as_str() {
            "yes" | "y" | "true" | "1" | "x" | "on" => data.push(field.name, "on"),
            "no" | "n" | "false" | "0" | "off" => {}
            _ => return Err(format!("{} must be yes or no", field.label)),
        },
        Kind::Choice(choices) if !text.is_empty() => {
            let wanted = fold(text);
            let found = choices.iter().find(|(stored, shown)| fold(stored) == wanted || fold(shown) == wanted);
            let Some((stored, _)) = found.or_else(|| by_code(choices, &wanted)) else {
                let words: Vec<&str> = choices.iter().map(|(_, shown)| *shown).collect();
                return Err(format!("{} must be one of: {}", field.label, words.join(", ")));
            };
            data.push(field.name, *stored);
        }
        Kind::Date if !text.is_empty() => {
            let Some([day, month, year]) = date(text, month_first) else {
                return Err(format!("{} must be a date, like 1964-04-02", field.label));
            };
            if is_swapped(day, month) {
                let (this, other) = if month_first { ("month", "day") } else { ("day", "month") };
                return Err(format!("{} {text} has the {other} first, but the import reads the {this} first", field.label));
            }
            for (part, text) in [("day", day), ("month", month), ("year", year)] {
                data.push(format!("{}-{part}", field.name), text);
            }
        }
        // `2026-11-20 08:44`, the format of exports.
        Kind::DateTime => data.push(field.name, text.replacen(' ', "T", 1)),
        _ => data.push(field.name, text),
    }
    Ok(())
}

/// `F` for Female: the beginning of one choice alone.
fn by_code<'a>(choices: &'a [(&'static str, &'static str)], code: &str) -> Option<&'a (&'static str, &'static str)> {
    let mut found = choices.iter().filter(|(stored, shown)| fold(stored).starts_with(code) || fold(shown).starts_with(code));
    found.next().filter(|_| !code.is_empty() && found.next().is_none())
}

/// A date of the other order.
fn is_swapped(day: &str, month: &str) -> bool {
    let number = |text: &str| text.parse::<u8>().unwrap_or(0);
    (13..=31).contains(&number(month)) && (1..=12).contains(&number(day))
}

/// Day, month and year of `1964-04-02`, `2.4.1964`, `2 Apr 1964` or `April 2, 1964`.
fn date(text: &str, month_first: bool) -> Option<[&str; 3]> {
    // Sheets may store a date as an instant, with a time.
    let text = text.split_once([' ', 'T']).filter(|(_, clock)| clock.contains(':')).map_or(text, |(date, _)| date);
    let parts: Vec<&str> = text.split(['-', '.', '/', ' ', ',']).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let is_word = |part: &str| part.chars().all(char::is_alphabetic);
    Some(match () {
        () if first.len() == 4 && !is_word(first) => [third, second, first],
        () if is_word(first) => [second, first, third],
        () if is_word(second) => [first, second, third],
        () if month_first => [second, first, third],
        () => [first, second, third],
    })
}

/// The error for a reference that matches no record, or more than one.
pub fn unnamed(field: &Field, text: &str, found: usize) -> String {
    let shown: String = text.chars().take(60).collect();
    match found {
        0 => format!("The {} ‘{shown}’ does not exist, or you do not have access", lower(field.label)),
        count => {
            let records = plural(count as i64, "record", "records");
            format!("‘{shown}’ matches {records}; enter the number of the {}", lower(field.label))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        for text in ["1964-04-02", "1964/4/2", "2.4.1964", "02/04/1964", "2 Apr 1964", "April 2, 1964", "1964-04-02 00:00:00"] {
            let [day, month, year] = date(text, false).unwrap();
            assert_eq!((day.trim_start_matches('0'), year), ("2", "1964"), "{text}");
            assert!(["4", "04", "Apr", "April"].contains(&month), "{text}");
        }
        assert_eq!(date("4/2/1964", true), Some(["2", "4", "1964"]));
        assert_eq!(date("yesterday", false), None);
    }
}
