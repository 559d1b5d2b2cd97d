//! The parts of a patient's name: `name` is what everybody reads, `family_name` and `given_name` sort lists and address letters.

use diesel::Column;

use crate::db::schema::patients;
use crate::resource::declare::candidate::Candidate;
use crate::resource::{Value, Values};

/// Words that begin a family name of several words: `van der Berg`, `da Silva`.
const PARTICLES: &[&str] = &[
    "al", "ap", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn", "la", "le", "of",
    "st", "st.", "ten", "ter", "van", "vom", "von", "zu", "zum", "zur",
];
/// Words that follow a family name.
const SUFFIXES: &[&str] = &["jr", "jr.", "sr", "sr.", "ii", "iii", "iv"];
/// The longest part, in characters.
const MOST: usize = 120;

/// Given and family name of a whole name. `Piet van der Berg` is `Piet` and `van der Berg`, `Zola, Émile` is `Émile` and `Zola`;
/// a single word is a family name. It is a guess that people can correct.
pub fn split(name: &str) -> (String, String) {
    if let Some((family, given)) = name.split_once(',').map(|(family, given)| (family.trim(), given.trim()))
        && !family.is_empty()
        && !given.is_empty()
        && !is_one_of(SUFFIXES, given)
    {
        return (given.into(), family.into());
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_suffix = |place: usize| words.get(place).is_some_and(|word| is_one_of(SUFFIXES, word));
    let is_particle = |place: usize| words.get(place).is_some_and(|word| is_one_of(PARTICLES, word));
    let mut start = words.len().saturating_sub(1);
    while start > 1 && is_suffix(start) {
        start -= 1;
    }
    while start > 1 && is_particle(start - 1) {
        start -= 1;
    }
    let (given, family) = words.split_at_checked(start).unwrap_or_default();
    (given.join(" "), family.join(" "))
}

fn is_one_of(words: &[&str], word: &str) -> bool {
    words.contains(&word.to_lowercase().as_str())
}

/// `Émile Zola`
fn whole(given: &str, family: &str) -> String {
    format!("{given} {family}").trim().into()
}

/// `Zola, Émile`
fn sorted(given: &str, family: &str) -> String {
    [family, given].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Fills in what follows from what was entered: the parts of a new name, or the name of new parts.
pub fn settle(candidate: &mut Candidate) {
    let text = |values: &Values, field: &str| values.at(field).as_text().to_string();
    let parts_of = |values: &Values| (text(values, patients::given_name::NAME), text(values, patients::family_name::NAME));
    let name = text(&candidate.values, patients::name::NAME);
    let (given, family) = parts_of(&candidate.values);
    let (known_name, known_parts) = match candidate.before {
        Some(row) => (text(&row.values, patients::name::NAME), parts_of(&row.values)),
        None => (String::new(), (String::new(), String::new())),
    };
    let is_new_name = name != known_name;
    let has_new_parts = (&given, &family) != (&known_parts.0, &known_parts.1);
    let is_blank = given.is_empty() && family.is_empty();
    // A name of its own, such as one with a title, stays when a part changes.
    let follows = !is_new_name && (name.is_empty() || name == whole(&known_parts.0, &known_parts.1));
    let (given, family) = if is_blank || (is_new_name && !has_new_parts) { split(&name) } else { (given, family) };
    let name = if has_new_parts && !is_blank && (name.is_empty() || follows) { whole(&given, &family) } else { name };
    if name.chars().count() > MOST {
        candidate.errors.add(patients::family_name::NAME, "Given and family name must have 120 characters or fewer together");
    }
    candidate.values.set(patients::sort_name::NAME, Value::Text(sorted(&given, &family)));
    candidate.values.set(patients::given_name::NAME, Value::Text(given));
    candidate.values.set(patients::family_name::NAME, Value::Text(family));
    candidate.values.set(patients::name::NAME, Value::Text(name));
}

/// The parts of a name that was stored before there were any.
pub fn complete(values: &mut Values) {
    if !values.at(patients::sort_name::NAME).as_text().is_empty() {
        return;
    }
    let (given, family) = split(values.at(patients::name::NAME).as_text());
    values.set(patients::sort_name::NAME, Value::Text(sorted(&given, &family)));
    values.set(patients::given_name::NAME, Value::Text(given));
    values.set(patients::family_name::NAME, Value::Text(family));
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_name_is_split_before_the_family_name() {
        for (name, given, family) in [
            ("Émile Zola", "Émile", "Zola"),
            ("Piet van der Berg", "Piet", "van der Berg"),
            ("Maria Oliveira da Silva", "Maria Oliveira", "da Silva"),
            ("Elena De Luca", "Elena", "De Luca"),
            ("Martin Luther King Jr.", "Martin Luther", "King Jr."),
            ("Zola, Émile", "Émile", "Zola"),
            ("Madonna", "", "Madonna"),
            ("van Gogh", "van", "Gogh"),
            ("", "", ""),
        ] {
            assert_eq!(split(name), (given.to_string(), family.to_string()), "{name}");
        }
    }
}
