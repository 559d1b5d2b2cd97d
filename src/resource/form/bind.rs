//! Binds a form for rendering: fields with their submitted values, errors and choices.

use std::cell::RefCell;
use std::collections::BTreeMap;

use diesel::QueryResult;
use time::Date;

use super::data::{FormData, FormErrors};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::field::Field;
use crate::resource::declare::widget::Widget;
use crate::resource::list::choices::Joined;
use crate::resource::list::search::vocabulary::Vocabulary;
use crate::resource::registry::Registry;
use crate::resource::value::{Kind, Measure, Row};

pub use super::bound::{
    Alone, BoundField, BoundForm, BoundSection, Choice, Control, FileInput, Related, SimilarRecord, SimilarRecords, Summary,
};

/// References with at most this many records are a select; larger ones have a search.
pub(super) const SELECT_LIMIT: i64 = 100;

/// Binds fields for one actor, and loads the choices of references.
pub struct Binder<'a> {
    pub registry: &'a Registry,
    pub actor: &'a Actor,
    /// The actor's time zone and date format.
    pub zone: Zone,
    /// The record that the form edits; `None` for a new one.
    pub row: Option<&'a Row>,
    /// Read-only: every field is bound as text.
    pub read_only: bool,
    /// The form is part of the admin.
    pub inside: bool,
    /// The form can be saved as a draft while the user opens a related record.
    pub has_drafts: bool,
    /// The rows that the form adds one to; what they refer to is not offered again.
    pub joined: Option<Joined>,
    /// The form is of a record that joins two others once, declared so: those that one is joined to already are not offered.
    pub joins: Option<&'a Declaration>,
    /// The current date, to tell records with one name apart by their age.
    pub today: Option<Date>,
    /// Finds names with one mistake as well: the words of all names, and the current time.
    pub words: Option<(&'a Vocabulary, UtcDateTime)>,
    /// Offers nothing for names before something is typed.
    pub waits: bool,
    /// References with at most this many records are a select.
    pub few: i64,
    /// The choices of each reference, by the name of its resource; `None` if there are too many for a select.
    pub(super) lists: RefCell<BTreeMap<&'static str, Option<Vec<Row>>>>,
    /// Who is joined already, by the rows that say so.
    pub(super) taken: RefCell<BTreeMap<String, Vec<i64>>>,
}

impl<'a> Binder<'a> {
    pub fn new(registry: &'a Registry, actor: &'a Actor, clinic: &Zone) -> Self {
        let zone = actor.zone(clinic);
        Self {
            registry,
            actor,
            zone,
            row: None,
            read_only: false,
            inside: false,
            has_drafts: false,
            joined: None,
            joins: None,
            today: None,
            words: None,
            waits: false,
            few: SELECT_LIMIT,
            lists: RefCell::default(),
            taken: RefCell::default(),
        }
    }
}

