//! Parameters in addresses and headers: pages, filters, order, parts of records, conditions.

use utoipa::openapi::Required;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};

use super::schemas::names;
use super::values::{Described, any_of, formatted, list_of, text, whole};
use crate::api::http::idempotency::LONGEST_KEY;
use crate::api::records::pagination::{MOST, USUAL};
use crate::api::records::params::MOST_VALUES;
use crate::api::schema::{Lookup, Member, Shape};
use crate::resource::Kind;

fn parameter(
    name: impl Into<String>,
    place: ParameterIn,
    description: impl Into<String>,
    schema: impl Into<Described>,
) -> ParameterBuilder {
    let required = if place == ParameterIn::Path { Required::True } else { Required::False };
    ParameterBuilder::new().name(name).parameter_in(place).required(required).description(Some(description)).schema(Some(schema))
}

pub fn query(name: impl Into<String>, description: impl Into<String>, schema: impl Into<Described>) -> Parameter {
    parameter(name, ParameterIn::Query, description, schema).build()
}

/// Several values in one parameter, separated by commas.
fn several(name: impl Into<String>, description: impl Into<String>, of: ArrayBuilder) -> ParameterBuilder {
    parameter(name, ParameterIn::Query, description, of).style(Some(ParameterStyle::Form)).explode(Some(false))
}

/// A blank value counts as absent, as when a form of filters is sent.
fn or_blank(parameter: ParameterBuilder) -> Parameter {
    parameter.extensions(Some(Extensions::from_iter([("allowEmptyValue", true)]))).build()
}

fn header(name: &str, description: &str, schema: impl Into<Described>) -> Parameter {
    parameter(name, ParameterIn::Header, description, schema).build()
}

/// A text that an address can contain.
fn word() -> ObjectBuilder {
    text().pattern(Some(r"^[^\u0000]*$"))
}

/// The id in the address of a record.
pub fn id(description: String) -> Parameter {
    parameter("id", ParameterIn::Path, description, whole().minimum(Some(1_i64))).example(Some(1.into())).build()
}

pub fn if_none_match() -> Parameter {
    header("If-None-Match", "Your ETag. If nothing has changed since, the response is 304 and empty.", text())
}

pub fn if_match() -> Parameter {
    header(
        "If-Match",
        "The ETag of the record that you read. If the record has changed since, the response is 412 and nothing is changed.",
        text(),
    )
}

pub fn idempotency_key() -> Parameter {
    let key = text().min_length(Some(1)).max_length(Some(LONGEST_KEY)).pattern(Some("^[!-~]+$"));
    let description = "A key that you choose for this request. If you send the same request with the same key within 24 hours, it is not done \
        twice: the stored response is returned.";
    header("Idempotency-Key", description, key)
}

/// All parameters of a list.
pub fn of_list(shape: &Shape) -> Vec<Parameter> {
    let mut all = Vec::new();
    if shape.is_searched {
        all.push(query("search", "Words to search for. Accents and capital letters are ignored.", word()));
    }
    for member in &shape.members {
        all.extend(member.filters.iter().map(|lookup| filter(member, *lookup)));
    }
    let sortable = names(shape.members.iter().filter(|member| member.sortable));
    let description = format!(
        "The order: one or more of {sortable}, separated by commas. A minus sign reverses the order. The default is `id`{}.",
        if shape.has_weights { "; a search begins with what is found in the more important members" } else { "" }
    );
    all.push(several("ordering", description, list_of(word().into())).build());
    let number = whole().minimum(Some(1_i64)).into();
    let last = text().enum_values(Some(["last"])).into();
    all.push(query("page", "A page number, or `last`. The response is then one page with links to the others.", any_of([number, last])));
    let description = format!("Records per page: up to {MOST}. The default, and the size for any other value, is {USUAL}.");
    all.push(query(
        "page_size",
        description,
        ObjectBuilder::new().schema_type([Type::Integer, Type::String].into_iter().collect::<utoipa::openapi::schema::SchemaType>()),
    ));
    let description = "Pages by cursor, which stay correct while records are added and deleted. Leave blank for the first page, then follow \
        `next` and `previous`.";
    all.push(query("cursor", description, word()));
    all.extend(of_view(shape));
    all.push(if_none_match());
    all
}

/// The parameters for the parts of a record.
pub fn of_view(shape: &Shape) -> Vec<Parameter> {
    let known = names(shape.members.iter());
    let description = format!("Only these members, separated by commas: {known}. `version` is also available.");
    let mut all = vec![several("fields", description, list_of(word().into())).build()];
    let refers = || shape.members.iter().filter(|member| member.refers_to.is_some());
    if refers().next().is_some() {
        let description = format!("Return whole records instead of their IDs, separated by commas: {}.", names(refers()));
        all.push(several("expand", description, list_of(word().into())).build());
    }
    all
}

fn filter(member: &Member, lookup: Lookup) -> Parameter {
    let (name, label) = (lookup.parameter(member.name), member.field.label);
    let one = |description: String| parameter(name.clone(), ParameterIn::Query, description, value(member));
    or_blank(match lookup {
        Lookup::Equal => one(format!("{label} is this value.")),
        Lookup::In => {
            let description = format!("{label} is one of these values, separated by commas; up to {MOST_VALUES}.");
            several(name, description, list_of(value(member)).min_items(Some(1)).max_items(Some(MOST_VALUES)))
        }
        Lookup::AtLeast => one(format!("{label} is this or {}.", if is_date(member) { "later" } else { "more" })),
        Lookup::AtMost => one(format!("{label} is this or {}.", if is_date(member) { "earlier" } else { "less" })),
        Lookup::IsNull => {
            let yes = ObjectBuilder::new().schema_type(Type::Boolean);
            parameter(name, ParameterIn::Query, format!("{label} is blank; with `false`, is not blank."), yes)
        }
    })
}

fn is_date(member: &Member) -> bool {
    matches!(member.field.kind, Kind::Date | Kind::DateTime)
}

/// The value of a filter.
fn value(member: &Member) -> Described {
    match member.field.kind {
        Kind::Integer | Kind::Many => whole().minimum(Some(i64::MIN)).maximum(Some(i64::MAX)).into(),
        Kind::Measure(_) => word().into(),
        Kind::Bool => ObjectBuilder::new().schema_type(Type::Boolean).into(),
        Kind::Date => formatted("date").into(),
        Kind::DateTime => any_of([formatted("date-time").into(), formatted("date").into()]),
        Kind::Choice(choices) => text().enum_values(Some(choices.iter().map(|(stored, _)| *stored))).into(),
        Kind::Text | Kind::File => word().into(),
    }
}
