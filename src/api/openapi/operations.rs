//! The operations of a resource, according to its declaration.

use actix_web::http::Method;
use serde_json::{Value as Json, json};
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, Required, Response, ResponseBuilder};

use super::answers::Refusal::{Conflict, Forbidden, Malformed, MalformedRows, NotFound, Stale, Unauthorized};
use super::answers::{ALWAYS, JSON, OF_BODIES, Refusal, with_headers};
use super::parameters::{id, idempotency_key, if_match, if_none_match, of_list, of_view};
use super::schemas::{CHANGE, NEW, PAGE, body, little, name, names, one_or_many, record, viewed};
use super::values::{Described, any_of, formatted, list_of, named};
use crate::api::records::create::MOST;
use crate::api::schema::{Member, Shape};
use crate::english::with_article;
use crate::resource::form::data::lower;

/// The headers of every response to a caller with a token, if calls are limited.
pub const RATE: [&str; 3] = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];

/// The operation of a route of this resource.
pub fn of(shape: &Shape, method: &Method, is_one: bool) -> Option<Operation> {
    let drawn = match (method.as_str(), is_one) {
        ("GET", false) => list(shape),
        ("POST", false) => create(shape),
        ("GET", true) => shape.listed_by.map_or_else(|| retrieve(shape), |field| listed(shape, field)),
        ("PUT", true) => replace(shape),
        ("PATCH", true) => change(shape),
        ("DELETE", true) => destroy(shape),
        _ => return None,
    };
    Some(drawn.tag(shape.plural).build())
}

/// An operation with its name and its error responses.
pub fn operation(id: String, summary: String, description: &str, refusals: &[Refusal]) -> OperationBuilder {
    let drawn = OperationBuilder::new().operation_id(Some(id)).summary(Some(summary));
    let drawn = if description.is_empty() { drawn } else { drawn.description(Some(description)) };
    ALWAYS.iter().chain(refusals).fold(drawn, |drawn, refusal| drawn.response(refusal.status(), refusal.reference()))
}

