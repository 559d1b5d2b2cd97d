//! Schemas of single values, by the kind of their field: in responses, in bodies, and examples.

use serde_json::{Value as Json, json};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema, SchemaFormat};

use crate::api::schema::{ID, Member};
use crate::english::with_article;
use crate::resource::Kind;
use crate::resource::declare::widget::Widget;
use crate::resource::value::Measure;

/// A schema, or a reference to one.
pub type Described = RefOr<Schema>;

/// No control characters and no replacement characters; the second also allows line breaks.
const PLAIN: &str = r"[^\u0000-\u001f\u007f-\u009f\ufffd-\uffff]";
const LINES: &str = r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffd-\uffff]";
/// A visible character, which remains when spaces and invisible characters are trimmed.
const SEEN: &str = r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2066-\u2069\u3000\ufeff\ufffd-\uffff]";

pub fn named(schema: &str) -> Described {
    Ref::from_schema_name(schema).into()
}

pub fn any_of(items: impl IntoIterator<Item = Described>) -> Described {
    items.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item).into()
}

pub fn list_of(item: Described) -> ArrayBuilder {
    ArrayBuilder::new().items(item)
}

pub fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

pub fn formatted(word: &str) -> ObjectBuilder {
    text().format(of_format(word))
}

pub fn of_format(word: &str) -> Option<SchemaFormat> {
    Some(SchemaFormat::Custom(word.into()))
}

pub fn whole() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).format(of_format("int64"))
}

/// These types, and null if that is a value as well.
fn types(types: &[Type], nullable: bool) -> SchemaType {
    match types {
        [only] if !nullable => SchemaType::new(only.clone()),
        several => several.iter().cloned().chain(nullable.then_some(Type::Null)).collect(),
    }
}

/// A text of characters that can be stored; may be empty.
pub fn plain() -> ObjectBuilder {
    text().pattern(Some(format!("^{PLAIN}*$")))
}

/// A text with a visible character.
pub fn legible() -> ObjectBuilder {
    text().pattern(Some(format!("^{PLAIN}*{SEEN}{PLAIN}*$")))
}

/// The description of a member.
pub fn message(member: &Member) -> String {
    let field = &member.field;
    let mut description = match field.reference {
        _ if member.name == ID => "The ID of the record.".into(),
        Some(reference) if field.is_reference() => format!("{}: the ID of {}.", field.label, with_article(reference.resource)),
        _ => format!("{}.", field.label),
    };
    if !member.read_only && field.kind == Kind::Date {
        // The help text is about the form's fields.
        description.push_str(" Like 1984-04-02.");
    } else if !member.read_only && !field.help.is_empty() {
        description = format!("{description} {}.", field.help.trim_end_matches('.'));
    }
    if field.not_in_future && !member.read_only {
        description.push_str(" Not in the future.");
    }
    description
}

/// The schema in a response.
pub fn answered(member: &Member) -> Described {
    let field = &member.field;
    let one = |schema: ObjectBuilder, kind: Type| schema.schema_type(types(&[kind], field.nullable));
    let schema = match field.kind {
        Kind::Integer | Kind::Measure(Measure::Money | Measure::Duration) => one(whole(), Type::Integer),
        Kind::Measure(_) => one(text(), Type::String),
        Kind::Bool => one(ObjectBuilder::new(), Type::Boolean),
        Kind::Date => one(formatted("date"), Type::String),
        Kind::DateTime => one(formatted("date-time"), Type::String),
        Kind::Choice(choices) => one(text().enum_values(Some(words(choices, field.nullable))), Type::String),
        Kind::Text => one(text(), Type::String),
        Kind::Many => return list_of(whole().into()).description(Some(message(member))).into(),
        Kind::File => one(file(), Type::Object),
    };
    schema.description(Some(message(member))).into()
}

