//! Who calls.

use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::resource::Actor;

/// The person on whose behalf a program calls.
#[derive(Clone)]
pub struct Caller {
    /// Shared, because it goes along into the threads that ask the database.
    pub actor: Arc<Actor>,
    /// What every answer to them tells beside the answer, such as how many calls are left.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Caller {
    pub fn new(actor: Arc<Actor>) -> Self {
        Self { actor, headers: Vec::new() }
    }
}
