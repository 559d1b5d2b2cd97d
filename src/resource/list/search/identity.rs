//! What identifies one record rather than describes it: its number, with or without the prefix and the zeros, and its date, such as
//! a date of birth, in any usual form.

use diesel::QueryResult;
use time::{Date, Month};

use super::matching::MANY;
use super::spelling::lookup;
use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
use crate::resource::declare::declaration::Declaration;
use crate::resource::form::parse::month_named;

/// The digits that a number is shown with. Longer ones that begin with a zero are of a phone or a document.
const SHOWN: usize = 6;

/// The number that was typed: `P-000002`, `000002` or `2`.
pub struct Number {
    pub id: i64,
    /// It has the prefix or leading zeros, so it is nothing else; or it is so short that half of all addresses contain it.
    pub is_certain: bool,
}

/// The terms are folded.
pub fn number(own: &Declaration, terms: &[String]) -> Option<Number> {
    let [term] = terms else { return None };
    if own.number_prefix.is_empty() {
        return None;
    }
    let prefix = own.number_prefix.to_lowercase();
    let bare = term.strip_prefix(&prefix).or_else(|| term.strip_prefix(prefix.trim_end_matches('-')));
    let digits = bare.unwrap_or(term);
    let is_number = (1..=18).contains(&digits.len()) && digits.bytes().all(|letter| letter.is_ascii_digit());
    let id = digits.parse().ok().filter(|id| is_number && *id > 0)?;
    let is_padded = digits.starts_with('0') && digits.len() <= SHOWN;
    Some(Number { id, is_certain: bare.is_some() || is_padded || digits.len() < 3 })
}

/// The dates that the terms may mean: `23 jan 1958`, `23.1.1958`, `1958-01-23`, `01/23/1958`; both if day and month can be
/// exchanged.
fn dates(terms: &[String]) -> Vec<Date> {
    let text = terms.join(" ");
    let parts: Vec<&str> = text.split([' ', '.', '/', '-', ',']).filter(|part| !part.is_empty()).collect();
    let whole = parts.as_slice();
    let mut found = match whole {
        [one, two, three] => of_parts(one, two, three),
        [digits] if digits.len() == 8 && digits.bytes().all(|letter| letter.is_ascii_digit()) => {
            let cut = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
            [of_parts(cut(0, 4), cut(4, 6), cut(6, 8)), of_parts(cut(0, 2), cut(2, 4), cut(4, 8))].concat()
        }
        _ => Vec::new(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

fn of_parts(one: &str, two: &str, three: &str) -> Vec<Date> {
    let is_year = one.len() == 4 && one.bytes().all(|letter| letter.is_ascii_digit());
    let is_word = |text: &str| text.chars().all(char::is_alphabetic);
    let readings = match () {
        () if is_year => vec![(one, two, three)],
        () if is_word(one) => vec![(three, one, two)],
        () if is_word(two) => vec![(three, two, one)],
        () => vec![(three, two, one), (three, one, two)],
    };
    readings.into_iter().filter_map(|(year, month, day)| Some(in_years(year, month_named(month)?, day))).flatten().collect()
}

/// The day in the year that was typed. One of two digits may be of this century or the last; no record has a date of the future.
fn in_years(year: &str, month: Month, day: &str) -> Vec<Date> {
    let is_number = year.bytes().all(|letter| letter.is_ascii_digit());
    let years = match (year.len(), year.parse::<i32>()) {
        (4, Ok(year)) if is_number => vec![year],
        (2, Ok(year)) if is_number => vec![1900 + year, 2000 + year],
        _ => Vec::new(),
    };
    // "1st", "23rd"
    let day = day.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).parse().unwrap_or(0);
    years.into_iter().filter_map(|year| Date::from_calendar_date(year, month, day).ok()).collect()
}

/// The records with one of the dates that were typed, before or after other terms, and those other terms; `None` if there are
/// none, or no date was typed.
pub fn dated<'a>(c: &mut Connection, own: &Declaration, terms: &'a [String]) -> QueryResult<Option<(Vec<i64>, &'a [String])>> {
    let ends = [3, 1].into_iter().filter_map(|count| terms.split_at_checked(terms.len().checked_sub(count)?));
    let starts = [3, 1].into_iter().filter_map(|count| terms.split_at_checked(count)).map(|(date, rest)| (rest, date));
    let read = |(rest, date): (&'a [String], &[String])| Some((rest, dates(date))).filter(|(_, dates)| !dates.is_empty());
    let Some((rest, dates)) = ends.chain(starts).find_map(read).filter(|_| !own.search_date.is_empty()) else { return Ok(None) };
    let dated = |condition: &str| {
        let tests = dates.iter().map(|date| Sql::new(format!("{} = ", own.search_date)).bind(Bind::Date(Some(*date)))).collect();
        Sql::new(format!("SELECT id FROM {} WHERE {condition}(", own.table)).append(Sql::join(tests, " OR ")).text(")")
    };
    // The index has only what is not in the trash.
    let found = match own.trash {
        true => dated("deleted_at IS NULL AND ").text(" UNION ALL ").append(dated("deleted_at IS NOT NULL AND ")),
        false => dated(""),
    };
    let ids = found.text(format!(" LIMIT {MANY}")).load_ids(c)?;
    Ok(Some((ids, rest)).filter(|(ids, _)| !ids.is_empty()))
}

/// The digits of a phone number, or of its end: at least four, without the zeros that stand for the country.
pub fn digits(own: &Declaration, terms: &[String]) -> Option<String> {
    let is_phone = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | '/' | '(' | ')');
    let is_number = !own.search_spellings.is_empty() && terms.iter().all(|term| term.chars().all(is_phone));
    let digits: String = terms.concat().chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0').to_string();
    Some(digits).filter(|digits| is_number && digits.len() >= 4)
}

/// The records with a row, such as an identifier, that has exactly this value.
pub fn in_rows(c: &mut Connection, own: &Declaration, terms: &[String]) -> QueryResult<Vec<i64>> {
    let value = lookup(&terms.concat());
    match own.search_rows.filter(|_| value.chars().count() >= 4 && value.chars().any(|letter| letter.is_ascii_digit())) {
        Some(rows) => {
            let asked = format!("SELECT DISTINCT {} FROM {} WHERE deleted_at IS NULL AND {} = ", rows.reference, rows.table, rows.column);
            Sql::new(asked).bind(Bind::Text(Some(value))).text(" LIMIT 50").load_ids(c)
        }
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        dates(&crate::resource::list::query::terms(text)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_date_is_read_in_every_usual_form() {
        for text in [
            "23 Jan 1958",
            "23 January 1958",
            "January 23, 1958",
            "23.1.1958",
            "23/01/1958",
            "1958-01-23",
            "1/23/1958",
            "23rd jan 1958",
            "23011958",
            "19580123",
        ] {
            assert_eq!(read(text), ["1958-01-23"], "{text}");
        }
        for text in ["23 Jan 58", "23/1/58", "1/23/58", "23.01.58"] {
            assert_eq!(read(text), ["1958-01-23", "2058-01-23"], "{text}");
        }
        assert_eq!(read("4.2.1964"), ["1964-02-04", "1964-04-02"]);
        for text in ["zola", "31.2.1964", "1958", "12 rue 1958", "23 jan", "99999999", "23 jan 5", "12 34 56"] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }
}
