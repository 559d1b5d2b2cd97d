//! `praxis serve`

use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::Data;

use crate::accounts::setup;
use crate::app::{App, server};
use crate::db::DbError;
use crate::web::sessions;

/// Expired sessions are removed this often.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

pub async fn run(app: App) -> Result<(), String> {
    app.migrate().map_err(|error| format!("the database cannot be used: {error}"))?;
    let bind = app.settings.bind;
    let listener = TcpListener::bind(bind).map_err(|error| format!("BIND: cannot listen on {bind}: {error}"))?;
    let app = Data::new(app);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let server = server(app.clone(), listener, workers).map_err(|error| error.to_string())?;
    println!("Praxis is ready on {} ({}).", app.settings.public_url.as_str().trim_end_matches('/'), app.settings.database_url.name());
    match setup::make_link(&app).await {
        Ok(Some(link)) => println!("There is no administrator yet. Open this link once to become the first:\n  {link}"),
        Ok(None) => {}
        Err(error) => return Err(error.to_string()),
    }
    actix_web::rt::spawn(tidy(app));
    server.await.map_err(|error| error.to_string())
}

async fn tidy(app: Data<App>) {
    loop {
        let now = app.now();
        let done = app.db.write(move |c| sessions::clear_expired(c, now).map_err(DbError::from)).await;
        if let Err(error) = done {
            tracing::warn!(%error, "expired sessions were not removed");
        }
        tokio::time::sleep(TIDY_EVERY).await;
    }
}
