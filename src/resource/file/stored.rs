//! The rows of `files`, and the statements that read and write them. The content is read only to be sent.

use diesel::prelude::*;
use time::Duration;

use super::rules::{FileProblem, FileRules, size_text};
use crate::crypto::keys::digest_bytes;
use crate::db::schema::{file_contents, files};
use crate::db::sql::{condition, is_one_of};
use crate::db::{Connection, UtcDateTime};

/// How long a file may wait for its record: longer than a form draft.
const WAITS: Duration = Duration::days(2);
/// The most files of one user that wait; beyond it the oldest are removed.
const MOST: i64 = 100;

/// No record has taken it. Written as a literal, so that the partial indexes apply.
const WAITING: &str = "files.resource = ''";

/// A file without its content.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = files)]
pub struct StoredFile {
    pub id: i64,
    /// The name on the sender's computer, without folders.
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    /// The resource, field and id of its record; blank until the record is saved.
    pub resource: String,
    pub field: String,
    pub record_id: Option<i64>,
    pub uploaded_by: Option<i64>,
}

/// A file to store.
pub struct NewFile {
    name: String,
    content_type: &'static str,
    content: Vec<u8>,
    sha256: String,
}

impl NewFile {
    /// A file that its field accepts. Reads the whole content.
    pub fn checked(name: String, content: Vec<u8>, rules: &FileRules) -> Result<Self, FileProblem> {
        let content_type = rules.check(&content)?;
        Ok(Self { name, content_type, sha256: digest_bytes(&content), content })
    }
}

impl StoredFile {
    /// Stores a file that belongs to no record yet; returns its id.
    pub fn insert(c: &mut Connection, file: &NewFile, uploader: i64, now: UtcDateTime) -> QueryResult<i64> {
        let uploader = Some(uploader).filter(|id| *id > 0);
        let waiting = files::table.filter(files::uploaded_by.eq(uploader)).filter(condition(WAITING));
        let old = waiting.order(files::id.desc()).offset(MOST - 1).limit(1_000).select(files::id).load::<i64>(c)?;
        Self::delete(c, &old)?;
        let id: i64 = diesel::insert_into(files::table)
            .values((
                files::name.eq(&file.name),
                files::content_type.eq(file.content_type),
                files::size.eq(file.content.len() as i64),
                files::sha256.eq(&file.sha256),
                files::uploaded_by.eq(uploader),
                files::created_at.eq(now),
                files::updated_at.eq(now),
            ))
            .returning(files::id)
            .get_result(c)?;
        let content = (file_contents::file_id.eq(id), file_contents::content.eq(&file.content));
        diesel::insert_into(file_contents::table).values(content).execute(c)?;
        Ok(id)
    }

    pub fn find(c: &mut Connection, id: i64) -> QueryResult<Option<Self>> {
        files::table.find(id).select(Self::as_select()).first(c).optional()
    }

    /// Those of these ids that exist, in one statement.
    pub fn list(c: &mut Connection, ids: &[i64]) -> QueryResult<Vec<Self>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        files::table.filter(is_one_of("files.id", ids)).select(Self::as_select()).load(c)
    }

    pub fn content(c: &mut Connection, id: i64) -> QueryResult<Option<Vec<u8>>> {
        file_contents::table.find(id).select(file_contents::content).first(c).optional()
    }

    /// Gives a file that waits to a record. `false` if it waits no longer.
    pub fn attach(c: &mut Connection, id: i64, resource: &str, field: &str, record_id: i64, now: UtcDateTime) -> QueryResult<bool> {
        let waiting = files::table.filter(files::id.eq(id)).filter(condition(WAITING));
        let changed = diesel::update(waiting)
            .set((files::resource.eq(resource), files::field.eq(field), files::record_id.eq(record_id), files::updated_at.eq(now)))
            .execute(c)?;
        Ok(changed == 1)
    }

    pub fn delete(c: &mut Connection, ids: &[i64]) -> QueryResult<usize> {
        if ids.is_empty() {
            return Ok(0);
        }
        diesel::delete(files::table.filter(is_one_of("files.id", ids))).execute(c)
    }

    /// Removes files that no record took.
    pub fn clear_waiting(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
        let old = files::table.filter(condition(WAITING)).filter(files::created_at.le(now.plus(-WAITS)));
        diesel::delete(old).execute(c)
    }

    /// Whether this user uploaded it and no record has it yet.
    pub fn waits_for(&self, user: i64) -> bool {
        self.resource.is_empty() && self.uploaded_by == Some(user).filter(|id| *id > 0)
    }

    pub fn size_text(&self) -> String {
        size_text(u64::try_from(self.size).unwrap_or(0))
    }
}

/// The last part of a path, without characters that do not belong on a page.
pub fn plain_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or("");
    let name: String = last.chars().filter(|letter| !letter.is_control()).take(120).collect();
    if name.trim().is_empty() { "file".into() } else { name.trim().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(plain_name("C:\\Users\\rosa\\patients.csv"), "patients.csv");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("\0\n"), "file");
    }
}
