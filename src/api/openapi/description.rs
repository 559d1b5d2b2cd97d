//! The finished description of the API.

use actix_web::web::Bytes;
use serde_json::Value as Json;

/// The finished description.
pub struct Description {
    /// As data, for whoever draws it.
    pub data: Json,
    pub json: Bytes,
    pub yaml: Bytes,
}

/// Beside JSON the description, and nothing else, is given in this form.
pub const YAML: &str = "application/yaml";
