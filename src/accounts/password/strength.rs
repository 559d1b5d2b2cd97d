//! The strength of a password while it is typed, for the script on the page. The form itself is validated again when it is sent.
//! Nothing is stored or logged.

use actix_web::HttpResponse;

use super::rules::{Known, check, normal, strength};
use crate::accounts::user::model::User;
use crate::error::{AppError, AppResult};
use crate::rate_limit::Rate;
use crate::resource::{Value, Values};
use crate::web::request::client::{ip_of, network};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;

/// Requests from one network: one at each pause in typing, for a handful of users at once.
const RATE: Rate = Rate { calls: 120, seconds: 60 };
/// The fields that say whom the password is for.
const ABOUT: [&str; 4] = ["username", "email", "first_name", "last_name"];
/// Longer values are ignored.
const LONGEST_NAME: usize = 254;

/// `{"score": 0..4, "word", "estimate", "broken": [...]}`
pub async fn create(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    let key = format!("password check {}", network(&ip_of(&visit.request)));
    if visit.app.calls.take(key, RATE, visit.app.now()).wait.is_some() {
        return Err(AppError::TooMany);
    }
    let password = normal(posted.text("password"));
    if password.chars().count() > crate::passwords::LONGEST {
        return Err(AppError::TooLarge);
    }
    let mut owner = User::attributes(&typed(&posted));
    if let Some(user) = &visit.user {
        owner.extend(User::attributes(&known(&visit, user).await?));
    }
    let known = Known::new(owner, &visit.app.clinic_name());
    // It takes some milliseconds of CPU time, so it runs on the blocking pool.
    let asked = actix_web::web::block(move || (strength(&password, &known), check(&password, &known)));
    let (found, broken) = asked.await.map_err(AppError::internal)?;
    let score = if broken.is_empty() { found.score } else { found.score.min(1) };
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "score": score,
        "word": if broken.is_empty() { found.word } else { "Not allowed" },
        "estimate": found.estimate,
        "broken": broken,
    })))
}

fn typed(posted: &PostedForm) -> Values {
    let text = |name: &'static str| (name, Value::Text(posted.text(name).chars().take(LONGEST_NAME).collect()));
    ABOUT.map(text).into_iter().collect()
}

async fn known(visit: &Visit, user: &CurrentUser) -> AppResult<Values> {
    crate::accounts::password::change::own(visit, user).await.map(|(row, _)| row.values)
}
