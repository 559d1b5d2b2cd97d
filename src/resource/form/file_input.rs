//! A file in a form: the stored one by name, and the input for another.

use diesel::QueryResult;

use super::bind::{Binder, Control, FileInput};
use super::data::FormData;
use crate::db::Connection;
use crate::resource::declare::field::Field;
use crate::resource::file::visible::VisibleFile;

impl Binder<'_> {
    /// The input, with the file that the data names. An id that is not the actor's to see shows nothing.
    pub(super) fn file(&self, c: &mut Connection, field: &Field, data: &FormData) -> QueryResult<FileInput> {
        let shown = self.shown_file(c, data.text(field.name))?;
        let mut input = FileInput {
            id: String::new(),
            name: String::new(),
            size: String::new(),
            href: None,
            is_new: false,
            can_remove: !field.required,
            is_removed: data.has(&format!("{}-remove", field.name)),
            accept: field.file.types.join(","),
            hint: field.file.hint(),
        };
        if let Some(VisibleFile { file, href }) = shown {
            (input.id, input.size, input.is_new) = (file.id.to_string(), file.size_text(), file.record_id.is_none());
            (input.name, input.href) = (file.name, href);
        }
        Ok(input)
    }

    /// The file as a link to its download.
    pub(super) fn fixed_file(&self, c: &mut Connection, id: &str) -> QueryResult<Control> {
        let shown = self.shown_file(c, id)?;
        let text = shown.as_ref().map_or_else(String::new, |shown| format!("{} ({})", shown.file.name, shown.file.size_text()));
        Ok(Control::Fixed { text, href: shown.and_then(|shown| shown.href) })
    }

    fn shown_file(&self, c: &mut Connection, id: &str) -> QueryResult<Option<VisibleFile>> {
        match id.parse() {
            Ok(id) => self.registry.visible_file(c, self.actor, id, self.inside),
            Err(_) => Ok(None),
        }
    }
}
