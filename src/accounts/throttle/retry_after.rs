//! Responses that say when to try again.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::db::UtcDateTime;
use crate::english::plural;

/// Whole seconds until then, rounded up.
pub fn seconds(until: UtcDateTime, now: UtcDateTime) -> i64 {
    let wait = until.since(now);
    (wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0)).max(1)
}

/// `40 seconds`, `3 minutes`, `2 hours`
pub fn words(seconds: i64) -> String {
    match seconds {
        ..=90 => plural(seconds, "second", "seconds"),
        91..=5_400 => plural((seconds + 59) / 60, "minute", "minutes"),
        _ => plural((seconds + 3_599) / 3_600, "hour", "hours"),
    }
}

/// The page with status 429 and `Retry-After`; unchanged if there is nothing to wait for.
pub fn answer(mut page: HttpResponse, seconds: impl Into<Option<i64>>) -> HttpResponse {
    let Some(seconds) = seconds.into() else { return page };
    *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    page.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    page
}
