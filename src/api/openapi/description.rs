//! The finished description of the API.

use actix_web::web::Bytes;
use serde_json::Value as Json;

/// The finished description.
pub struct Description {
    /// As data, for the page.
    pub data: Json,
    pub json: Bytes,
    pub yaml: Bytes,
}

/// The other format of the description, which nothing else has.
pub const YAML: &str = "application/yaml";
