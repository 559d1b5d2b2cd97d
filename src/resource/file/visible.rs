//! A file that an actor may see: that of a record within their scope, or one of their own that waits for its record.

use diesel::QueryResult;

use super::stored::StoredFile;
use crate::db::Connection;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::registry::Registry;

/// A file, and where it is downloaded. One that waits for its record cannot be downloaded yet.
pub struct VisibleFile {
    pub file: StoredFile,
    pub href: Option<String>,
}

/// Where the file of a record is downloaded. `list` is the address of the record's list.
pub fn path(list: &str, id: i64, field: &str) -> String {
    format!("{list}/{id}/files/{field}")
}

impl Registry {
    /// `None` if there is no such file, or the actor may not see it. `inside` is for links within the administration.
    pub fn visible_file(&self, c: &mut Connection, actor: &Actor, id: i64, inside: bool) -> QueryResult<Option<VisibleFile>> {
        let Some(file) = StoredFile::find(c, id)? else { return Ok(None) };
        if file.waits_for(actor.id) {
            return Ok(Some(VisibleFile { file, href: None }));
        }
        let resource = self.get(&file.resource).filter(|resource| resource.declaration().allows(actor, Action::View));
        let (Some(resource), Some(record)) = (resource, file.record_id) else { return Ok(None) };
        if resource.find(c, record, Some(actor))?.is_none() {
            return Ok(None);
        }
        let href = resource.declaration().list_url_in(actor, inside).map(|list| path(&list, record, &file.field));
        Ok(Some(VisibleFile { file, href }))
    }
}
