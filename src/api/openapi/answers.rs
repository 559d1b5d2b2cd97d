//! The error responses of operations, each described once.

use serde_json::{Value as Json, json};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Components, ComponentsBuilder, ContentBuilder, Header, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::values::{Described, any_of, list_of, named, text, whole};
use crate::api::schema::NEXT_FREE;

pub const JSON: &str = "application/json";

/// The error responses.
#[derive(Clone, Copy, PartialEq)]
pub enum Refusal {
    Malformed,
    /// For a body that may be a list.
    MalformedRows,
    Unauthorized,
    Forbidden,
    NotFound,
    NotAcceptable,
    TooSlow,
    Conflict,
    Stale,
    TooLarge,
    MediaType,
    TooMany,
    Fault,
    Away,
}

use Refusal::{
    Away, Conflict, Fault, Forbidden, Malformed, MalformedRows, MediaType, NotAcceptable, NotFound, Stale, TooLarge, TooMany, TooSlow,
    Unauthorized,
};

/// Errors of every operation; below, of every operation with a body.
pub const ALWAYS: [Refusal; 4] = [NotAcceptable, TooMany, Fault, Away];
pub const OF_BODIES: [Refusal; 3] = [TooSlow, TooLarge, MediaType];

const ALL: [Refusal; 14] = [
    Malformed,
    MalformedRows,
    Unauthorized,
    Forbidden,
    NotFound,
    NotAcceptable,
    TooSlow,
    Conflict,
    Stale,
    TooLarge,
    MediaType,
    TooMany,
    Fault,
    Away,
];

impl Refusal {
    pub fn status(self) -> &'static str {
        match self {
            Malformed | MalformedRows => "400",
            Unauthorized => "401",
            Forbidden => "403",
            NotFound => "404",
            NotAcceptable => "406",
            TooSlow => "408",
            Conflict => "409",
            Stale => "412",
            TooLarge => "413",
            MediaType => "415",
            TooMany => "429",
            Fault => "500",
            Away => "503",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Malformed => "BadRequest",
            MalformedRows => "BadRequestOfMany",
            Unauthorized => "Unauthorized",
            Forbidden => "Forbidden",
            NotFound => "NotFound",
            NotAcceptable => "NotAcceptable",
            TooSlow => "RequestTimeout",
            Conflict => "Conflict",
            Stale => "PreconditionFailed",
            TooLarge => "PayloadTooLarge",
            MediaType => "UnsupportedMediaType",
            TooMany => "TooManyRequests",
            Fault => "ServerError",
            Away => "Unavailable",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Malformed => "The request has errors: messages by field, or one message if the request could not be read.",
            MalformedRows => "The request has errors: messages by field and, for a list, in the order of its rows. Nothing was added.",
            Unauthorized => "The token is missing or not valid.",
            Forbidden => "The account does not have permission.",
            NotFound => "Not found, or no access: both give the same response.",
            NotAcceptable => "The response is not available in the format requested in `Accept`.",
            TooSlow => "The body did not arrive within 10 seconds.",
            Conflict => {
                "Conflict: the record is in use, it has changed since, others have what was asked for, or the key was used for another request."
            }
            Stale => "The record does not match `If-Match`. Nothing was changed.",
            TooLarge => "The body is larger than 256 KiB.",
            MediaType => "The body is neither JSON nor a form.",
            TooMany => "Too many requests. `Retry-After` gives the seconds to wait.",
            Fault => "Something went wrong. The error has been logged.",
            Away => "The database is temporarily unavailable.",
        }
    }

    fn schema(self) -> Described {
        match self {
            Malformed => any_of([named("Problem"), named("FieldErrors")]),
            MalformedRows => any_of([named("Problem"), named("FieldErrors"), list_of(named("FieldErrors")).into()]),
            Conflict => named("ConflictProblem"),
            _ => named("Problem"),
        }
    }

    fn example(self) -> Json {
        let (code, detail) = match self {
            Malformed | MalformedRows => {
                return json!({ "name": ["Enter the name"], "non_field_errors": ["These two values do not match"] });
            }
            Conflict => {
                return json!({
                    "detail": "This cannot be deleted, because it is used by 1 assignment.", "code": "protected",
                    "blocked_by": [{ "resource": "mapping", "count": 1, "objects": [{ "id": 3, "label": "Assignment 3" }] }],
                });
            }
            Unauthorized => ("not_authenticated", "Send a token with the request: Authorization: Bearer …"),
            Forbidden => ("permission_denied", "You do not have permission to change doctors."),
            NotFound => ("not_found", "Not found, or you do not have access."),
            NotAcceptable => ("not_acceptable", "The API returns application/json only."),
            TooSlow => ("too_slow", "The request did not arrive in time."),
            Stale => ("precondition_failed", "The record has changed since you read it. Read it again before you change it."),
            TooLarge => ("too_large", "The request body is too large."),
            MediaType => ("unsupported_media_type", "The media type “text/plain” is not supported. Send application/json."),
            TooMany => ("throttled", "Too many requests. Try again in 12 seconds."),
            Fault => ("error", "Something went wrong. The error has been logged."),
            Away => ("unavailable", "The database is temporarily unavailable. Try again in a moment."),
        };
        json!({ "detail": detail, "code": code })
    }

    fn headers(self) -> &'static [&'static str] {
        match self {
            Unauthorized => &["WWW-Authenticate"],
            TooMany => &["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"],
            Away => &["Retry-After"],
            _ => &[],
        }
    }

    fn response(self) -> Response {
        let content = ContentBuilder::new().schema(Some(self.schema())).example(Some(self.example()));
        with_headers(ResponseBuilder::new().description(self.message()).content(JSON, content.build()), self.headers()).build()
    }

    /// The reference to its description.
    pub fn reference(self) -> RefOr<Response> {
        Ref::from_response_name(self.name()).into()
    }
}

