mod assignments;
mod bulk;
mod lists;
mod pagination;
pub mod record;
mod versions;
