//! Choosing what a reference refers to: a select, a search, or a list to tick.

use diesel::QueryResult;

use super::bind::{Binder, Choice, Control, SELECT_LIMIT};
use super::data::FormData;
use crate::db::Connection;
use crate::english::{isolated, plural};
use crate::resource::Resource;
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::field::Field;
use crate::resource::list::choices::Joined;
use crate::resource::list::query::{ListQuery, terms};
use crate::resource::value::Row;

impl Binder<'_> {
    /// All choices of a reference; `None` if there are too many for a select.
    fn all(&self, c: &mut Connection, target: &Resource) -> QueryResult<Option<Vec<Row>>> {
        let name = target.declaration().name;
        if let Some(known) = self.lists.borrow().get(name) {
            return Ok(known.clone());
        }
        let rows = target.choices(c, self.few, self.actor)?;
        self.lists.borrow_mut().insert(name, rows.clone());
        Ok(rows)
    }

    /// The choices of a reference that match `query`, and one more than are shown.
    fn matching(&self, c: &mut Connection, target: &Resource, query: &str) -> QueryResult<Vec<Row>> {
        let wanted = ListQuery { terms: terms(query), limit: self.few.max(SELECT_LIMIT) + 1, ..ListQuery::default() };
        let wanted = match self.words {
            Some(words) => wanted.searched(c, target, self.actor, words)?,
            None => wanted,
        };
        target.list(c, &wanted, Some(self.actor))
    }

    /// A select for few records, a search for many, and text for those who may not view them.
    pub(super) fn reference(&self, c: &mut Connection, field: &Field, data: &FormData) -> QueryResult<Control> {
        let target = field.reference.and_then(|reference| self.registry.get(reference.resource));
        let Some(target) = target else { return self.fixed(c, field, data) };
        let chosen = data.text(field.name).parse::<i64>().ok();
        let query = data.text(&format!("{}__find", field.name)).trim().to_string();
        let waits = self.waits && query.is_empty() && chosen.is_none() && !target.declaration().search_spellings.is_empty();
        let all = match () {
            () if waits => Some(Vec::new()),
            () if query.is_empty() => self.all(c, target)?,
            () => None,
        };
        let is_whole = all.is_some();
        let rows = match all {
            Some(rows) => rows,
            None if query.is_empty() => Vec::new(),
            None => self.matching(c, target, &query)?,
        };
        let own = target.declaration();
        let (joined, beside) = match self.joined {
            Some(joined) => (Some(joined), String::new()),
            None => self.beside(field, data),
        };
        let taken = match joined {
            Some(joined) if !rows.is_empty() => self.taken(c, own, joined)?,
            _ => Vec::new(),
        };
        let offered = rows.iter().filter(|row| Some(row.id) == chosen || !taken.contains(&row.id));
        let choice = |row: &Row| Choice { value: row.id.to_string(), label: self.told_apart(own, row), chosen: Some(row.id) == chosen };
        let mut choices: Vec<Choice> = offered.map(choice).collect();
        // A choice made by somebody who may view more records stays chosen, without its label.
        if let Some(id) = chosen.filter(|_| !choices.iter().any(|choice| choice.chosen)) {
            let label = self.registry.visible_label(c, self.actor, target.declaration().name, id)?;
            choices.insert(0, Choice { value: id.to_string(), label, chosen: true });
        }
        // Names are searched for, however few they are: nobody reads through a list for one.
        let joined = joined.filter(|_| beside.is_empty()).map_or_else(String::new, Joined::text);
        if is_whole {
            return Ok(match own.search_spellings.is_empty() {
                true => Control::Select { choices },
                false => Control::Search { query, choices, slug: own.slug, found: String::new(), joined, beside },
            });
        }
        let found = match choices.len() as i64 {
            _ if query.is_empty() => String::new(),
            0 if target.sees_all(self.actor) => format!("No results for ‘{query}’"),
            0 => format!("{} ‘{query}’", target.nothing_found(self.actor)),
            count if count > SELECT_LIMIT => format!("More than {SELECT_LIMIT} results. Type more of the name"),
            count => plural(count, "result", "results"),
        };
        choices.truncate(SELECT_LIMIT as usize);
        Ok(Control::Search { query, choices, slug: own.slug, found, joined, beside })
    }

    /// On the form of a record that joins two: what the one that is chosen at the other end is joined to, and where it is chosen.
    fn beside(&self, field: &Field, data: &FormData) -> (Option<Joined>, String) {
        let Some((own, other)) = self.joins.and_then(|own| Some((own, own.other_end(field.name)?))) else { return (None, String::new()) };
        let chosen = data.text(other.name).parse().ok();
        (chosen.map(|id| Joined { resource: own.name, field: other.name, id }), format!("{}.{}", own.name, other.name))
    }

    fn taken(&self, c: &mut Connection, target: &Declaration, joined: Joined) -> QueryResult<Vec<i64>> {
        let key = format!("{} {}", target.name, joined.text());
        if let Some(known) = self.taken.borrow().get(&key) {
            return Ok(known.clone());
        }
        let taken = joined.others(c, self.registry, target, self.actor)?;
        self.taken.borrow_mut().insert(key, taken.clone());
        Ok(taken)
    }

    /// The label, with what tells it apart from others of the same name: a doctor's specialty, a patient's date of birth.
    fn told_apart(&self, own: &Declaration, row: &Row) -> String {
        let is_named = !own.search_spellings.is_empty();
        let note = self.today.filter(|_| is_named).map_or_else(String::new, |today| (own.staff.summary)(row, &self.zone, today));
        if note.is_empty() { row.label.clone() } else { format!("{} · {note}", isolated(&row.label)) }
    }

    /// Groups the choices by the part of their label before the colon, if any.
    pub(super) fn checklist(&self, c: &mut Connection, field: &Field, data: &FormData) -> QueryResult<Control> {
        let target = field.reference.and_then(|reference| self.registry.get(reference.resource));
        let Some(target) = target else { return Ok(Control::Checklist { groups: Vec::new() }) };
        let rows = target.list(c, &ListQuery { limit: i64::MAX, ..ListQuery::default() }, None)?;
        let chosen: Vec<&str> = data.all(field.name).collect();
        let mut groups: Vec<(String, Vec<Choice>)> = Vec::new();
        for row in rows {
            let (group, label) =
                row.label.split_once(": ").map_or((String::new(), row.label.clone()), |(group, label)| (group.into(), label.into()));
            let group = self.plural_of(group);
            let value = row.id.to_string();
            let choice = Choice { chosen: chosen.contains(&value.as_str()), value, label };
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, choices)) => choices.push(choice),
                None => groups.push((group, vec![choice])),
            }
        }
        Ok(Control::Checklist { groups })
    }

    /// `Assignments` for permissions to `Mapping`; any other heading as it is.
    fn plural_of(&self, heading: String) -> String {
        let named = self.registry.iter().map(Resource::declaration).find(|own| own.name.replace('_', " ").eq_ignore_ascii_case(&heading));
        named.map_or(heading, |own| own.plural.into())
    }
}
