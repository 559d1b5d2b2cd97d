//! Maintenance of imports, when the program starts and every day.

use actix_web::web::Data;
use time::Duration;

use super::import::{Import, State};
use super::trial;
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::{Connection, DbError, UtcDateTime};
use crate::resource::access::permissions::actor;

/// How long finished and abandoned imports are stored.
const KEPT: Duration = Duration::days(30);
/// A trial run without progress for this long has lost its process.
const LOST: Duration = Duration::minutes(2);

/// Continues interrupted trial runs, and resets imports whose transaction was interrupted.
pub async fn resume(app: &Data<App>) -> Result<(), DbError> {
    let before = app.now().plus(-LOST);
    resume_before(app, before).await
}

/// The same when the program starts: on SQLite no other process can be running them.
pub async fn resume_at_start(app: &Data<App>) -> Result<(), DbError> {
    let is_alone = app.settings.database_url.path().is_some();
    let before = app.now().plus(if is_alone { Duration::SECOND } else { -LOST });
    resume_before(app, before).await
}

async fn resume_before(app: &Data<App>, before: UtcDateTime) -> Result<(), DbError> {
    let still = app.db.read(move |c| Import::list_still(c, &[State::Mapped, State::Running], before).map_err(DbError::from)).await?;
    for import in still.into_iter().filter(|import| app.progress.of(import.id).is_none()) {
        let (id, now) = (import.id, app.now());
        match import.state {
            State::Running => {
                if let Err(error) = app.db.write(move |c| set_back(c, id, now)).await {
                    tracing::info!(import = id, %error, "another process is still working on an import");
                }
            }
            _ => {
                let person = app.db.read(move |c| actor(c, import.user_id).map_err(DbError::from)).await?;
                match person {
                    Some(person) => trial::start(app.clone(), id, person),
                    None => {
                        let note = "The user who started this import can no longer sign in.";
                        app.db.write(move |c| Import::step(c, id, State::Mapped, State::Failed, note, now).map_err(DbError::from)).await?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// Waits for the lock that the process writing the import holds, so that it is reset only if there is none.
fn set_back(c: &mut Connection, id: i64, now: UtcDateTime) -> Result<(), DbError> {
    exclusive(c, "import", id)?;
    let note = "The server restarted during the import. Nothing was imported. Start the import again.";
    Import::step(c, id, State::Running, State::Checked, note, now)?;
    Ok(())
}

/// Deletes imports older than thirty days; called every day.
pub async fn clear(app: &Data<App>) -> Result<usize, DbError> {
    let before = app.now().plus(-KEPT);
    app.db.write(move |c| Import::clear_before(c, before).map_err(DbError::from)).await
}
