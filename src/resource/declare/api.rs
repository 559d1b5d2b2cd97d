//! How the API shows a resource: `options { api: const { Some(Api::of(&["name", "age"])) } }` adds it under `/api`.

use super::declaration::Declaration;
use super::field::Mode;
use crate::resource::value::Kind;

/// What API clients can do with a resource, if they have the permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    List,
    Create,
    Retrieve,
    Change,
    Delete,
}

/// A resource in the API. A reference is named without `_id`: `patient_id` is `patient` there.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The declared fields of a response after the id, in this order.
    pub fields: &'static [&'static str],
    /// Those of them that requests cannot set, although a form may.
    pub read_only_fields: &'static [&'static str],
    pub operations: &'static [Operation],
    /// At least one of these is required when a record is created or replaced.
    pub at_least_one_of: &'static [&'static str],
    /// A reference field: the URL with an id lists the records that refer to that id, but DELETE deletes the record with
    /// that id.
    pub listed_by: &'static str,
    /// The fields that a record carries where it stands beside a reference to it, in a list that is [`listed_by`](Self::listed_by).
    pub detail: &'static [&'static str],
}

impl Api {
    /// All operations.
    pub const fn of(fields: &'static [&'static str]) -> Self {
        Self {
            fields,
            read_only_fields: &[],
            operations: &[Operation::List, Operation::Create, Operation::Retrieve, Operation::Change, Operation::Delete],
            at_least_one_of: &[],
            listed_by: "",
            detail: &[],
        }
    }

    /// Only listing and retrieving.
    pub const fn read_only(fields: &'static [&'static str]) -> Self {
        Self { operations: &[Operation::List, Operation::Retrieve], ..Self::of(fields) }
    }

    /// Fields that are returned but cannot be set.
    pub const fn read_only_fields(mut self, fields: &'static [&'static str]) -> Self {
        self.read_only_fields = fields;
        self
    }

    /// At least one of these is required; the model's `validate` derives the others.
    pub const fn at_least_one_of(mut self, fields: &'static [&'static str]) -> Self {
        self.at_least_one_of = fields;
        self
    }

    /// The URL with an id lists the records that refer to that id. Records are not changed, but deleted and created again.
    pub const fn listed_by(mut self, field: &'static str) -> Self {
        self.operations = &[Operation::List, Operation::Create, Operation::Delete];
        self.listed_by = field;
        self
    }

    /// Lists of the records of another one carry these fields of this record: `"doctor": 3, "doctor_detail": {"id": 3, …}`.
    pub const fn detail(mut self, fields: &'static [&'static str]) -> Self {
        self.detail = fields;
        self
    }

    pub fn does(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }
}

/// The errors in the API part of a declaration.
pub fn wrong(own: &Declaration) -> Vec<String> {
    let Some(api) = own.api else { return Vec::new() };
    let named = api
        .fields
        .iter()
        .chain(api.read_only_fields)
        .chain(api.at_least_one_of)
        .chain(api.detail)
        .chain(Some(&api.listed_by).filter(|name| !name.is_empty()));
    let unknown = named.filter(|name| own.field(name).is_none());
    let mut wrong: Vec<String> = unknown.map(|name| format!("api names {name}, which is not a declared field")).collect();
    for name in api.read_only_fields.iter().filter(|name| !api.fields.contains(name)) {
        wrong.push(format!("api: {name} is in read_only_fields, but not among its fields; name it there as well"));
    }
    if own.field(api.listed_by).is_some_and(|field| !field.is_reference() || !own.list_filter.contains(&field.name)) {
        wrong.push(format!("api is listed_by {}, which must be a reference in list_filter", api.listed_by));
    }
    if own.fields_named(api.fields).any(|field| field.kind == Kind::File) && !api.does(Operation::Retrieve) {
        wrong.push("api has a file, but records cannot be retrieved, so it could not be downloaded".into());
    }
    let writes = api.does(Operation::Create) || api.does(Operation::Change) || api.does(Operation::Delete);
    if writes && own.read_only {
        wrong.push("api allows writing, but the resource is read_only; use Api::read_only".into());
    }
    // A record could not be created if a form requires a field that requests cannot set.
    let taken = |name: &&str| api.fields.contains(name) && !api.read_only_fields.contains(name);
    let missing = own.fields.iter().filter(|field| field.required && field.mode == Mode::Editable && field.kind != Kind::Bool);
    for field in missing.filter(|field| api.does(Operation::Create) && !taken(&field.name) && !api.read_only_fields.contains(&field.name)) {
        wrong.push(format!(
            "api creates records without {}, which is required; name it, or list it in read_only_fields where initial sets it",
            field.name
        ));
    }
    wrong
}
