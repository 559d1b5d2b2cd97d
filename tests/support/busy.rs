//! A database that is busy.

use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use diesel::connection::SimpleConnection;
use praxis::db::DbError;
use praxis::db::connection::{Purpose, exclusive, open};

use super::Clinic;
use super::database::Backend;

/// A transaction that has written to the log, so that nothing else can be written until it ends.
pub struct Busy {
    release: std::sync::mpsc::Sender<()>,
    end: JoinHandle<Result<(), DbError>>,
}

impl Clinic {
    pub async fn busy(&self) -> Busy {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (holds, begun) = tokio::sync::oneshot::channel();
        let app = self.app.clone();
        let end = actix_web::rt::spawn(async move {
            app.db
                .write(move |c| {
                    exclusive(c, "log", 0)?;
                    let _ = holds.send(());
                    let _ = held.recv();
                    Ok::<_, DbError>(())
                })
                .await
        });
        begun.await.expect("a writer");
        Busy { release, end }
    }
}

impl Clinic {
    /// From now on adding a patient takes this long, less than the five seconds after which a server gives up: another program
    /// writes to the file, or the statement is slow.
    pub async fn delay_patients(&self, span: Duration) {
        if self.backend == Backend::Postgres {
            let slow = format!(
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep({}); RETURN NEW; END'; \
                 CREATE TRIGGER slow BEFORE INSERT ON patients FOR EACH ROW EXECUTE FUNCTION slow()",
                span.as_secs_f32()
            );
            return self.arrange(move |c| c.batch_execute(&slow)).await.expect("a slow table");
        }
        let (holds, begun) = tokio::sync::oneshot::channel();
        let url = self.app.settings.database_url.clone();
        std::thread::spawn(move || {
            let mut c = open(&url, Purpose::Write).expect("a connection");
            c.batch_execute("BEGIN IMMEDIATE").expect("the only writer");
            let _ = holds.send(());
            std::thread::sleep(span);
            c.batch_execute("ROLLBACK").expect("an end");
        });
        begun.await.expect("a writer");
    }
}

impl Busy {
    pub async fn end(self) {
        self.release.send(()).expect("released");
        self.end.await.expect("an end").expect("a commit");
    }
}