impl Binder<'_> {
    /// Binds `sections` to `data`.
    pub fn bind(
        &self,
        c: &mut Connection,
        sections: &[(&str, Vec<&Field>)],
        data: &FormData,
        errors: &FormErrors,
    ) -> QueryResult<BoundForm> {
        let errors = &at_what_is_asked_first(sections, data, errors);
        let mut bound = BoundForm::default();
        for (title, fields) in sections {
            let fields = fields.iter().map(|field| self.field(c, field, data, errors)).collect::<QueryResult<_>>()?;
            bound.sections.push(BoundSection::plain(*title, fields));
        }
        // In the order of the form; errors of the whole form come first.
        let names: Vec<&str> = sections.iter().flat_map(|(_, fields)| fields.iter().map(|field| field.name)).collect();
        let mut ordered: Vec<_> = errors.iter().collect();
        ordered.sort_by_key(|error| names.iter().position(|name| *name == error.field).map_or(0, |place| place + 1));
        bound.errors = ordered.iter().map(|error| summary(error.field, error.part, &error.text, sections)).collect();
        Ok(bound)
    }

    /// Whether the actor may set the field; for a reference, they must also be allowed to view its records.
    pub fn can_choose(&self, field: &Field) -> bool {
        let target = field.reference.and_then(|reference| self.registry.get(reference.resource));
        !self.read_only
            && field.is_editable()
            && field.is_open_to(self.actor, self.row)
            && (field.kind == Kind::Many || target.is_none_or(|target| target.declaration().allows(self.actor, Action::View)))
    }

    /// Binds one field.
    pub fn field(&self, c: &mut Connection, field: &Field, data: &FormData, errors: &FormErrors) -> QueryResult<BoundField> {
        let can_set = self.can_choose(field);
        let control = if can_set { self.control(c, field, data, errors)? } else { self.fixed(c, field, data)? };
        Ok(BoundField {
            name: field.name.into(),
            label: field.label,
            help: if self.read_only { "" } else { field.help },
            optional: !field.required && can_set && !matches!(field.kind, Kind::Bool | Kind::Many),
            locked: if self.read_only || field.is_open_to(self.actor, self.row) { String::new() } else { field.lock_reason(self.registry) },
            related: if can_set { self.related(field, data) } else { Vec::new() },
            unfolds: if can_set { field.instead_of.1 } else { "" },
            error: errors.of(field.name).map(|error| error.text.clone()),
            autocomplete: field.autocomplete,
            widget: field.widget,
            opens_row: false,
            closes_row: false,
            focus: false,
            control,
        })
    }

    /// Binds one field as text.
    pub fn text(&self, c: &mut Connection, field: &Field, data: &FormData) -> QueryResult<BoundField> {
        Ok(BoundField {
            name: field.name.into(),
            label: field.label,
            help: "",
            optional: false,
            locked: String::new(),
            related: Vec::new(),
            unfolds: "",
            error: None,
            autocomplete: "off",
            widget: field.widget,
            opens_row: false,
            closes_row: false,
            focus: false,
            control: self.fixed(c, field, data)?,
        })
    }

    fn control(&self, c: &mut Connection, field: &Field, data: &FormData, errors: &FormErrors) -> QueryResult<Control> {
        let value = data.text(field.name).to_string();
        let max = field.max_length;
        Ok(match field.kind {
            Kind::Bool => Control::Checkbox { checked: data.has(field.name) },
            Kind::Many => self.checklist(c, field, data)?,
            Kind::Date if field.widget == Widget::DateParts => date_boxes(field, data, errors),
            Kind::Date => Control::Date { value, past: field.not_in_future, zone: self.zone.name() },
            Kind::DateTime => self.moment(field, data, errors),
            Kind::Choice(choices) => {
                let choices = choices
                    .iter()
                    .map(|(stored, shown)| Choice { value: (*stored).into(), label: (*shown).into(), chosen: *stored == value })
                    .collect();
                if field.widget == Widget::Radio { Control::Radios { choices } } else { Control::Select { choices } }
            }
            Kind::File => Control::File(self.file(c, field, data)?),
            Kind::Integer if field.is_reference() => self.reference(c, field, data)?,
            Kind::Integer if self.is_derived(field, &value, errors) => {
                Control::Text { kind: "text", value: String::new(), inputmode: "numeric", max: 0 }
            }
            Kind::Integer => Control::Text { kind: "text", value, inputmode: "numeric", max: 0 },
            Kind::Measure(Measure::Decimal(_) | Measure::Money) => Control::Text { kind: "text", value, inputmode: "decimal", max: 0 },
            Kind::Measure(Measure::TimeOfDay) => Control::Text { kind: "time", value, inputmode: "text", max: 0 },
            Kind::Measure(Measure::Duration) => Control::Text { kind: "text", value, inputmode: "text", max: 0 },
            Kind::Text => match field.widget {
                Widget::Area => Control::Textarea { value, max },
                Widget::CurrentPassword => Control::Password { autocomplete: "current-password", least: 0 },
                Widget::NewPassword => Control::Password { autocomplete: "new-password", least: field.range.0 },
                Widget::TimeZone => Control::Suggestions { value, words: Zone::names() },
                Widget::Email => Control::Text { kind: "email", value, inputmode: "email", max },
                Widget::Telephone => Control::Text { kind: "tel", value, inputmode: "tel", max },
                _ => Control::Text { kind: "text", value, inputmode: "text", max },
            },
        })
    }

    /// Whether the stored value follows from another field, so that it is not entered: the age, from the date of birth.
    fn is_derived(&self, field: &Field, value: &str, errors: &FormErrors) -> bool {
        let stored = self.row.filter(|_| !field.instead_of.0.is_empty() && errors.of(field.name).is_none());
        stored.is_some_and(|row| {
            !row.values.at(field.instead_of.0).is_blank() && row.values.at(field.name).show(field.kind, &self.zone) == value
        })
    }

    fn moment(&self, field: &Field, data: &FormData, errors: &FormErrors) -> Control {
        let part = |part: &str| data.text(&format!("{}-{part}", field.name)).to_string();
        let wrong = errors.of(field.name).map_or("", |error| if error.part.is_empty() { "date" } else { error.part });
        Control::DateTime { date: part("date"), time: part("time"), was: part("was"), wrong, zone: self.zone.name() }
    }
}

/// That a field is blank which is only asked for if another is not known is an error of the other.
fn at_what_is_asked_first(sections: &[(&str, Vec<&Field>)], data: &FormData, errors: &FormErrors) -> FormErrors {
    errors.placed(|error| {
        let field = sections.iter().flat_map(|(_, fields)| fields).find(|field| field.name == error.field);
        let other = field.map_or("", |field| field.instead_of.0);
        let is_other = !other.is_empty() && data.text(error.field).trim().is_empty() && errors.of(other).is_none();
        if is_other { other } else { error.field }
    })
}

fn date_boxes(field: &Field, data: &FormData, errors: &FormErrors) -> Control {
    let part = |part: &str| data.text(&format!("{}-{part}", field.name)).to_string();
    Control::DateParts {
        day: part("day"),
        month: part("month"),
        year: part("year"),
        wrong: errors.of(field.name).map_or("", |error| if error.part.is_empty() { "day" } else { error.part }),
    }
}

/// Links to the control with the error: the first input of a date, the first choice of a list.
pub(crate) fn summary(field: &str, part: &str, text: &str, sections: &[(&str, Vec<&Field>)]) -> Summary {
    let declared = sections.iter().flat_map(|(_, fields)| fields).find(|known| known.name == field);
    let part = match declared {
        Some(known) if known.kind == Kind::Date && part.is_empty() && known.widget == Widget::DateParts => "day",
        Some(known) if known.kind == Kind::DateTime && known.is_editable() && part.is_empty() => "date",
        Some(known) if known.widget == Widget::Radio || known.kind == Kind::Many => "0",
        _ => part,
    };
    let target = match (field, part) {
        ("", _) => "main".into(),
        (field, "") => field.into(),
        (field, part) => format!("{field}-{part}"),
    };
    Summary { target, text: text.into() }
}
