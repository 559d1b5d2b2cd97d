//! Which column of a file belongs to which field: guessed from the headings, and decided by the user.

pub mod cells;
pub mod dates;
mod words;

use std::collections::BTreeMap;

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::english::all_of;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::Binder;
use crate::resource::form::data::lower;
use crate::resource::list::query::fold;
use crate::resource::{Actor, Declaration, Field, Kind, ListQuery, Resource, Test, Value};
use crate::transfer::reading::sheet::Line;

/// The numbers that are compared with known records.
const NUMBERS: usize = 50;

/// The column with the ids of records.
pub const NUMBER: &str = "id";

/// The fields that this user may import.
pub fn importable<'a>(app: &App, actor: &Actor, declaration: &'a Declaration) -> Vec<&'a Field> {
    let binder = Binder::new(&app.registry, actor, &app.clinic_zone());
    let hidden = |field: &Field| matches!(field.widget, Widget::CurrentPassword | Widget::NewPassword);
    // A sheet holds no files.
    let is_column = |field: &Field| !matches!(field.kind, Kind::Many | Kind::File);
    declaration.fields.iter().filter(|field| binder.can_choose(field) && is_column(field) && !hidden(field)).collect()
}

/// For each heading the name of a field, `id`, or blank; no field twice.
pub fn guess(headings: &[String], fields: &[&Field]) -> Vec<String> {
    let mut taken: Vec<&str> = Vec::new();
    headings
        .iter()
        .map(|heading| {
            let heading = plain(heading);
            let is_number = ["number", "id", "no", "nr"].contains(&heading.as_str());
            let named =
                |field: &&&Field| [plain(field.label), plain(field.name), plain(field.name.trim_end_matches("_id"))].contains(&heading);
            let other = |field: &&&Field| words::is_other_word(&plain(field.label), &heading);
            let free = |field: &&Field| !headings.iter().any(|other| plain(other) == plain(field.label));
            let found = fields.iter().find(named).map(|field| field.name).or(is_number.then_some(NUMBER));
            let found = found.or_else(|| fields.iter().filter(|field| free(field)).find(other).map(|field| field.name));
            let found = found.filter(|name| !heading.is_empty() && !taken.contains(name));
            taken.extend(found);
            found.unwrap_or("").to_string()
        })
        .collect()
}

/// Leaves out a column of numbers that are not ours: those of another system begin with 1 as well. Records with these numbers
/// must have the names in the file. A column with the heading of our own exports may also have numbers that are not known.
pub fn doubt_numbers(
    c: &mut Connection,
    resource: &Resource,
    actor: &Actor,
    (headings, targets): (&[String], &mut [String]),
    lines: &[Line],
) -> QueryResult<()> {
    let Some(place) = targets.iter().position(|name| name == NUMBER) else { return Ok(()) };
    let own = resource.declaration();
    let named = own.natural_key.first().and_then(|name| targets.iter().position(|target| target == name));
    let of = |line: &Line, place: usize| line.cells.get(place).map_or("", |cell| cell.trim()).to_string();
    let given: BTreeMap<i64, String> = lines
        .iter()
        .filter_map(|line| Some((of(line, place).parse().ok()?, named.map_or_else(String::new, |named| of(line, named)))))
        .take(NUMBERS)
        .collect();
    let ids = given.keys().copied().map(Value::Integer).collect();
    let rows = resource.list(c, &ListQuery::only("id", Test::In(ids), i64::MAX).order_by("id", false), Some(actor))?;
    let agree = rows.iter().filter(|row| given.get(&row.id).is_some_and(|name| share_a_word(name, &row.label))).count();
    let is_ours = headings.get(place).is_some_and(|heading| plain(heading) == "number");
    let holds = if is_ours && rows.is_empty() { true } else { agree * 2 > rows.len() };
    if !holds && let Some(target) = targets.get_mut(place) {
        target.clear();
    }
    Ok(())
}

/// `Maria Silva` and `Maria da Silva`
fn share_a_word(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    one.split_whitespace().any(|word| other.split_whitespace().any(|known| known == word))
}

/// Letters and digits alone, without case and accents.
fn plain(text: &str) -> String {
    fold(text).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The key fields by which rows are matched, as text: `the name and date of birth`.
pub fn key_words(declaration: &Declaration) -> String {
    labels(declaration, declaration.natural_key)
}

/// `name, age and gender`
pub fn labels(declaration: &Declaration, names: &'static [&'static str]) -> String {
    let labels: Vec<String> = declaration.fields_named(names).map(|field| lower(field.label)).collect();
    all_of(&labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::field;

    #[test]
    fn headings_are_recognised_as_people_write_them() {
        let (name, born) = (field("Name").named("name"), field("Date of birth").named("date_of_birth"));
        let fields = [&name, &born];
        let guessed = |headings: &[&str]| guess(&headings.iter().map(ToString::to_string).collect::<Vec<_>>(), &fields);
        assert_eq!(guessed(&["NAME", "date_of_birth", "Shoe size"]), ["name", "date_of_birth", ""]);
        assert_eq!(guessed(&["Full name", "DOB"]), ["name", "date_of_birth"]);
        assert_eq!(guessed(&["Patient", "Name", "Born"]), ["", "name", "date_of_birth"]);
        assert_eq!(guessed(&["Number", "Name", "name", "Date-Of-Birth"]), ["id", "name", "", "date_of_birth"]);
    }
}
