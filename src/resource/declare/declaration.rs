//! What a model declares.

use super::api::Api;
use super::bulk_action::{BulkAction, RecordLink};
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
use time::Date;

/// Counts records per day or week of a date field, which must be in `list_filter` and have an index.
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

/// Rows of another table under which a record is found as well, by one exact value each: the identifiers of a patient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LookupRows {
    pub table: &'static str,
    /// The column with the id of the record.
    pub reference: &'static str,
    /// The column with the value, in capitals without blanks and marks.
    pub column: &'static str,
}

/// The declaration of a model: plain data, built once when the program starts.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The name in permissions and the log: `patient`.
    pub name: &'static str,
    /// The name in URLs: `patients`.
    pub slug: &'static str,
    pub table: &'static str,
    /// The staff pages, if the model has any.
    pub staff: StaffPages,
    pub singular: &'static str,
    pub plural: &'static str,
    /// The heading under which the admin lists it.
    pub area: &'static str,
    pub icon: &'static str,
    /// Every field in order: the editable ones, the many-to-many ones, the automatic ones.
    pub fields: Vec<Field>,
    /// Columns of the list; the first is the link.
    pub list_display: &'static [&'static str],
    /// Fields that are searched.
    pub search_fields: &'static [&'static str],
    /// The weights of these fields. Records found in a heavier field come first.
    pub search_weights: &'static [u8],
    /// References whose records are searched as well.
    pub search_through: &'static [&'static str],
    /// The table has a trigram index on `search_text`.
    pub search_index: bool,
    /// Searched fields that are also found without regard to blanks, hyphens, apostrophes and umlauts, and with one mistake in a
    /// word: names. A field with a phone number is found by its digits.
    pub search_spellings: &'static [&'static str],
    /// What else a record is found by.
    pub search_rows: Option<LookupRows>,
    /// Before the number that people read, `P-` for `P-000002`; a search for it finds the record. Blank for none.
    pub number_prefix: &'static str,
    /// The date that a search finds in any usual form, such as the date of birth; blank for none.
    pub search_date: &'static str,
    /// What a list shows in a cell, if it is not the stored value.
    pub cell: Option<CellFn>,
    /// Deleted records are moved to the trash first.
    pub trash: bool,
    /// Views of a record are logged.
    pub logs_reads: bool,
    /// The fields that identify a record for users. An import finds existing records by them.
    pub natural_key: &'static [&'static str],
    /// The fields by which a row without its whole natural key is probably about a known record.
    pub known_by: &'static [&'static str],
    pub list_filter: &'static [&'static str],
    /// The date field for browsing a list by year, month and day; blank for none.
    pub date_hierarchy: &'static str,
    /// The chart on the dashboard.
    pub chart: Option<Chart>,
    /// The default order of a list: field and whether it descends.
    pub ordering: &'static [(&'static str, bool)],
    /// The sections of the form.
    pub fieldsets: &'static [Fieldset],
    /// References that make up the label, for models without a name of their own.
    pub label_from: &'static [&'static str],
    /// The error if a unique pair of values is taken.
    pub unique_together: &'static str,
    /// Rules of the database between several records: the name of the constraint, the field with the error, and the error.
    pub constraints: &'static [(&'static str, &'static str, &'static str)],
    /// Users cannot add, change or delete records.
    pub read_only: bool,
    /// The database deletes the records with what they refer to, neither listed nor logged, because there may be thousands.
    pub cascades_silently: bool,
    /// Changing records requires recent reauthentication, because they decide permissions.
    pub requires_reauthentication: bool,
    /// The default groups that get permissions, and which.
    pub default_grants: &'static [(&'static str, &'static [Action])],
    /// Links on the page of a record.
    pub links: &'static [RecordLink],
    /// Records of other resources that are edited on the form of this one.
    pub inlines: &'static [Inline],
    /// The followers of the registry hear of every change.
    pub publishes: bool,
    /// The hook `after_rows` sets values that follow from the inline rows.
    pub has_totals: bool,
    /// What is left to do after adding a record. If set, the record's page is shown instead of the list.
    pub next_step: &'static str,
    /// Permissions in addition to the four: codename, name, and the default groups that get it.
    pub extra_permissions: &'static [(&'static str, &'static str, &'static [&'static str])],
    /// Bulk actions besides changing and deleting.
    pub actions: &'static [BulkAction],
    /// What to do instead, offered for a record that cannot be deleted.
    pub delete_alternative: Option<DeleteAlternative>,
    /// A row refers to a record of any resource: the fields with its label, its resource and its id.
    pub target: Option<(&'static str, &'static str, &'static str)>,
    /// A row says who did it: the fields with the name as it was then, and with the user's id.
    pub signed: Option<(&'static str, &'static str)>,
    /// Loads what the admin page shows in addition to the fields.
    pub details: Option<DetailsFn>,
    /// The resource in the API; `None` if it is not part of it.
    pub api: Option<Api>,
}

/// What to do with a record that cannot be deleted.
#[derive(Clone, Copy, Debug)]
pub struct DeleteAlternative {
    /// A sentence about it.
    pub tell: fn(&Row) -> &'static str,
    /// The name of the bulk action that does it.
    pub action: &'static str,
}

/// The text of a cell, from the record, the name of the field and the date; `None` for the stored value.
pub type CellFn = fn(&Row, &str, Date) -> Option<String>;

/// Loads the details of the record with this id, as far as the actor may view them.
pub type DetailsFn = fn(&mut Connection, &Registry, &Actor, i64) -> QueryResult<Details>;

impl Declaration {
    /// Every member blank, for the macro to fill.
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
            search_weights: &[],
            search_through: &[],
            search_index: false,
            search_spellings: &[],
            search_rows: None,
            number_prefix: "",
            search_date: "",
            cell: None,
            trash: false,
            logs_reads: false,
            natural_key: &[],
            known_by: &[],
            list_filter: &[],
            date_hierarchy: "",
            chart: None,
            ordering: &[],
            fieldsets: &[],
            label_from: &[],
            unique_together: "",
            constraints: &[],
            read_only: false,
            cascades_silently: false,
            requires_reauthentication: false,
            default_grants: &[],
            links: &[],
            inlines: &[],
            publishes: false,
            has_totals: false,
            next_step: "",
            extra_permissions: &[],
            actions: &[],
            delete_alternative: None,
            target: None,
            signed: None,
            details: None,
            api: None,
        }
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Fields by name. Unknown names are skipped; the checks at startup refuse them.
    pub fn fields_named<'a>(&'a self, names: &'a [&'static str]) -> impl Iterator<Item = &'a Field> {
        names.iter().filter_map(|name| self.field(name))
    }

    /// The reference at the other end of a record that only joins two: the doctor, seen from an assignment's `patient_id`. Such
    /// records have a label made up of both.
    pub fn other_end(&self, field: &str) -> Option<&Field> {
        let mut others = self.fields_named(self.label_from).filter(|end| end.name != field);
        let first = others.next().filter(|_| self.label_from.contains(&field));
        first.filter(|_| others.next().is_none())
    }

    /// The sections of the form, or one without a title and with every editable field.
    pub fn form_sections(&self) -> Vec<(&'static str, Vec<&Field>)> {
        if self.fieldsets.is_empty() {
            return vec![("", self.fields.iter().filter(|field| field.is_editable()).collect())];
        }
        self.fieldsets.iter().map(|section| (section.title, section.names().filter_map(|name| self.field(name)).collect())).collect()
    }

    /// The four permissions and the extra ones: codename and name. Records of a read-only resource can only be viewed.
    pub fn permissions(&self) -> Vec<(String, String)> {
        let four = Action::ALL
            .into_iter()
            .filter(|action| *action == Action::View || !self.read_only)
            .map(|action| (codename(self.name, action), format!("Can {} {}", action.word(), self.singular.to_lowercase())));
        let purge = self.trash.then(|| (self.purge_right(), format!("Can permanently delete {} from the trash", self.plural_lower())));
        let own = self.extra_permissions.iter().map(|(codename, name, _)| ((*codename).to_string(), (*name).to_string()));
        four.chain(purge).chain(own).collect()
    }

    /// The permission to delete records in the trash before their time. At first only superusers have it.
    pub fn purge_right(&self) -> String {
        format!("{}.purge", self.name)
    }

    /// The name if a list can be ordered by this field. A reference is sortable only if its records have `search_text`.
    pub fn sortable(&self, name: &str) -> Option<&'static str> {
        let field = self.field(name).filter(|field| field.is_sortable())?;
        field.reference.is_none_or(|reference| reference.is_searched).then_some(field.name)
    }

    /// The columns that a list can show.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().filter(|field| field.kind != Kind::Many).map(|field| field.name)
    }

    /// The place in the searched text where one of the first two searched fields begins. Large tables have an index on exactly
    /// this expression.
    pub fn line_of(&self, name: &str) -> Option<String> {
        let table = self.table;
        match self.search_fields.iter().position(|field| *field == name) {
            Some(0) => Some(format!("substr({table}.search_text, 1, 120)")),
            Some(1) if !self.search_spellings.is_empty() => {
                Some(format!("substr({table}.search_text, instr({table}.search_text, '\n') + 1, 120)"))
            }
            _ => None,
        }
    }

    /// `P-000002`, where records have numbers for people.
    pub fn number_of(&self, id: i64) -> Option<String> {
        (!self.number_prefix.is_empty()).then(|| format!("{}{id:06}", self.number_prefix))
    }

    /// Whether the resource can be searched.
    pub fn is_searched(&self) -> bool {
        !self.search_fields.is_empty() || !self.search_through.is_empty()
    }

    /// Whether the actor may do this. Records of a read-only resource can only be viewed, and by somebody who views Praxis as
    /// another user any record.
    pub fn allows(&self, actor: &Actor, action: Action) -> bool {
        actor.may(action, self.name) && (action == Action::View || !(self.read_only || actor.impersonated_by.is_some()))
    }

    /// The URL of the list for this actor: the staff page, or the admin's if they may open it.
    pub fn list_url(&self, actor: &Actor) -> Option<String> {
        match self.staff.path {
            _ if !self.allows(actor, Action::View) => None,
            "" => actor.is_staff.then(|| format!("/admin/{}", self.slug)),
            page => Some(page.into()),
        }
    }

    /// The same, but the admin's list if the actor is in the admin.
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
