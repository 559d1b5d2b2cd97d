//! The body of a request: JSON or a form, parsed strictly and within limits.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::ApiError;
use super::multipart;
use crate::error::AppError;
use crate::resource::FormData;
use crate::web::request;

/// The largest body without files, in bytes (SECURITY 5.1).
pub const LIMIT: usize = 256 * 1024;
/// The most levels of nesting.
pub const DEPTH: usize = 32;

/// The media types that are accepted.
pub const PARSES: [&str; 3] = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

/// The body of a request. An empty one equals `{}`.
#[derive(Debug)]
pub struct Body {
    pub value: Value,
    /// It was a form: every value is text, and a blank one counts as absent.
    pub is_form: bool,
    /// The body for comparing requests: as sent, but only the values of a multipart form, whose boundary is random.
    pub bytes: Vec<u8>,
}

impl Default for Body {
    fn default() -> Self {
        Self { value: Value::Object(Map::new()), is_form: false, bytes: Vec::new() }
    }
}

impl Body {
    pub async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Self, ApiError> {
        let said = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let length = said(header::CONTENT_LENGTH).parse::<usize>().unwrap_or(0);
        if length > limit {
            return Err(AppError::TooLarge.into());
        }
        let bytes = request::body::body(payload, limit, length.saturating_sub(LIMIT) as u64).await?;
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        if !matches!(said(header::CONTENT_ENCODING), "" | "identity") {
            return Err(unsupported(said(header::CONTENT_ENCODING)));
        }
        let kind = said(header::CONTENT_TYPE);
        let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
        let essence = parts.next().unwrap_or_default();
        if parts.any(|part| part.strip_prefix("charset=").is_some_and(|set| set.trim_matches('"') != "utf-8")) {
            return Err(unsupported(kind));
        }
        match essence.as_str() {
            "application/json" => Ok(Self { value: parse(&bytes)?, is_form: false, bytes }),
            "application/x-www-form-urlencoded" => {
                let form = FormData::parse(&bytes).ok_or(AppError::TooLarge)?;
                Ok(Self { value: fields(form), is_form: true, bytes })
            }
            "multipart/form-data" => {
                let value = fields(multipart::read(request.headers(), &bytes).await?);
                Ok(Self { bytes: value.to_string().into_bytes(), value, is_form: true })
            }
            _ => Err(unsupported(kind)),
        }
    }

    /// The members of the object. An error if it is not an object, here and below.
    pub fn object(&self) -> Result<&Map<String, Value>, ApiError> {
        object(&self.value)
    }

    /// A member that is text; blank if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.value.get(name).and_then(Value::as_str).unwrap_or("")
    }
}

/// The members of an object.
pub fn object(value: &Value) -> Result<&Map<String, Value>, ApiError> {
    value.as_object().ok_or_else(|| ApiError::field("", format!("Send one object, not {}", kind_of(value))))
}

/// The name of the value's type.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn unsupported(kind: &str) -> ApiError {
    let kind: String = kind.chars().filter(|letter| !letter.is_control()).take(80).collect();
    let message = format!("The media type “{kind}” is not supported. Send application/json.");
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)
}

/// A repeated name becomes a list.
fn fields(form: FormData) -> Value {
    let mut members = Map::new();
    for (name, value) in form.into_pairs() {
        match members.get_mut(&name) {
            None => {
                members.insert(name, value.into());
            }
            Some(Value::Array(several)) => several.push(value.into()),
            Some(one) => *one = Value::Array(vec![one.take(), value.into()]),
        }
    }
    Value::Object(members)
}

/// Parses JSON without duplicate keys or excessive nesting.
fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Strict(DEPTH).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| ApiError::malformed(format!("The body is not valid JSON: {error}")))
}

/// The levels of nesting that are left.
struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    fn below<E: Error>(&self) -> Result<usize, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom(format!("lists and objects are nested more than {DEPTH} deep")))
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Value, E> {
        Ok(yes.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let (below, mut list) = (self.below()?, Vec::new());
        while let Some(item) = items.next_element_seed(Strict(below))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (below, mut members) = (self.below()?, Map::new());
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Strict(below))?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("duplicate key in an object"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(body: &str) -> Result<Value, String> {
        parse(body.as_bytes()).map_err(|error| error.into_body()["detail"].as_str().unwrap_or("").to_string())
    }

    #[test]
    fn json_is_read_as_it_is() {
        let body = "{\"name\": \"Zo\\u00eb\", \"age\": 42, \"ratio\": 1.5, \"tags\": [true, null, {\"a\": []}]}";
        assert_eq!(said(body), Ok(json!({ "name": "Zoë", "age": 42, "ratio": 1.5, "tags": [true, null, { "a": [] }] })));
    }

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        for body in [
            "{\"age\": 1, \"age\": 2}",
            "{\"a\": {\"b\": 1, \"b\": 1}}",
            "{\"age\": NaN}",
            "{\"age\": 1e309}",
            "{\"age\": 01}",
            "{'age': 1}",
            "{\"age\": 1,}",
            "{} {}",
            "\u{feff}{}",
            "{\"name\": \"\\ud800\"}",
            "{",
        ] {
            assert!(said(body).is_err(), "{body}");
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn nothing_lies_too_deep() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(said(&nested(DEPTH)).is_ok());
        assert!(said(&nested(DEPTH + 1)).unwrap_err().contains("deep"));
        assert!(said(&nested(100_000)).is_err());
    }
}
