//! The schemas of a resource: the record, parts of it, a page of records, and request bodies.

use serde_json::{Map, Value as Json, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Components, ComponentsBuilder};

use super::values::{Described, answered, any_of, example, formatted, list_of, named, taken, whole};
use crate::api::records::create::MOST;
use crate::api::schema::{Member, Shape, VERSION};
use crate::english::with_article;
use crate::resource::{Kind, Operation};

/// The names of a resource's schemas: `Patient`, `PatientNew` …
pub fn name(shape: &Shape, part: &str) -> String {
    format!("{}{part}", name_of(shape.resource))
}

pub const PART: &str = "Part";
pub const PAGE: &str = "Page";
pub const NEW: &str = "New";
pub const CHANGE: &str = "Change";

/// Adds the schemas of this resource.
pub fn add(components: Components, shape: &Shape) -> Components {
    let mut made = ComponentsBuilder::from(components).schema(name(shape, ""), whole_record(shape));
    if shape.does(Operation::List) || shape.does(Operation::Retrieve) {
        made = made.schema(name(shape, PART), part(shape));
    }
    if shape.does(Operation::List) {
        made = made.schema(name(shape, PAGE), page(shape));
    }
    if shape.does(Operation::Create) || shape.does(Operation::Change) {
        made = made.schema(name(shape, NEW), new(shape));
    }
    if shape.does(Operation::Change) {
        made = made.schema(name(shape, CHANGE), change(shape));
    }
    made.build()
}

fn whole_record(shape: &Shape) -> Described {
    let record = ObjectBuilder::new().description(Some(format!("{}, as it is stored.", shape.singular)));
    let record = shape.members.iter().fold(record, |record, member| record.property(member.name, answered(member)).required(member.name));
    detailed(shape, record).into()
}

/// `doctor_detail`, which only the list of one patient's records has.
fn detailed(shape: &Shape, record: ObjectBuilder) -> ObjectBuilder {
    shape.members.iter().filter(|member| member.has_detail).fold(record, |record, member| {
        let description = format!("The {} in brief, with its `id`. Only in the list of the records of one other.", member.name);
        let types = [Type::Object, Type::Null].into_iter().collect::<SchemaType>();
        let detail = ObjectBuilder::new().schema_type(types).description(Some(description));
        record.property(format!("{}_detail", member.name), detail)
    })
}

/// A record after `fields=` and `expand=`.
fn part(shape: &Shape) -> Described {
    let description = format!("{} with `fields` or `expand`: any of its members, and records instead of their IDs.", shape.singular);
    let mut record = ObjectBuilder::new().description(Some(description));
    for member in &shape.members {
        let schema = match member.refers_to {
            Some(resource) => any_of([answered(member), named(&name_of(resource))]),
            None => answered(member),
        };
        record = record.property(member.name, schema);
    }
    if shape.has_versions {
        record = record.property(VERSION, whole().description(Some("Increases with every change. Returned if requested in `fields`.")));
    }
    record.into()
}

/// `AppointmentType` for `appointment_type`.
fn name_of(resource: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    resource.split(['-', '_']).map(word).collect()
}

/// One record in a response that supports `fields` and `expand`.
pub fn viewed(shape: &Shape) -> Described {
    any_of([named(&name(shape, "")), named(&name(shape, PART))])
}

fn page(shape: &Shape) -> Described {
    let link = || formatted("uri").schema_type([Type::String, Type::Null].into_iter().collect::<SchemaType>());
    ObjectBuilder::new()
        .description(Some(format!("One page of {}, with links to the others.", shape.plural.to_lowercase())))
        .property("count", whole().description(Some("The total number on all pages.")))
        .property("next", link().description(Some("The address of the next page.")))
        .property("previous", link().description(Some("The address of the previous page.")))
        .property("results", list_of(viewed(shape)))
        .required("count")
        .required("next")
        .required("previous")
        .required("results")
        .into()
}

/// The body of POST and PUT.
fn new(shape: &Shape) -> Described {
    let body = ObjectBuilder::new()
        .description(Some(format!("The members of a new {}. Other members are ignored.", shape.singular.to_lowercase())));
    let mut body = shape.writable().fold(body, |body, member| {
        let body = body.property(member.name, taken(member));
        if member.required { body.required(member.name) } else { body }
    });
    if !shape.either.is_empty() {
        // In JSON Schema: not all of them may be absent or null.
        let missing: Map<String, Json> = shape.either.iter().map(|name| ((*name).to_string(), json!({ "type": "null" }))).collect();
        body = body.extensions(Some(Extensions::from_iter([("not", json!({ "properties": missing }))])));
    }
    body.into()
}

/// The body of PATCH: any subset.
fn change(shape: &Shape) -> Described {
    let description = format!("The members of {} to change. Other members are ignored.", with_article(&shape.singular.to_lowercase()));
    let body = ObjectBuilder::new().description(Some(description));
    let body = shape.writable().fold(body, |body, member| body.property(member.name, taken(member)));
    body.property(VERSION, version()).into()
}

/// The version that a change is based on.
fn version() -> ObjectBuilder {
    let description = "The version that you read. If the record has changed since, the response is 409 and nothing is changed.";
    let types: SchemaType = [Type::Integer, Type::String, Type::Null].into_iter().collect();
    whole().schema_type(types).pattern(Some("^[0-9]{1,18}$")).description(Some(description))
}

/// One of them, or several at once.
pub fn one_or_many(shape: &Shape, part: &str) -> Described {
    let one = || named(&name(shape, part));
    any_of([one(), list_of(one()).min_items(Some(1)).max_items(Some(MOST)).into()])
}

/// An example of a record.
pub fn record(shape: &Shape) -> Json {
    object(shape.members.iter())
}

/// An example of a body.
pub fn body(shape: &Shape) -> Json {
    // One of several alternatives is enough, and the record behind an optional reference may not exist.
    let is_spare =
        |member: &Member| shape.either.iter().skip(1).any(|name| *name == member.name) || (member.field.is_reference() && !member.required);
    object(shape.writable().filter(|member| !is_spare(member)))
}

/// An example of a body that changes one member.
pub fn little(shape: &Shape) -> Json {
    let first = shape.writable().find(|member| member.field.kind == Kind::Text && !member.required).or_else(|| shape.writable().next());
    object(first.into_iter())
}

fn object<'a>(members: impl Iterator<Item = &'a Member>) -> Json {
    Json::Object(members.map(|member| (member.name.to_string(), example(member))).collect())
}

/// The members of a list, for people: names and types.
pub fn names<'a>(members: impl Iterator<Item = &'a Member>) -> String {
    members.map(|member| format!("`{}`", member.name)).collect::<Vec<_>>().join(", ")
}
