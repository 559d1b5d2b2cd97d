//! The palette (Ctrl-K), which the script shows while the user types. Without script there is the search page.

use actix_web::HttpResponse;

use super::page::{asked, looked_at, nothing};
use super::targets::{self, Group};
use crate::error::{AppError, AppResult};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// Results offered of each kind.
const SHOWN: usize = 5;
/// Shorter texts find pages only: half of all names contain an 'a'.
const LEAST: usize = 2;

/// `{"groups": [{"title", "items": [{"label", "hint", "href", "icon", "post"}], "more"}], "nothing"}`
pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor, query) = (visit.app.clone(), user.to_actor(), asked(&visit));
    let pages = targets::pages(&app, &visit.site, &actor, &query);
    let mut missed = String::new();
    let mut groups: Vec<Group> = match query.chars().count() {
        // The records that were opened last are as near as the pages.
        0 => vec![visit.app.db.read(move |c| Ok::<_, AppError>(targets::recent(c, &app, &actor, SHOWN)?)).await?, pages],
        1..LEAST => vec![pages],
        _ => {
            // Requests follow each other while the user types: they are logged as one search.
            if let Some(own) = looked_at(&visit.app, &user) {
                visit.app.read_log.typed(&user, visit.app.now(), own, &query.trim().to_lowercase()).await?;
            }
            let found = visit.app.db.read(move |c| Ok::<_, AppError>(targets::records(c, &app, &actor, &query, SHOWN)?)).await?;
            missed = nothing(&visit.app, &user, &found);
            std::iter::once(pages).chain(found).collect()
        }
    };
    groups.retain(|group| !group.items.is_empty());
    Ok(HttpResponse::Ok().json(serde_json::json!({ "groups": groups, "nothing": missed })))
}
