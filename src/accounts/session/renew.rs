//! Renewing a session under a new key, after its owner has authenticated again: the old key is then worthless (ASVS 7.2.4).

use actix_session::SessionExt;
use actix_web::web::Data;

use crate::crypto::keys::{digest, random_text};
use crate::error::{AppError, AppResult};
use crate::web::request::client::{ip_of, user_agent_of};
use crate::web::request::csrf;
use crate::web::request::visit::Visit;
use crate::web::sessions::state::{CREDENTIAL, IP, ROW, USER_AGENT};
use crate::web::sessions::{self, Sessions};

/// The id of the current session's row; 0 if there is none.
pub fn row(visit: &Visit) -> i64 {
    visit.request.get_session().get::<i64>(ROW).ok().flatten().unwrap_or(0)
}

/// Gives the current session a new key and the hash of the new password, after the others were ended.
pub async fn renew(visit: &Visit, user_id: i64, hash: &str, ended: Vec<String>) -> AppResult<()> {
    let session = visit.request.get_session();
    let internal = |error: actix_session::SessionInsertError| AppError::internal(error);
    session.renew();
    session.insert(CREDENTIAL, digest(hash)).map_err(internal)?;
    session.insert(csrf::FIELD, random_text(32)).map_err(internal)?;
    session.insert(IP, ip_of(&visit.request)).map_err(internal)?;
    session.insert(USER_AGENT, user_agent_of(&visit.request)).map_err(internal)?;
    sessions::keep(visit, user_id).await?;
    if let Some(store) = visit.request.app_data::<Data<Sessions>>() {
        store.forget(ended).await;
    }
    Ok(())
}
