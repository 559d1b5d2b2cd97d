//! Which column of a file belongs to which field: guessed from the headings, and decided by the user.

use crate::app::App;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::Binder;
use crate::resource::list::query::fold;
use crate::resource::{Actor, Declaration, Field, Kind};

/// The column with the ids of records.
pub const NUMBER: &str = "id";

/// The fields that this user may import.
pub fn importable<'a>(app: &App, actor: &Actor, declaration: &'a Declaration) -> Vec<&'a Field> {
    let binder = Binder::new(&app.registry, actor, &app.settings.time_zone);
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
            let found = fields.iter().find(named).map(|field| field.name).or(is_number.then_some(NUMBER));
            let found = found.filter(|name| !heading.is_empty() && !taken.contains(name));
            taken.extend(found);
            found.unwrap_or("").to_string()
        })
        .collect()
}

/// Letters and digits alone, without case and accents.
fn plain(text: &str) -> String {
    fold(text).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The key fields by which rows are matched, as text: `the name and date of birth`.
pub fn key_words(declaration: &Declaration) -> String {
    let labels: Vec<String> =
        declaration.fields_named(declaration.natural_key).map(|field| crate::resource::form::data::lower(field.label)).collect();
    match labels.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
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
        assert_eq!(guessed(&["Number", "Name", "name", "Date-Of-Birth"]), ["id", "name", "", "date_of_birth"]);
    }
}
