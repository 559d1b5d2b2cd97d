//! The description as parts of the page: groups, operations, parameters, responses.

use serde_json::Value as Json;

use super::words::{Piece, kind, limits, pieces};

/// Operations of one resource.
pub struct Group {
    pub name: String,
    /// The fragment of the page's address.
    pub mark: String,
    pub description: Vec<Piece>,
    pub operations: Vec<Operation>,
}

pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: Vec<Piece>,
    /// Whether it needs no token.
    pub is_open: bool,
    pub parameters: Vec<Part>,
    pub members: Vec<Part>,
    /// An example of the body; blank without one.
    pub body: String,
    pub answers: Vec<Answer>,
    /// The same request for a shell.
    pub curl: String,
}

/// A parameter, or a member of a body.
pub struct Part {
    pub name: String,
    /// `path`, `query` or `header`; blank for a member.
    pub place: String,
    pub kind: String,
    pub limits: String,
    pub is_needed: bool,
    pub description: Vec<Piece>,
    pub example: String,
}

pub struct Answer {
    pub status: String,
    pub description: Vec<Piece>,
    pub example: String,
}

impl Part {
    /// The place for display.
    pub fn place_words(&self) -> &'static str {
        match self.place.as_str() {
            "path" => "in the path",
            "header" => "header",
            _ => "",
        }
    }
}

fn text(json: &Json, name: &str) -> String {
    json[name].as_str().unwrap_or_default().into()
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Resolves a `$ref`; anything else is returned as it is.
fn followed<'a>(whole: &'a Json, thing: &'a Json) -> &'a Json {
    thing["$ref"].as_str().and_then(|place| whole.pointer(place.trim_start_matches('#'))).unwrap_or(thing)
}

/// All groups, in the order of the description's tags.
pub fn groups(whole: &Json) -> Vec<Group> {
    let mut all = operations(whole);
    let tags = whole["tags"].as_array().into_iter().flatten();
    tags.map(|tag| {
        let name = text(tag, "name");
        let (own, rest): (Vec<_>, Vec<_>) = all.drain(..).partition(|(tag, _)| *tag == name);
        all = rest;
        let mark = name.to_lowercase().replace(' ', "-");
        Group { mark, description: pieces(&text(tag, "description")), operations: own.into_iter().map(|(_, one)| one).collect(), name }
    })
    .filter(|group| !group.operations.is_empty())
    .collect()
}

fn operations(whole: &Json) -> Vec<(String, Operation)> {
    let home = whole.pointer("/servers/0/url").and_then(Json::as_str).unwrap_or_default();
    let mut all = Vec::new();
    for (path, item) in whole["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tag = operation.pointer("/tags/0").and_then(Json::as_str).unwrap_or_default().to_string();
            all.push((tag, rendered(whole, home, &method.to_uppercase(), path, operation)));
        }
    }
    // Lists before single records; reading before changing before deleting.
    all.sort_by_key(|(_, one)| (one.path.clone(), METHODS.iter().position(|method| *method == one.method)));
    all
}

fn rendered(whole: &Json, home: &str, method: &str, path: &str, operation: &Json) -> Operation {
    let content = json_of(&operation["requestBody"]);
    let body = pretty(&content["example"]);
    let is_open = operation["security"].as_array().is_some_and(Vec::is_empty);
    Operation {
        id: text(operation, "operationId"),
        method: method.into(),
        path: path.into(),
        summary: text(operation, "summary"),
        description: pieces(&text(operation, "description")),
        is_open,
        parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
        members: members(whole, &content["schema"]),
        curl: curl(home, method, path, is_open, &content["example"]),
        body,
        answers: operation["responses"].as_object().into_iter().flatten().map(|(status, answer)| answered(whole, status, answer)).collect(),
    }
}

fn parameter(parameter: &Json) -> Part {
    let schema = &parameter["schema"];
    Part {
        name: text(parameter, "name"),
        place: text(parameter, "in"),
        kind: kind(schema),
        limits: limits(schema),
        is_needed: parameter["required"].as_bool().unwrap_or(false),
        description: pieces(&text(parameter, "description")),
        example: shown(&parameter["example"]),
    }
}

/// The members of a body; those of the first of several schemas.
fn members(whole: &Json, schema: &Json) -> Vec<Part> {
    let first = schema.pointer("/anyOf/0").unwrap_or(schema);
    let object = followed(whole, first);
    let needed: Vec<&str> = object["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let properties = object["properties"].as_object().into_iter().flatten();
    let mut all: Vec<Part> = properties
        .map(|(name, schema)| Part {
            name: name.clone(),
            place: String::new(),
            kind: kind(schema),
            limits: limits(schema),
            is_needed: needed.contains(&name.as_str()),
            description: pieces(&text(schema, "description")),
            example: String::new(),
        })
        .collect();
    all.sort_by_key(|part| !part.is_needed);
    all
}

fn answered(whole: &Json, status: &str, answer: &Json) -> Answer {
    let answer = followed(whole, answer);
    Answer { status: status.into(), description: pieces(&text(answer, "description")), example: pretty(&json_of(answer)["example"]) }
}

/// The JSON content of a body or response.
fn json_of(part: &Json) -> &Json {
    part.pointer("/content/application~1json").unwrap_or(&Json::Null)
}

fn shown(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn pretty(json: &Json) -> String {
    if json.is_null() { String::new() } else { serde_json::to_string_pretty(json).unwrap_or_default() }
}

/// A `curl` command on one line, with the token in a variable.
fn curl(home: &str, method: &str, path: &str, is_open: bool, body: &Json) -> String {
    let mut line = String::from("curl");
    if method != "GET" {
        line.push_str(&format!(" -X {method}"));
    }
    if !is_open {
        line.push_str(" -H \"Authorization: Bearer $TOKEN\"");
    }
    if !body.is_null() {
        line.push_str(&format!(" -H 'Content-Type: application/json' -d '{}'", body.to_string().replace('\'', "'\\''")));
    }
    format!("{line} {home}{}", path.replace("{id}", "1"))
}
