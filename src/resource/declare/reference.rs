//! Fields that refer to other records.

use crate::resource::Resource;
use crate::resource::model::Model;

/// What happens to this record when the one it refers to is deleted. The database enforces the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// It is deleted as well.
    Cascade,
    /// It stays, and the other record cannot be deleted.
    Protect,
    /// It stays, and its reference becomes blank.
    SetNull,
}

/// A field that refers to a record of another model, or to several through a join table.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The name of the model, such as `doctor`.
    pub resource: &'static str,
    pub table: &'static str,
    /// Whether the table has a `search_text`.
    pub is_searched: bool,
    pub on_delete: OnDelete,
    pub model: fn() -> &'static Resource,
}

impl Reference {
    pub fn to<M: Model>(on_delete: OnDelete) -> Self {
        Self { resource: M::NAME, table: M::TABLE, is_searched: M::IS_SEARCHED, on_delete, model: M::resource }
    }
}

/// The join table of a many-to-many field.
#[derive(Clone, Copy, Debug)]
pub struct Join {
    pub table: &'static str,
    /// The column with the id of this record.
    pub own: &'static str,
    /// The column with the id of the other record.
    pub other: &'static str,
}
