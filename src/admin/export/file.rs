//! Streaming an export to the browser: rows are read a thousand at a time and sent at once.

use std::fs::File;

use actix_web::web::{self, Bytes, Data};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::page::{BATCH, Wanted, label};
use crate::app::App;
use crate::db::{Connection, DbError, Zone};
use crate::error::{AppError, AppResult};
use crate::resource::list::keyset::Seek;
use crate::resource::{Actor, Declaration, Field, Kind, Resource, Row, Value};
use crate::transfer::writing::{Cell, Format, Sheet, Written};
use crate::web::list::columns::Names;

type Piece = std::io::Result<Bytes>;

/// Starts the export on a task of its own; returns the body of the response.
pub fn start(
    app: Data<App>,
    actor: Actor,
    wanted: Wanted,
    columns: Vec<&'static str>,
    format: Format,
) -> impl futures_util::Stream<Item = Piece> + 'static {
    let (sender, receiver) = channel(4);
    actix_web::rt::spawn(Export { app, actor, wanted, columns, sender }.run(format));
    pieces(receiver)
}

fn pieces(receiver: Receiver<Piece>) -> impl futures_util::Stream<Item = Piece> {
    futures_util::stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|piece| (piece, receiver)) })
}

/// An export that is being sent.
struct Export {
    app: Data<App>,
    actor: Actor,
    wanted: Wanted,
    columns: Vec<&'static str>,
    sender: Sender<Piece>,
}

impl Export {
    async fn run(mut self, format: Format) {
        if let Err(error) = self.all(format).await {
            tracing::warn!(%error, "an export was interrupted");
            // Sending fails if the browser has gone.
            let _ = self.sender.send(Err(std::io::Error::other(error.to_string()))).await;
        }
    }

    async fn all(&mut self, format: Format) -> AppResult<()> {
        let own = crate::admin::declared_as(&self.app, self.wanted.name)?;
        let headings: Vec<String> = self.columns.iter().map(|name| label(own, name).to_string()).collect();
        let mut sheet = Sheet::new(format, &headings, &self.app.zone(&self.actor)).map_err(AppError::internal)?;
        loop {
            let (app, actor, wanted, columns) = (self.app.clone(), self.actor.clone(), self.wanted.clone(), self.columns.clone());
            let (back, last) = self.app.db.read(move |c| batch(c, &app, &actor, &wanted, &columns, sheet)).await?;
            sheet = back;
            let ready = sheet.ready();
            if !ready.is_empty() && self.sender.send(Ok(ready.into())).await.is_err() {
                return Ok(());
            }
            let Some(last) = last else { break };
            self.wanted.query.seek = Some(Seek { anchor: Some(last), backwards: false });
        }
        match web::block(move || sheet.finish()).await.map_err(AppError::internal)?.map_err(AppError::internal)? {
            Written::Bytes(bytes) => self.send(bytes).await,
            Written::File(file) => self.copy(file).await,
        }
    }

    async fn send(&self, bytes: Vec<u8>) -> AppResult<()> {
        // Sending fails if the browser has gone.
        let _ = self.sender.send(Ok(bytes.into())).await;
        Ok(())
    }

    async fn copy(&self, mut file: File) -> AppResult<()> {
        loop {
            let read = web::block(move || {
                let mut piece = vec![0; 64 * 1024];
                let length = std::io::Read::read(&mut file, &mut piece)?;
                piece.truncate(length);
                Ok::<_, std::io::Error>((piece, file))
            });
            let (piece, rest) = read.await.map_err(AppError::internal)?.map_err(AppError::internal)?;
            if piece.is_empty() || self.sender.send(Ok(piece.into())).await.is_err() {
                return Ok(());
            }
            file = rest;
        }
    }
}

/// Writes the next rows. Returns the sheet, with the id of the last row if there may be more.
fn batch(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    wanted: &Wanted,
    columns: &[&'static str],
    mut sheet: Sheet,
) -> Result<(Sheet, Option<i64>), AppError> {
    let resource = app.registry.get(wanted.name).ok_or(AppError::NotFound)?;
    let query = wanted.query.clone().searched(c, resource, actor, app.words())?;
    let rows = resource.list(c, &query, Some(actor))?;
    if rows.is_empty() {
        still_there(c, resource, wanted)?;
    }
    let fields: Vec<&Field> = resource.declaration().fields_named(columns).collect();
    let names = Names::load(c, app, actor, resource.declaration(), &fields, &rows)?;
    let zone = app.zone(actor);
    for row in &rows {
        let cells: Vec<Cell> = columns.iter().map(|name| cell(resource.declaration(), name, row, &names, &zone)).collect();
        sheet.write(&cells).map_err(AppError::internal)?;
    }
    let is_full = rows.len() as i64 == BATCH;
    Ok((sheet, rows.last().filter(|_| is_full).map(|row| row.id)))
}

/// A row that was removed between two batches must not be mistaken for the end of the list, or the file would be incomplete
/// without anybody noticing.
fn still_there(c: &mut Connection, resource: &Resource, wanted: &Wanted) -> Result<(), AppError> {
    match wanted.query.seek.and_then(|seek| seek.anchor) {
        Some(anchor) if resource.labels(c, &[anchor])?.is_empty() => {
            Err(DbError::Unavailable("a record was removed during an export".into()).into())
        }
        _ => Ok(()),
    }
}

fn cell(own: &Declaration, name: &str, row: &Row, names: &Names, zone: &Zone) -> Cell {
    let Some(field) = own.field(name) else { return Cell::Number(row.id) };
    let value = row.values.at(field.name);
    match (field.reference, value) {
        (Some(reference), Value::Integer(id)) => match names.of(reference.resource, *id) {
            gone if gone.is_empty() => Cell::Number(*id),
            label => Cell::text(label),
        },
        _ if field.kind == Kind::File => Cell::text(names.of_file(value)),
        _ => Cell::of(field, value, zone),
    }
}
