//! Schemas of the description in plain English.

use serde_json::Value as Json;

use crate::english::alternatives;

/// A piece of text: plain, strong, or code.
#[derive(Debug, PartialEq)]
pub struct Piece {
    pub text: String,
    pub is_code: bool,
    pub is_strong: bool,
}

/// Splits a text at `code` and **strong words**.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    for (place, part) in text.split('`').enumerate() {
        if place % 2 == 1 {
            all.push(Piece { text: part.into(), is_code: true, is_strong: false });
            continue;
        }
        let strong =
            part.split("**").enumerate().map(|(place, part)| Piece { text: part.into(), is_code: false, is_strong: place % 2 == 1 });
        all.extend(strong);
    }
    all.retain(|piece| !piece.text.is_empty());
    all
}

/// The values that a schema accepts: `whole number`, `date or time`, `female, male or other`.
pub fn kind(schema: &Json) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or_default().into();
    }
    if let Some(choices) = schema["enum"].as_array() {
        return alternatives(&choices.iter().filter_map(Json::as_str).collect::<Vec<_>>());
    }
    if let Some(several) = schema["anyOf"].as_array() {
        return alternatives(&several.iter().map(kind).collect::<Vec<_>>());
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::Array(types) => types.iter().filter_map(Json::as_str).collect(),
        Json::String(one) => vec![one],
        _ => Vec::new(),
    };
    // Every number is accepted as text as well, and every text as a number, so that is not repeated.
    let first = types.iter().find(|one| **one != "null").copied().unwrap_or_default();
    let word = match (first, schema["format"].as_str().unwrap_or_default()) {
        ("string", "date") => "date".into(),
        ("string", "date-time") => "time".into(),
        ("string", "email") => "email address".into(),
        ("string", "uri") => "address".into(),
        ("string", _) => "text".into(),
        ("integer", _) => "whole number".into(),
        ("number", _) => "number".into(),
        ("boolean", _) => "true or false".into(),
        ("array", _) => format!("several: {}", kind(&schema["items"])),
        _ => "object".to_string(),
    };
    if types.contains(&"null") { format!("{word} or null") } else { word }
}

/// Limits in addition to the type.
pub fn limits(schema: &Json) -> String {
    let number = |name: &str| schema[name].as_i64();
    let range = match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) if most < i64::from(i32::MAX) => format!("{least} to {most}"),
        (Some(least), _) if least > 0 => format!("{least} or more"),
        _ => String::new(),
    };
    let length = match (number("minLength"), number("maxLength")) {
        (Some(least), Some(most)) => format!("{least} to {most} characters"),
        (Some(least), None) => format!("{least} characters or more"),
        (None, Some(most)) => format!("up to {most} characters"),
        (None, None) => String::new(),
    };
    if range.is_empty() { length } else { range }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_stands_in_a_place_is_told_in_words() {
        assert_eq!(kind(&json!({ "type": ["string", "null"], "format": "date" })), "date or null");
        assert_eq!(kind(&json!({ "type": "array", "items": { "enum": ["female", "male", "other"] } })), "several: female, male or other");
        assert_eq!(
            kind(&json!({ "anyOf": [{ "$ref": "#/components/schemas/Patient" }, { "type": "integer" }] })),
            "Patient or whole number"
        );
        assert_eq!(limits(&json!({ "minimum": 0, "maximum": 150 })), "0 to 150");
        assert_eq!(limits(&json!({ "maxLength": 120 })), "up to 120 characters");
    }

    #[test]
    fn typed_words_stand_apart() {
        let drawn: Vec<_> =
            pieces("**Who calls**: `Bearer …` and more").into_iter().map(|one| (one.text, one.is_code, one.is_strong)).collect();
        let piece = |text: &str, code, strong| (text.to_string(), code, strong);
        assert_eq!(
            drawn,
            [piece("Who calls", false, true), piece(": ", false, false), piece("Bearer …", true, false), piece(" and more", false, false)]
        );
    }
}
