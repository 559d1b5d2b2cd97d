//! Phrases: a short word after a full stop, such as `.bp`, that becomes a text. One's own, or everybody's.

use diesel::prelude::*;

use crate::accounts::user::model::User;
use crate::db::schema::phrases;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Action;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::declare::widget::Widget;
use crate::resource::{Actor, Api, Model, Row, Value, Values, field};

#[derive(Clone, Debug, Queryable)]
pub struct Phrase {
    pub id: i64,
    pub word: String,
    pub text: String,
    pub is_shared: bool,
    pub user_id: Option<i64>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    Phrase in phrases;
    name "phrase" at "phrases", "Phrase" / "Phrases";
    area "Notes", icon "message";
    fields {
        word: field("Word").max(20).unique_error("You already have a phrase with this word").example("bp")
            .help("In a note, type a full stop, the word and a space. For example, .bp"),
        text: field("Text").max(2_000).widget(Widget::Area).example("Blood pressure       / mmHg, sitting, left arm"),
        is_shared: field("For everybody").help("Your colleagues can use it too"),
        user_id: field("Owner").references::<User>(OnDelete::Cascade).derived(),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [word, text, is_shared, updated_at];
    search_fields [word, text];
    natural_key [word];
    list_filter [is_shared, user_id, created_at];
    ordering [word];
    label |phrase| format!(".{}", phrase.word);
    options {
        staff: const { StaffPages::at("/phrases").list_filter(&["is_shared"]).fieldsets(&[("Phrase", &["word", "text", "is_shared"])])
            .not_listed_today() },
        api: const { Some(Api::of(&["word", "text", "is_shared", "created_at", "updated_at"])) },
        default_grants: &[("Doctor", &Action::ALL), ("Administrator", &Action::ALL)],
    }
}

const NOT_YOURS: &str = "You can only change your own phrases";

/// Whether somebody else made it. What the program made is everybody's.
fn is_foreign(row: &Row, actor: &Actor) -> bool {
    row.values.at(Phrase::FIELDS.user_id).as_id().is_some_and(|owner| owner != actor.id) && !actor.is_superuser
}

impl Hooks for Phrase {
    fn initial(actor: &Actor, _now: UtcDateTime) -> Values {
        let owner = if actor.id > 0 { Value::Integer(actor.id) } else { Value::Null };
        [(Self::FIELDS.user_id, owner), (Self::FIELDS.is_shared, Value::Bool(false))].into_iter().collect()
    }

    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let own = Self::FIELDS;
        if candidate.before.is_some_and(|row| is_foreign(row, candidate.actor)) {
            candidate.errors.add(own.word, NOT_YOURS);
        }
        if candidate.values.at(own.word).as_text().contains(char::is_whitespace) {
            candidate.errors.add(own.word, "Enter one word, without spaces");
        }
        Ok(())
    }

    fn before_delete(_c: &mut Connection, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        Ok(is_foreign(row, actor).then(|| format!("{NOT_YOURS}.")))
    }
}

/// The words and texts that this user can use: their own before those of others.
pub fn list_for_user(c: &mut Connection, user_id: i64) -> QueryResult<Vec<(String, String)>> {
    use phrases as own;
    let usable = own::table.filter(own::deleted_at.is_null()).filter(own::user_id.eq(user_id).or(own::is_shared.eq(true)));
    let mut known: Vec<(Option<i64>, String, String)> = usable.order(own::id).select((own::user_id, own::word, own::text)).load(c)?;
    known.sort_by_key(|(owner, _, _)| *owner != Some(user_id));
    let mut first = Vec::<(String, String)>::new();
    for (_, word, text) in known {
        if !first.iter().any(|(known, _)| known.eq_ignore_ascii_case(&word)) {
            first.push((word, text));
        }
    }
    first.sort();
    Ok(first)
}

/// The text with each `.word` that is a phrase replaced.
pub fn expand(text: &str, phrases: &[(String, String)]) -> String {
    let mut whole = String::new();
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        let known = word.strip_prefix('.').and_then(|word| phrases.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)));
        match known {
            Some((_, phrase)) => {
                whole.push_str(phrase);
                whole.push_str(part.get(word.len()..).unwrap_or_default());
            }
            None => whole.push_str(part),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn words_after_a_full_stop_become_texts() {
        let phrases = [("bp".to_string(), "Blood pressure".to_string()), ("n".into(), "Nothing of note".into())];
        assert_eq!(expand(".bp 120/80, well.\n.N", &phrases), "Blood pressure 120/80, well.\nNothing of note");
        assert_eq!(expand("Well .bpx a.bp", &phrases), "Well .bpx a.bp");
    }
}