/// Adds headers to a response.
pub fn with_headers(response: ResponseBuilder, names: &[&'static str]) -> ResponseBuilder {
    names.iter().fold(response, |response, name| response.header_ref(*name, Ref::new(format!("#/components/headers/{name}"))))
}

/// The headers of responses, by name.
fn headers() -> Vec<(&'static str, Header)> {
    let header =
        |description: &str, schema: ObjectBuilder| HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
    let number = || whole().minimum(Some(0_i64));
    vec![
        ("ETag", header("Identifies this state of the response. Send it in `If-None-Match` or `If-Match`.", text())),
        ("Allow", header("The methods that this address allows.", text())),
        ("Retry-After", header("Seconds to wait before the next request.", number())),
        ("WWW-Authenticate", header("How to authenticate.", text())),
        ("X-RateLimit-Limit", header("The number of requests allowed in the time window.", number())),
        ("X-RateLimit-Remaining", header("The number of requests left.", number())),
        ("X-RateLimit-Reset", header("Seconds until the limit resets.", number())),
        (
            "Idempotent-Replayed",
            header(
                "`true` if this is the stored response to an earlier request and nothing was done again.",
                text().enum_values(Some(["true"])),
            ),
        ),
    ]
}

/// Adds the responses, their headers and their schemas.
pub fn add(components: Components) -> Components {
    let made = ComponentsBuilder::from(components)
        .schema("Problem", problem(text_object("The error, as a message for people and a code for programs.")))
        .schema("ConflictProblem", conflict())
        .schema("FieldErrors", field_errors());
    let made = headers().into_iter().fold(made, |made, (name, header)| made.header(name, header));
    ALL.iter().fold(made, |made, refusal| made.response(refusal.name(), refusal.response())).build()
}

fn text_object(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().description(Some(description))
}

fn problem(object: ObjectBuilder) -> ObjectBuilder {
    object
        .property("detail", text().description(Some("A message for people.")))
        .property("code", text().description(Some("A code for programs, which does not change.")))
        .required("detail")
        .required("code")
}

fn field_errors() -> ObjectBuilder {
    let texts = Described::from(list_of(text().into()));
    text_object("Messages by field name; `non_field_errors` holds messages about the whole record.")
        .additional_properties(Some(AdditionalProperties::RefOr(texts)))
        .property("non_field_errors", list_of(text().into()))
}

fn conflict() -> ObjectBuilder {
    let known = |description: &str| ObjectBuilder::new().description(Some(description));
    let object = known("").property("id", whole()).property("label", text());
    let blocking = known("Records that use this one: their resource, their number, and those that you can see.")
        .property("resource", text())
        .property("count", whole())
        .property("objects", list_of(object.into()));
    let free = known("Values to send instead.").schema_type(SchemaType::from(Type::Object));
    problem(text_object("Why the request conflicts with the stored data."))
        .property("blocked_by", list_of(blocking.into()).description(Some("The records that prevent the deletion.")))
        .property("current", known("The current record, if it has changed.").schema_type(SchemaType::from(Type::Object)))
        .property("version", whole().description(Some("The current version.")))
        .property("errors", named("FieldErrors"))
        .property(NEXT_FREE, list_of(free.into()).description(Some("What can be had instead, if others have what was asked for.")))
}
