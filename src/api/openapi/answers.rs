//! What an operation can end with beside success: the same few answers everywhere, each described once.

use serde_json::{Value as Json, json};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Components, ComponentsBuilder, ContentBuilder, Header, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::values::{Described, any_of, list_of, named, text, whole};

pub const JSON: &str = "application/json";

/// The answers that refuse.
#[derive(Clone, Copy, PartialEq)]
pub enum Refusal {
    Malformed,
    /// Of a body that may be a list.
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

/// What can befall every operation, and every one that takes a body.
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

    fn told(self) -> &'static str {
        match self {
            Malformed => "Something has to be mended: texts by field, or one sentence where the request could not be read at all.",
            MalformedRows => "Something has to be mended: texts by field, for a list in the order of its rows; nothing was added.",
            Unauthorized => "There is no token, or it does not hold.",
            Forbidden => "The account may not do this.",
            NotFound => "There is nothing at this address, or it is not yours to see: the same answer.",
            NotAcceptable => "The answer cannot be given in the form that `Accept` asks for.",
            TooSlow => "The body did not arrive within ten seconds.",
            Conflict => {
                "It cannot be done as things are: something needs the record, it was changed since, or a key was used for another request."
            }
            Stale => "The record is another than `If-Match` says; nothing was done.",
            TooLarge => "The body is larger than 256 KiB.",
            MediaType => "The body is neither JSON nor a form.",
            TooMany => "Too many calls. `Retry-After` says how long to wait.",
            Fault => "Something went wrong on our side. It has been written down.",
            Away => "The clinic's data cannot be reached just now.",
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
                return json!({ "name": ["Enter the name"], "non_field_errors": ["These two do not fit each other"] });
            }
            Conflict => {
                return json!({
                    "detail": "This cannot be deleted, because it is needed by 1 assignment.", "code": "protected",
                    "blocked_by": [{ "resource": "mapping", "count": 1, "objects": [{ "id": 3, "label": "Assignment 3" }] }],
                });
            }
            Unauthorized => ("not_authenticated", "Send a token with the request: Authorization: Bearer …"),
            Forbidden => ("permission_denied", "Your account may not change doctors."),
            NotFound => ("not_found", "There is nothing at this address, or it is not yours to see."),
            NotAcceptable => ("not_acceptable", "The API answers in application/json only."),
            TooSlow => ("too_slow", "What was sent did not arrive in time."),
            Stale => ("precondition_failed", "This was changed since you read it. Read it again and decide anew."),
            TooLarge => ("too_large", "What was sent is larger than this address takes."),
            MediaType => ("unsupported_media_type", "The media type “text/plain” is not taken here. Send application/json."),
            TooMany => ("throttled", "There were too many calls. Try again in 12 seconds."),
            Fault => ("error", "Something went wrong on our side. It has been written down."),
            Away => ("unavailable", "The clinic's data cannot be reached just now. Try again in a moment."),
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
        with_headers(ResponseBuilder::new().description(self.told()).content(JSON, content.build()), self.headers()).build()
    }

    /// The way to its description.
    pub fn reference(self) -> RefOr<Response> {
        Ref::from_response_name(self.name()).into()
    }
}

/// Names headers of an answer.
pub fn with_headers(response: ResponseBuilder, names: &[&'static str]) -> ResponseBuilder {
    names.iter().fold(response, |response, name| response.header_ref(*name, Ref::new(format!("#/components/headers/{name}"))))
}

/// The headers of answers, by name, for whoever draws them.
fn headers() -> Vec<(&'static str, Header)> {
    let header = |told: &str, schema: ObjectBuilder| HeaderBuilder::new().schema(Some(schema)).description(Some(told)).build();
    let number = || whole().minimum(Some(0_i64));
    vec![
        ("ETag", header("Names this state of the answer. Send it back in `If-None-Match` or `If-Match`.", text())),
        ("Allow", header("The methods of this address.", text())),
        ("Retry-After", header("Seconds to wait before the next call.", number())),
        ("WWW-Authenticate", header("How to say who you are.", text())),
        ("X-RateLimit-Limit", header("How many calls this token has in its time.", number())),
        ("X-RateLimit-Remaining", header("How many of them are left.", number())),
        ("X-RateLimit-Reset", header("Seconds until all of them are back.", number())),
        (
            "Idempotent-Replayed",
            header("`true` where this answer was given before and nothing was done anew.", text().enum_values(Some(["true"]))),
        ),
    ]
}

/// Adds the answers, their headers and their schemas.
pub fn add(components: Components) -> Components {
    let made = ComponentsBuilder::from(components)
        .schema("Problem", problem(text_object("What is wrong, in a sentence and in a word.")))
        .schema("ConflictProblem", conflict())
        .schema("FieldErrors", field_errors());
    let made = headers().into_iter().fold(made, |made, (name, header)| made.header(name, header));
    ALL.iter().fold(made, |made, refusal| made.response(refusal.name(), refusal.response())).build()
}

fn text_object(told: &str) -> ObjectBuilder {
    ObjectBuilder::new().description(Some(told))
}

fn problem(object: ObjectBuilder) -> ObjectBuilder {
    object
        .property("detail", text().description(Some("For people.")))
        .property("code", text().description(Some("For programs: this word does not change.")))
        .required("detail")
        .required("code")
}

fn field_errors() -> ObjectBuilder {
    let texts = Described::from(list_of(text().into()));
    text_object("Texts by the name of the field; `non_field_errors` holds those that concern the whole.")
        .additional_properties(Some(AdditionalProperties::RefOr(texts)))
        .property("non_field_errors", list_of(text().into()))
}

fn conflict() -> ObjectBuilder {
    let known = |told: &str| ObjectBuilder::new().description(Some(told));
    let object = known("").property("id", whole()).property("label", text());
    let blocking = known("Records that need this one: their resource, how many there are, and those that you may see.")
        .property("resource", text())
        .property("count", whole())
        .property("objects", list_of(object.into()));
    problem(text_object("Why it cannot be done as things are."))
        .property("blocked_by", list_of(blocking.into()).description(Some("What keeps a record from being deleted.")))
        .property("current", known("The record as it is now, where it was changed since.").schema_type(SchemaType::from(Type::Object)))
        .property("version", whole().description(Some("Its version now.")))
}
