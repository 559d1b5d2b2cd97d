//! Parses submitted form data into valid values, or into error messages.

use time::{Date, Month};

pub use super::clean::clean;
use super::data::FormData;
use super::errors::FormErrors;
use super::time_input;
use crate::db::Zone;
use crate::email_address::{self, is_email};
use crate::resource::declare::field::Field;
use crate::resource::declare::widget::Widget;
use crate::resource::file::FileProblem;
use crate::resource::value::{Kind, Measure, Value, Values};

/// Parses these fields; a field with an error has no value.
pub fn parse<'a>(fields: impl Iterator<Item = &'a Field>, data: &FormData, today: Date, zone: &Zone) -> (Values, FormErrors) {
    let (mut values, mut errors) = (Values::default(), FormErrors::default());
    for field in fields.filter(|field| field.is_editable()) {
        match read(field, data, today, zone) {
            Ok(value) => values.set(field.name, value),
            Err((part, text)) => errors.add_part(field.name, part, text),
        }
    }
    (values, errors)
}

/// The part of a date or time with the error, and the message.
pub type Wrong = (&'static str, String);

/// Parses one field.
pub fn read(field: &Field, data: &FormData, today: Date, zone: &Zone) -> Result<Value, Wrong> {
    let value = match field.kind {
        Kind::Bool => Value::Bool(data.get(field.name).is_some_and(|text| !matches!(text, "" | "0" | "false" | "off"))),
        Kind::Many => return ids(field, data),
        Kind::Date if field.widget == Widget::DateParts => date(field, data, today)?,
        Kind::Date => date(field, data, today).map_err(|(_, text)| ("", text))?,
        Kind::DateTime => time_input::read(field, data, today, zone)?,
        Kind::Text => text(field, data.text(field.name))?,
        Kind::Integer => integer(field, data.text(field.name))?,
        Kind::Measure(measure) => measured(field, measure, data.text(field.name), zone)?,
        Kind::File => file(field, data)?,
        Kind::Choice(choices) => match data.text(field.name).trim() {
            "" => Value::Null,
            word if choices.iter().any(|(stored, _)| *stored == word) => Value::Text(word.into()),
            _ => return Err(("", format!("Choose one of the options for {}", lower(field.label)))),
        },
    };
    if field.required && !field.filled_by_validate && value.is_blank() { Err(("", missing(field))) } else { Ok(value) }
}

/// The message for a file that is no longer there.
pub fn choose_again(field: &Field) -> String {
    format!("Choose the {} again", lower(field.label))
}

/// The error for a required field that is blank.
pub fn missing(field: &Field) -> String {
    if !field.required_error.is_empty() {
        return field.required_error.into();
    }
    let verb = if field.is_reference() || matches!(field.kind, Kind::Choice(_) | Kind::File) { "Choose" } else { "Enter" };
    format!("{verb} the {}", lower(field.label))
}

/// A label for the middle of a sentence; acronyms such as 'ID' stay as they are.
pub fn lower(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.into(),
    }
}

fn text(field: &Field, typed: &str) -> Result<Value, Wrong> {
    if matches!(field.widget, Widget::CurrentPassword | Widget::NewPassword) {
        return match typed.chars().count() > field.max_length {
            true => Err(("", format!("{} must be {} characters or fewer", field.label, field.max_length))),
            false => Ok(Value::Text(typed.into())),
        };
    }
    let Some(text) = clean(typed, field.widget == Widget::Area) else {
        return Err(("", format!("{} contains unreadable characters", field.label)));
    };
    if text.chars().count() > field.max_length {
        return Err(("", format!("{} must be {} characters or fewer", field.label, field.max_length)));
    }
    if field.widget == Widget::Email && !text.is_empty() {
        return email(field, &text).map(Value::Text).map_err(|text| ("", text));
    }
    Ok(Value::Text(text))
}

fn email(field: &Field, text: &str) -> Result<String, String> {
    let address = email_address::ascii(text);
    // The domain in ASCII is longer than what was typed.
    let most = field.max_length.min(email_address::MOST);
    if address.chars().count() > most {
        return Err(format!("{} must be {most} characters or fewer, counting the domain as mail servers write it", field.label));
    }
    match is_email(&address) {
        true => Ok(address.into_owned()),
        false if email_address::has_foreign_local_part(text) => {
            Err("Enter an email address without accents or other special letters before the @, because mail servers do not deliver to it"
                .into())
        }
        false => Err("Enter an email address in the correct format, like name@example.org".into()),
    }
}

fn integer(field: &Field, typed: &str) -> Result<Value, Wrong> {
    let plain: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    if plain.is_empty() {
        return Ok(Value::Null);
    }
    if field.is_reference() {
        return plain.parse().map(Value::Integer).map_err(|_| ("", format!("Choose the {} from the list", lower(field.label))));
    }
    let (least, most) = field.range;
    match plain.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(Value::Integer(number)),
        Ok(number) if number < least && most >= i32::MAX.into() => Err(("", format!("{} must be {least} or more", field.label))),
        Ok(_) => Err(("", format!("{} must be between {least} and {most}", field.label))),
        Err(_) => Err(("", format!("{} must be a whole number, like 42", field.label))),
    }
}

fn measured(field: &Field, measure: Measure, typed: &str, zone: &Zone) -> Result<Value, Wrong> {
    if typed.trim().is_empty() {
        return Ok(Value::Null);
    }
    let number = measure.parse(typed, zone).map_err(|what| ("", format!("{} {what}", field.label)))?;
    let (least, most) = field.range;
    if !(least..=most).contains(&number) {
        let bound = |number: i64| measure.show(number, zone);
        let text = match most == i64::MAX {
            true => format!("{} must be {} or more", field.label, bound(least)),
            false => format!("{} must be between {} and {}", field.label, bound(least), bound(most)),
        };
        return Err(("", text));
    }
    Ok(Value::Integer(number))
}

