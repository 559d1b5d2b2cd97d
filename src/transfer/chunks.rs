//! The uploaded file, stored in the database in chunks, so that it survives a restart and is available to every process.

use std::fs::File;
use std::io::{Read, Seek, Write};

use diesel::prelude::*;

use crate::db::schema::import_pieces;
use crate::db::{Connection, UtcDateTime};

const PIECE: usize = 256 * 1024;

/// Errors of storing or fetching a file.
#[derive(Debug)]
pub enum PieceError {
    File(std::io::Error),
    Db(diesel::result::Error),
}

impl From<std::io::Error> for PieceError {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

impl From<diesel::result::Error> for PieceError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error)
    }
}

pub fn store(c: &mut Connection, import: i64, file: &File, now: UtcDateTime) -> Result<(), PieceError> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    for position in 0_i64.. {
        let mut bytes = Vec::with_capacity(PIECE);
        Read::by_ref(&mut file).take(PIECE as u64).read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            break;
        }
        diesel::insert_into(import_pieces::table)
            .values((
                import_pieces::import_id.eq(import),
                import_pieces::position.eq(position),
                import_pieces::bytes.eq(bytes),
                import_pieces::created_at.eq(now),
                import_pieces::updated_at.eq(now),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Writes the file to an unnamed temporary file.
pub fn fetch(c: &mut Connection, import: i64) -> Result<File, PieceError> {
    let mut file = tempfile::tempfile()?;
    for position in 0_i64.. {
        let piece = import_pieces::table
            .filter(import_pieces::import_id.eq(import))
            .filter(import_pieces::position.eq(position))
            .select(import_pieces::bytes)
            .first::<Vec<u8>>(c)
            .optional()?;
        match piece {
            Some(bytes) => file.write_all(&bytes)?,
            None => break,
        }
    }
    Ok(file)
}
