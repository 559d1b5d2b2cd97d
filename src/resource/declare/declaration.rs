//! What a model declares.

use super::api::Api;
use super::bulk_action::BulkAction;
use super::field::Field;
use super::fieldset::Fieldset;
use super::inline::Inline;
use super::staff_pages::StaffPages;
use crate::db::Connection;
use crate::resource::access::actor::{Action, Actor, codename};
use crate::resource::log::entry::Details;
use crate::resource::registry::Registry;
use crate::resource::value::{Kind, Row};
use diesel::QueryResult;

/// Records counted by the day or the week of a date that is in `filter` and has an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chart {
    /// `New patients`
    pub title: &'static str,
    pub field: &'static str,
    pub interval: Interval,
}

/// The last fourteen days, or the last twelve weeks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Interval {
    Day,
    Week,
}

/// The declaration of a model: plain data, built once when the program starts.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The word in permissions and the log: `patient`.
    pub name: &'static str,
    /// The word in addresses: `patients`.
    pub slug: &'static str,
    /// Its table in the database.
    pub table: &'static str,
    /// Its pages for staff, if it has any.
    pub staff: StaffPages,
    pub singular: &'static str,
    pub plural: &'static str,
    /// The heading under which the admin lists it.
    pub area: &'static str,
    pub icon: &'static str,
    /// Every field in order: the editable ones, the many-to-many ones, the automatic ones.
    pub fields: Vec<Field>,
    /// Columns of the list, the first of which is the link.
    pub list_display: &'static [&'static str],
    /// Fields that a search looks into.
    pub search_fields: &'static [&'static str],
    /// References whose records' folded text is searched as well.
    pub search_through: &'static [&'static str],
    /// The table has a trigram index over its folded text.
    pub search_index: bool,
    /// Deleted records go to the trash first.
    pub trash: bool,
    /// Who looks at a record is written down.
    pub logs_reads: bool,
    /// What tells one record from all others to people: rows of an import find their records by it.
    pub natural_key: &'static [&'static str],
    pub list_filter: &'static [&'static str],
    /// The date by whose years, months and days a list is walked down; blank for none.
    pub date_hierarchy: &'static str,
    /// What the dashboard counts over time.
    pub chart: Option<Chart>,
    /// The order of a list: field and whether it descends.
    pub ordering: &'static [(&'static str, bool)],
    /// Parts of the form.
    pub fieldsets: &'static [Fieldset],
    /// References that make up the label of a row, for models without a name of their own.
    pub label_from: &'static [&'static str],
    /// What to say when a pair that must be unique is not.
    pub unique_together: &'static str,
    /// Nobody adds, changes or deletes it by hand.
    pub read_only: bool,
    /// Goes along with what it refers to by the database's own rule, and nobody is told: of what the program keeps by
    /// itself there may be thousands.
    pub cascades_silently: bool,
    /// Its records decide who may do what: who changes one has proved lately that it is them.
    pub requires_reauthentication: bool,
    /// The default groups that get rights on it, and which.
    pub default_grants: &'static [(&'static str, &'static [Action])],
    /// Pages that belong to a record: label, address with `{id}`, permission.
    pub links: &'static [(&'static str, &'static str, &'static str)],
    /// Records of other resources that are added and changed on the form of this one.
    pub inlines: &'static [Inline],
    /// Its hook `after_rows` sets values that follow from the rows of its inlines.
    pub has_totals: bool,
    /// What is left to do after one was added; its page is then shown instead of the list.
    pub next_step: &'static str,
    /// Rights of its own beside the four: codename and what it allows.
    pub extra_permissions: &'static [(&'static str, &'static str)],
    /// What can be done with chosen records beside changing and deleting them.
    pub actions: &'static [BulkAction],
    /// What one can do where others keep it from being deleted, on its form.
    pub delete_alternative: Option<fn(&Row) -> &'static str>,
    /// Apply row speaks of a record of any kind: the fields of its label, its kind and its number.
    pub target: Option<(&'static str, &'static str, &'static str)>,
    /// What its page in the administration tells beyond the fields.
    pub details: Option<DetailsFn>,
    /// How programs see it; `None` where they do not.
    pub api: Option<Api>,
}