/// The id of a file that the form shows, unless it is to be removed, or the problem with one that was uploaded.
fn file(field: &Field, data: &FormData) -> Result<Value, Wrong> {
    let part = |part: &str| format!("{}-{part}", field.name);
    if let Some(problem) = FileProblem::named(data.text(&format!("{}__problem", field.name))) {
        return Err(("", field.file.sentence(problem)));
    }
    match data.text(field.name).trim() {
        "" => Ok(Value::Null),
        _ if data.has(&part("remove")) => Ok(Value::Null),
        id => id.parse().map(Value::Integer).map_err(|_| ("", choose_again(field))),
    }
}

fn ids(field: &Field, data: &FormData) -> Result<Value, Wrong> {
    let mut ids = data
        .all(field.name)
        .map(str::parse)
        .collect::<Result<Vec<i64>, _>>()
        .map_err(|_| ("", format!("Choose {} from the list", lower(field.label))))?;
    ids.sort_unstable();
    ids.dedup();
    Ok(Value::Many(ids))
}

/// Three inputs, or one in the form 1964-04-02.
fn date(field: &Field, data: &FormData, today: Date) -> Result<Value, Wrong> {
    let part = |part: &str| data.text(&format!("{}-{part}", field.name)).trim().to_string();
    let whole = data.text(field.name).trim();
    let (day, month, year) = match whole.splitn(3, '-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => ((*day).to_string(), (*month).to_string(), (*year).to_string()),
        _ => (part("day"), part("month"), part("year")),
    };
    let named = [("day", &day, "a day"), ("month", &month, "a month"), ("year", &year, "a year")];
    let absent: Vec<_> = named.iter().filter(|(_, text, _)| text.is_empty()).collect();
    match absent.as_slice() {
        [_, _, _] if whole.is_empty() => return Ok(Value::Null),
        [] => {}
        [(part, _, name), ..] => return Err((*part, format!("{} must include {name}", field.label))),
    }
    let unreal = |part: &'static str| (part, format!("{} must be a real date", field.label));
    let year = year.parse::<i32>().ok().filter(|year| (1800..=9999).contains(year));
    let year = year.ok_or_else(|| ("year", format!("{} must have a 4-digit year", field.label)))?;
    let month = month_named(&month).ok_or_else(|| unreal("month"))?;
    let date = day.parse().ok().and_then(|day| Date::from_calendar_date(year, month, day).ok()).ok_or_else(|| unreal("day"))?;
    if field.not_in_future && date > today {
        return Err(("year", format!("{} must not be in the future", field.label)));
    }
    Ok(Value::Date(date))
}

/// `4`, `04`, `apr` or `April`.
pub fn month_named(text: &str) -> Option<Month> {
    if let Ok(number) = text.parse::<u8>() {
        return Month::try_from(number).ok();
    }
    let text = text.to_lowercase();
    let is_named = |month: &Month| text.chars().count() >= 3 && month.to_string().to_lowercase().starts_with(&text);
    (1..=12).filter_map(|number| Month::try_from(number).ok()).find(is_named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::field;
    use time::macros::date;

    fn born() -> Field {
        let mut born = field("Date of birth").not_in_future().optional();
        (born.name, born.kind, born.widget) = ("born", Kind::Date, Widget::DateParts);
        born
    }

    fn read_born(body: &str) -> Result<Value, Wrong> {
        read(&born(), &FormData::parse(body.as_bytes()).unwrap(), date!(2026 - 11 - 21), &Zone::named("UTC").unwrap())
    }

    #[test]
    fn a_date_is_read_as_people_write_it() {
        let expected = Ok(Value::Date(date!(1964 - 04 - 02)));
        for body in [
            "born-day=2&born-month=4&born-year=1964",
            "born-day=02&born-month=Apr&born-year=1964",
            "born-day=+2+&born-month=april&born-year=1964",
            "born=1964-04-02",
        ] {
            assert_eq!(read_born(body), expected, "{body}");
        }
        assert_eq!(read_born(""), Ok(Value::Null));
    }

    #[test]
    fn a_wrong_date_says_which_part() {
        let said = |body| read_born(body).unwrap_err();
        assert_eq!(said("born-day=2&born-year=1964"), ("month", "Date of birth must include a month".into()));
        assert_eq!(said("born-day=31&born-month=2&born-year=1964"), ("day", "Date of birth must be a real date".into()));
        assert_eq!(said("born-day=1&born-month=1&born-year=64").0, "year");
        assert_eq!(said("born-day=22&born-month=11&born-year=2026"), ("year", "Date of birth must not be in the future".into()));
        assert_eq!(said("born=x").0, "day");
    }

    #[test]
    fn an_international_address_is_measured_as_it_is_stored() {
        let field = field("Email").max(254).widget(Widget::Email);
        let at = |labels: usize| email(&field, &format!("rosa@{}example", "bücher.".repeat(labels)));
        assert!(at(12).is_ok_and(|address| address.len() <= 254));
        let said = "Email must be 254 characters or fewer, counting the domain as mail servers write it";
        assert_eq!(at(20), Err(said.into()));
    }

    #[test]
    fn an_email_address_holds_no_header() {
        assert!(is_email("emile.zola@example.org"));
        for wrong in ["", "zola", "zola@example", "a@b.org\nBcc: c@d.org", "<a@b.org>", "a b@c.org", "ä@b.org"] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