/// The schema in a body: numbers also as text and texts also as numbers, because clients send them so.
pub fn taken(member: &Member) -> Described {
    let field = &member.field;
    let of = |kinds: &[Type]| ObjectBuilder::new().schema_type(types(kinds, field.nullable)).description(Some(message(member)));
    match field.kind {
        Kind::Text => {
            let every = if field.widget == Widget::Area { LINES } else { PLAIN };
            let pattern = if member.required { format!("^{every}*{SEEN}{every}*$") } else { format!("^{every}*$") };
            of(&[Type::String, Type::Number]).max_length(Some(field.max_length)).pattern(Some(pattern)).into()
        }
        Kind::Integer if field.is_reference() => of(&[Type::Integer, Type::String])
            .format(of_format("int64"))
            .minimum(Some(1_i64))
            .maximum(Some(i64::MAX))
            .pattern(Some("^[0-9]{1,18}$"))
            .into(),
        Kind::Integer => {
            let (least, most) = field.range;
            // Every number with fewer digits than the largest is in range, but for 0 perhaps.
            let figures = most.to_string().len().saturating_sub(1).max(1);
            let numbers = of(&[Type::Integer, Type::String]).minimum(Some(least)).maximum(Some(most));
            let pattern = match least {
                ..=0 => format!("^0{{0,9}}[0-9]{{1,{figures}}}$"),
                _ => format!("^0{{0,9}}[1-9][0-9]{{0,{}}}$", figures - 1),
            };
            numbers.pattern(Some(pattern)).into()
        }
        Kind::Measure(Measure::Money | Measure::Duration) => {
            of(&[Type::Integer]).minimum(Some(field.range.0)).maximum(Some(field.range.1)).into()
        }
        Kind::Measure(Measure::TimeOfDay) => of(&[Type::String]).pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$")).into(),
        Kind::Measure(Measure::Decimal(places)) => {
            of(&[Type::String]).pattern(Some(format!("^[0-9]{{1,9}}[.][0-9]{{1,{places}}}$"))).into()
        }
        Kind::Bool => of(&[Type::Boolean]).into(),
        Kind::Date => of(&[Type::String]).format(of_format("date")).into(),
        Kind::DateTime => of(&[Type::String]).format(of_format("date-time")).into(),
        Kind::Choice(choices) => of(&[Type::String]).enum_values(Some(words(choices, field.nullable))).into(),
        Kind::Many => list_of(whole().into()).description(Some(message(member))).into(),
        Kind::File => {
            let description = format!("{} Send `null` to remove it. {}.", message(member), field.file.hint());
            let content = text().format(of_format("byte")).description(Some("The content in base64. Its type is decided by the content."));
            of(&[Type::Object])
                .description(Some(description))
                .property("name", text().max_length(Some(120)))
                .property("content", content)
                .into()
        }
    }
}

/// A file in a response.
fn file() -> ObjectBuilder {
    ObjectBuilder::new()
        .property("name", text().description(Some("As on the sender's computer.")))
        .property("content_type", text().description(Some("Decided by the content.")))
        .property("size", whole().description(Some("In bytes.")))
        .property("url", formatted("uri-reference").description(Some("Where it is downloaded, with the same token.")))
        .required("name")
        .required("content_type")
        .required("size")
        .required("url")
}

fn words(choices: &[(&'static str, &'static str)], nullable: bool) -> Vec<Json> {
    choices.iter().map(|(stored, _)| Json::from(*stored)).chain(nullable.then_some(Json::Null)).collect()
}

/// An example of a value.
pub fn example(member: &Member) -> Json {
    let field = &member.field;
    match field.kind {
        Kind::Text if field.example.is_empty() => field.label.into(),
        Kind::Text => field.example.into(),
        Kind::Integer if field.is_reference() || member.name == ID => 1.into(),
        Kind::Integer => 42.clamp(field.range.0, field.range.1).into(),
        Kind::Measure(measure) => measure.example(),
        Kind::Bool => true.into(),
        Kind::Date => "1984-04-02".into(),
        Kind::DateTime => "2026-11-21T08:30:00Z".into(),
        Kind::Choice(choices) => choices.first().map_or(Json::Null, |(stored, _)| (*stored).into()),
        Kind::Many => json!([1, 2]),
        Kind::File if member.read_only => Json::Null,
        Kind::File => json!({ "name": "note.txt", "content": "SGVsbG8=" }),
    }
}
