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

/// Does it, and once more if the first attempt lost a race, because the second can say what is free instead.
pub async fn settled<T, Doing>(attempt: impl Fn() -> Doing) -> Result<T, ApiError>
where
    Doing: Future<Output = Result<T, ApiError>>,
{
    match attempt().await {
        Err(error) if error.is_lost_race() => attempt().await,
        done => done,
    }
}
