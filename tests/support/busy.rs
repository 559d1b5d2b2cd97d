//! A database that is busy.

use actix_web::rt::task::JoinHandle;
use praxis::db::DbError;
use praxis::db::connection::exclusive;

use super::Clinic;

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

impl Busy {
    pub async fn end(self) {
        self.release.send(()).expect("released");
        self.end.await.expect("an end").expect("a commit");
    }
}