/// Reads what there is to tell of the record with this id, for this person.
pub type DetailsFn = fn(&mut Connection, &Registry, &Actor, i64) -> QueryResult<Details>;

impl Declaration {
    /// Nothing declared, for the macro to fill.
    pub fn blank() -> Self {
        Self {
            name: "",
            slug: "",
            table: "",
            staff: StaffPages::NONE,
            singular: "",
            plural: "",
            area: "",
            icon: "list",
            fields: Vec::new(),
            list_display: &[],
            search_fields: &[],
            search_through: &[],
            search_index: false,
            trash: false,
            logs_reads: false,
            natural_key: &[],
            list_filter: &[],
            date_hierarchy: "",
            chart: None,
            ordering: &[],
            fieldsets: &[],
            label_from: &[],
            unique_together: "",
            read_only: false,
            cascades_silently: false,
            requires_reauthentication: false,
            default_grants: &[],
            links: &[],
            inlines: &[],
            has_totals: false,
            next_step: "",
            extra_permissions: &[],
            actions: &[],
            delete_alternative: None,
            target: None,
            details: None,
            api: None,
        }
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Fields by name, unknown ones left out (the checks at start refuse those).
    pub fn fields_named<'a>(&'a self, names: &'a [&'static str]) -> impl Iterator<Item = &'a Field> {
        names.iter().filter_map(|name| self.field(name))
    }

    /// The sections, or one without a title that holds every editable field.
    pub fn form_sections(&self) -> Vec<(&'static str, Vec<&Field>)> {
        if self.fieldsets.is_empty() {
            return vec![("", self.fields.iter().filter(|field| field.is_editable()).collect())];
        }
        self.fieldsets.iter().map(|section| (section.title, section.names().filter_map(|name| self.field(name)).collect())).collect()
    }

    /// The four permissions and the resource's own: codename and name.
    pub fn permissions(&self) -> Vec<(String, String)> {
        let four =
            Action::ALL.map(|action| (codename(self.name, action), format!("Can {} {}", action.word(), self.singular.to_lowercase())));
        let purge = self.trash.then(|| (self.purge_right(), format!("Can permanently delete {} from the trash", self.plural_lower())));
        let own = self.extra_permissions.iter().map(|(codename, name)| ((*codename).to_string(), (*name).to_string()));
        four.into_iter().chain(purge).chain(own).collect()
    }

    /// The right to remove what is in the trash before its time; at first only superusers have it.
    pub fn purge_right(&self) -> String {
        format!("{}.purge", self.name)
    }

    /// The name, if a list can be ordered by this field: a reference only where its label says how.
    pub fn sortable(&self, name: &str) -> Option<&'static str> {
        let field = self.field(name).filter(|field| field.is_sortable())?;
        field.reference.is_none_or(|reference| reference.is_searched).then_some(field.name)
    }

    /// The columns that a list can show.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().filter(|field| field.kind != Kind::Many).map(|field| field.name)
    }

    /// Whether a search can find anything here.
    pub fn is_searched(&self) -> bool {
        !self.search_fields.is_empty() || !self.search_through.is_empty()
    }

    /// Whether this actor may do this by hand.
    pub fn allows(&self, actor: &Actor, action: Action) -> bool {
        actor.may(action, self.name) && (action == Action::View || !self.read_only)
    }

    /// The address of its list for this person: the staff page, or the administration's for those who may open it.
    pub fn list_url(&self, actor: &Actor) -> Option<String> {
        match self.staff.path {
            _ if !self.allows(actor, Action::View) => None,
            "" => actor.is_staff.then(|| format!("/admin/{}", self.slug)),
            page => Some(page.into()),
        }
    }

    /// The same, preferring the administration for those who are inside it.
    pub fn list_url_in(&self, actor: &Actor, inside: bool) -> Option<String> {
        let place = self.list_url(actor)?;
        Some(if inside && actor.is_staff { format!("/admin/{}", self.slug) } else { place })
    }

    /// A name in the middle of a sentence.
    pub fn singular_lower(&self) -> String {
        self.singular.to_lowercase()
    }

    pub fn plural_lower(&self) -> String {
        self.plural.to_lowercase()
    }
}
