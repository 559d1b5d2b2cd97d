//! The bulk actions: deleting records, setting one field, and those that the model declares.

use std::collections::BTreeMap;

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::Binder;
use crate::resource::form::data::lower;
use crate::resource::value::{Row, Values};
use crate::resource::write::undeletable::held;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Declaration, Field, FormErrors, Kind, Resource, Value};

/// The prefix of the value for setting a field.
const SET: &str = "set.";
const TRUTH: &[(&str, &str)] = &[("yes", "Yes"), ("no", "No")];

pub enum BulkOperation<'a> {
    Delete,
    Set(&'a Field),
    Declared(&'static BulkAction),
}

/// The fields that this user may set for many records at once.
fn settable<'a>(app: &'a App, actor: &'a Actor, own: &'a Declaration) -> impl Iterator<Item = &'a Field> {
    let binder = Binder::new(&app.registry, actor, &app.clinic_zone());
    let may = own.allows(actor, Action::Change);
    own.fields.iter().filter(move |field| {
        // A unique field cannot have the same value in several records.
        let is_single = matches!(field.kind, Kind::Many | Kind::File) || !field.unique_error.is_empty();
        may && field.bulk_edit && !is_single && binder.can_choose(field)
    })
}

/// The actions offered to this user, in groups: value and label.
pub fn offered(app: &App, actor: &Actor, own: &Declaration) -> Vec<(&'static str, Vec<(String, String)>)> {
    let declared = own.actions.iter().filter(|act| act.allows(actor)).map(|act| (act.name.to_string(), act.label.to_string()));
    let delete = own.allows(actor, Action::Delete).then(|| ("delete".to_string(), "Delete".to_string()));
    let fields = settable(app, actor, own).map(|field| (format!("{SET}{}", field.name), format!("Set {}", lower(field.label))));
    let groups = [("", declared.chain(delete).collect::<Vec<_>>()), ("Set one field", fields.collect())];
    groups.into_iter().filter(|(_, acts)| !acts.is_empty()).collect()
}

/// The actions for one record offered to this user.
pub fn on_record(c: &mut Connection, actor: &Actor, own: &Declaration, row: &Row) -> QueryResult<Vec<&'static BulkAction>> {
    let mut acts = Vec::new();
    for act in own.actions.iter().filter(|act| act.on_record && act.allows(actor)) {
        if (act.reject)(c, actor, row)?.is_none() {
            acts.push(act);
        }
    }
    Ok(acts)
}

impl<'a> BulkOperation<'a> {
    /// The action with this value; `None` if there is none, or not for this user.
    pub fn named(app: &'a App, actor: &'a Actor, own: &'a Declaration, word: &str) -> Option<Self> {
        if let Some(name) = word.strip_prefix(SET) {
            return settable(app, actor, own).find(|field| field.name == name).map(Self::Set);
        }
        match word {
            "delete" => own.allows(actor, Action::Delete).then_some(Self::Delete),
            _ => own.actions.iter().find(|act| act.name == word && act.allows(actor)).map(Self::Declared),
        }
    }

    /// `Delete 12 patients`
    pub fn title(&self, what: &str) -> String {
        match self {
            Self::Delete => format!("Delete {what}"),
            Self::Set(field) => format!("Set “{}” of {what}", field.label),
            Self::Declared(act) => act.title.replace("{}", what),
        }
    }

    /// A sentence about what will happen.
    pub fn about(&self, own: &Declaration) -> String {
        match self {
            Self::Delete if own.trash => "You can restore them from the trash.".into(),
            Self::Delete => "They are permanently deleted. Their history stays in the log.".into(),
            Self::Set(field) if field.required || field.kind == Kind::Bool => "Applies to all of them.".into(),
            Self::Set(_) => "Applies to all of them. Leave blank to clear.".into(),
            Self::Declared(act) => act.about.into(),
        }
    }

    /// The participle, after 'was' or 'were'.
    pub fn done(&self, own: &Declaration) -> &'static str {
        match self {
            Self::Delete if own.trash => "moved to the trash",
            Self::Delete => "deleted",
            Self::Set(_) => "changed",
            Self::Declared(act) => act.done,
        }
    }

    pub fn icon(&self) -> &'static str {
        match self {
            Self::Delete => "trash",
            Self::Set(_) => "pencil",
            Self::Declared(act) => act.icon,
        }
    }

    pub fn is_dangerous(&self) -> bool {
        match self {
            Self::Delete => true,
            Self::Set(_) => false,
            Self::Declared(act) => act.is_dangerous,
        }
    }

    pub fn inputs(&self) -> Vec<Field> {
        match self {
            Self::Delete => Vec::new(),
            // An unticked checkbox would set false without the user having chosen it.
            Self::Set(field) if field.kind == Kind::Bool => {
                vec![Field { kind: Kind::Choice(TRUTH), widget: Widget::Radio, required: true, help: "", ..(*field).clone() }]
            }
            Self::Set(field) => vec![(*field).clone()],
            Self::Declared(act) => (act.inputs)(),
        }
    }

    /// The records that the action cannot be applied to, and why.
    pub fn refused(
        &self,
        c: &mut Connection,
        app: &App,
        actor: &Actor,
        resource: &Resource,
        rows: &[Row],
    ) -> QueryResult<BTreeMap<i64, String>> {
        let mut refused = BTreeMap::new();
        if let Self::Delete = self {
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            refused = held(c, &app.registry, actor, resource.declaration().name, &ids)?;
        }
        for row in rows {
            let why = match self {
                Self::Delete => app.registry.refusal(c, resource, row, actor)?,
                Self::Set(_) => None,
                Self::Declared(act) => (act.reject)(c, actor, row)?,
            };
            refused.extend(why.map(|why| (row.id, why)));
        }
        Ok(refused)
    }

    /// Applies it to one record.
    pub fn each(&self, c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, values: &Values) -> Result<(), WriteError> {
        match self {
            Self::Delete => writer.delete(c, resource, row.id).map(|_| ()),
            Self::Set(field) => {
                let value = match values.at(field.name) {
                    Value::Text(word) if field.kind == Kind::Bool => Value::Bool(word == "yes"),
                    other => other.clone(),
                };
                let values = [(field.name, value)].into_iter().collect();
                writer.update(c, resource, row.id, values, FormErrors::default(), None).map(|_| ())
            }
            Self::Declared(act) => (act.apply)(c, writer, resource, row, values),
        }
    }
}
