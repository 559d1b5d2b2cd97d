//! How programs see a resource: `about { api: const { Some(Api::of(&["name", "age"])) } }` gives it a place under `/api`.

use super::declaration::Declaration;
use super::field::Mode;
use crate::resource::value::Kind;

/// What programs can do with a resource, as far as permissions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    List,
    Create,
    Retrieve,
    Change,
    Delete,
}

/// A resource as the API shows it. A reference is named without `_id`: `patient_id` is `patient` there.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The declared fields that an answer holds after the number, in this order.
    pub fields: &'static [&'static str],
    /// Those of them that no body sets, although a form may.
    pub fixed: &'static [&'static str],
    pub deeds: &'static [Deed],
    /// Of these, one at least has to be given when a record is added or replaced.
    pub either: &'static [&'static str],
    /// A reference: the address with a number lists the records that name this one, and deletes the record of that number.
    pub listed_by: &'static str,
}

impl Api {
    /// Everything can be done.
    pub const fn of(fields: &'static [&'static str]) -> Self {
        Self {
            fields,
            fixed: &[],
            deeds: &[Deed::List, Deed::Create, Deed::Retrieve, Deed::Change, Deed::Delete],
            either: &[],
            listed_by: "",
        }
    }

    /// Programs only look.
    pub const fn to_look_at(fields: &'static [&'static str]) -> Self {
        Self { deeds: &[Deed::List, Deed::Retrieve], ..Self::of(fields) }
    }

    /// These fields are answered and never taken.
    pub const fn fixed(mut self, fields: &'static [&'static str]) -> Self {
        self.fixed = fields;
        self
    }

    /// Of these, one at least has to be given: the model's `validate` tells the others from it.
    pub const fn either(mut self, fields: &'static [&'static str]) -> Self {
        self.either = fields;
        self
    }

    /// The address with a number lists the records that name this one; nothing is changed, what is wrong is deleted and
    /// added anew.
    pub const fn listed_by(mut self, field: &'static str) -> Self {
        self.deeds = &[Deed::List, Deed::Create, Deed::Delete];
        self.listed_by = field;
        self
    }

    pub fn does(&self, deed: Deed) -> bool {
        self.deeds.contains(&deed)
    }
}

/// What is wrong with the part of a declaration that is for programs.
pub fn wrong(own: &Declaration) -> Vec<String> {
    let Some(api) = own.api else { return Vec::new() };
    let named = api.fields.iter().chain(api.fixed).chain(api.either).chain(Some(&api.listed_by).filter(|name| !name.is_empty()));
    let unknown = named.filter(|name| own.field(name).is_none());
    let mut wrong: Vec<String> = unknown.map(|name| format!("api names {name}, which is not a declared field")).collect();
    for name in api.fixed.iter().filter(|name| !api.fields.contains(name)) {
        wrong.push(format!("api: {name} is fixed, but not among its fields; name it there as well"));
    }
    if own.field(api.listed_by).is_some_and(|field| !field.is_reference() || !own.filter.contains(&field.name)) {
        wrong.push(format!("api is listed_by {}, which must be a reference in filter", api.listed_by));
    }
    let writes = api.does(Deed::Create) || api.does(Deed::Change) || api.does(Deed::Delete);
    if writes && own.read_only {
        wrong.push("api allows writing, but the resource is read_only; use Api::to_look_at".into());
    }
    // What a form must have and a program cannot give would never be complete.
    let taken = |name: &&str| api.fields.contains(name) && !api.fixed.contains(name);
    let missing = own.fields.iter().filter(|field| field.required && field.mode == Mode::Editable && field.kind != Kind::Bool);
    for field in missing.filter(|field| api.does(Deed::Create) && !taken(&field.name) && !api.fixed.contains(&field.name)) {
        wrong.push(format!("api creates records without {}, which is required; name it, or fix it where initial gives it", field.name));
    }
    wrong
}