pub fn success(description: impl Into<String>, schema: impl Into<Described>, example: Json, headers: &[&'static str]) -> Response {
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
    with_headers(with_headers(ResponseBuilder::new().description(description).content(JSON, content), headers), &["Allow"]).build()
}

pub fn empty(description: &str, headers: &[&'static str]) -> Response {
    with_headers(ResponseBuilder::new().description(description), headers).build()
}

pub fn sends(drawn: OperationBuilder, schema: impl Into<Described>, example: Json) -> OperationBuilder {
    with_body(drawn, schema, example, Required::True)
}

/// An optional body; an empty one equals `{}`.
pub fn may_send(drawn: OperationBuilder, schema: impl Into<Described>, example: Json) -> OperationBuilder {
    with_body(drawn, schema, example, Required::False)
}

fn with_body(drawn: OperationBuilder, schema: impl Into<Described>, example: Json, required: Required) -> OperationBuilder {
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
    let drawn = OF_BODIES.iter().fold(drawn, |drawn, refusal| drawn.response(refusal.status(), refusal.reference()));
    drawn.request_body(Some(RequestBodyBuilder::new().required(Some(required)).content(JSON, content).build()))
}

fn plural(shape: &Shape) -> String {
    shape.plural.to_lowercase()
}

fn one(shape: &Shape) -> String {
    shape.singular.to_lowercase()
}

fn with_rate(more: &[&'static str]) -> Vec<&'static str> {
    [more, &RATE].concat()
}

/// A list: a bare array, or a page.
fn of_many(shape: &Shape, drawn: OperationBuilder) -> OperationBuilder {
    let many = any_of([list_of(viewed(shape)).into(), named(&name(shape, PAGE))]);
    let ok = success(
        "All records as a plain list, or one page if you send `page`, `page_size` or `cursor`.",
        many,
        json!([record(shape)]),
        &with_rate(&["ETag"]),
    );
    drawn.parameters(Some(of_list(shape))).response("200", ok).response("304", empty("Not changed since your ETag.", &["ETag"]))
}

fn list(shape: &Shape) -> OperationBuilder {
    let description = "The records that you have access to. Several values of one filter are combined with OR, several filters with AND. Unknown \
        names are ignored.";
    let id = format!("{}_list", shape.slug.replace('-', "_"));
    of_many(shape, operation(id, format!("List {}", plural(shape)), description, &[Malformed, Unauthorized, Forbidden, NotFound]))
}

/// The list of records that refer to the one in the address.
fn listed(shape: &Shape, field: &str) -> OperationBuilder {
    let target = shape.members.iter().find(|member| member.field.name == field).map_or(field, |member| member.name);
    let id_help = format!("The ID of the {target}.");
    let summary = format!("List the {} of {}", plural(shape), with_article(target));
    let description = format!("Unlike in other addresses, the ID in this path is that of the {target}.");
    let id_of = format!("{}_of_{target}", shape.slug.replace('-', "_"));
    of_many(shape, operation(id_of, summary, &description, &[Malformed, Unauthorized, Forbidden, NotFound]).parameter(id(id_help)))
}

fn create(shape: &Shape) -> OperationBuilder {
    let description =
        format!("One object, or a list of up to {MOST}. All objects of a list are added, or none. Required: {}.", needed(shape));
    let drawn = operation(
        format!("{}_create", shape.slug.replace('-', "_")),
        format!("Add {}", with_article(&one(shape))),
        &description,
        &[MalformedRows, Unauthorized, Forbidden, Conflict],
    );
    let headers = with_rate(&["ETag", "Idempotent-Replayed"]);
    sends(drawn, one_or_many(shape, NEW), body(shape)).parameter(idempotency_key()).response(
        "201",
        success(
            "The added record, or a list of records for a list.",
            any_of([named(&name(shape, "")), list_of(named(&name(shape, ""))).into()]),
            record(shape),
            &headers,
        ),
    )
}

fn needed(shape: &Shape) -> String {
    let required = names(shape.writable().filter(|member| member.required));
    if shape.either.is_empty() {
        return required;
    }
    let either: Vec<String> = shape.either.iter().map(|name| format!("`{name}`")).collect();
    format!("{required}, and {}", either.join(" or "))
}

fn number(shape: &Shape) -> String {
    format!("The ID of the {}.", one(shape))
}

fn retrieve(shape: &Shape) -> OperationBuilder {
    let refusals = [Malformed, Unauthorized, Forbidden, NotFound];
    operation(format!("{}_retrieve", shape.slug.replace('-', "_")), format!("Read {}", with_article(&one(shape))), "", &refusals)
        .parameter(id(number(shape)))
        .parameters(Some(of_view(shape)))
        .parameter(if_none_match())
        .response("200", success("The record.", viewed(shape), record(shape), &with_rate(&["ETag"])))
        .response("304", empty("Not changed since your ETag.", &["ETag"]))
}

/// The download of a file.
pub fn download(shape: &Shape, member: &Member) -> Operation {
    let id_of = format!("{}_{}_download", shape.slug.replace('-', "_"), member.name);
    let summary = format!("Download the {} of {}", lower(member.field.label), with_article(&one(shape)));
    let bytes = || ContentBuilder::new().schema(Some(formatted("binary"))).build();
    let content = member
        .field
        .file
        .types
        .iter()
        .fold(ResponseBuilder::new().description("The file, as an attachment."), |response, kind| response.content(*kind, bytes()));
    operation(id_of, summary, "", &[Malformed, Unauthorized, Forbidden, NotFound])
        .parameter(id(number(shape)))
        .parameter(if_none_match())
        .response("200", with_headers(content, &with_rate(&["ETag"])).build())
        .response("304", empty("Not changed since your ETag.", &["ETag"]))
        .tag(shape.plural)
        .build()
}

const OF_CHANGES: [Refusal; 6] = [Malformed, Unauthorized, Forbidden, NotFound, Conflict, Stale];

fn replace(shape: &Shape) -> OperationBuilder {
    let description = format!("Required: {}. Optional members that you leave out do not change.", needed(shape));
    let id_of = format!("{}_update", shape.slug.replace('-', "_"));
    let drawn = operation(id_of, format!("Replace {}", with_article(&one(shape))), &description, &OF_CHANGES);
    changed(shape, sends(drawn, named(&name(shape, NEW)), body(shape)))
}

fn change(shape: &Shape) -> OperationBuilder {
    let description = "Send the members to change. Members that you leave out do not change.";
    let id_of = format!("{}_partial_update", shape.slug.replace('-', "_"));
    let drawn = operation(id_of, format!("Change {}", with_article(&one(shape))), description, &OF_CHANGES);
    changed(shape, may_send(drawn, named(&name(shape, CHANGE)), little(shape)))
}

fn changed(shape: &Shape, drawn: OperationBuilder) -> OperationBuilder {
    drawn
        .parameter(id(number(shape)))
        .parameter(if_match())
        .response("200", success("The changed record.", named(&name(shape, "")), record(shape), &with_rate(&["ETag"])))
}

fn destroy(shape: &Shape) -> OperationBuilder {
    let refusals = [Malformed, Unauthorized, Forbidden, NotFound, Conflict, Stale];
    let description = "Users can restore the record if the resource has a trash.";
    operation(format!("{}_destroy", shape.slug.replace('-', "_")), format!("Delete {}", with_article(&one(shape))), description, &refusals)
        .parameter(id(number(shape)))
        .parameter(if_match())
        .response("204", empty("The record was deleted.", &with_rate(&["Allow"])))
}
