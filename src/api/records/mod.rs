//! Records through the API: lists, one record, creation, input and output.

pub mod asked;
pub mod create;
pub mod file;
pub mod input;
pub mod list;
pub mod options;
pub mod output;
pub mod pagination;
pub mod params;
pub mod record;

use crate::api::http::error::ApiError;
use crate::api::state::State;
use crate::resource::Actor;

/// The result of a change; after a collision, the error says what can be had instead.
pub async fn settled<T>(app: &State, actor: &Actor, name: &str, change: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    match change.await {
        Err(error) => match error.collision() {
            Some(errors) => Err(app.api.get(name)?.refused(&app.offering(actor, name, errors.clone()).await?)),
            None => Err(error),
        },
        done => done,
    }
}
