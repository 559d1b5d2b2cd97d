//! A *resource* is a model declared once. The admin, the forms of the staff pages, the permissions, the history and
//! the search all read that one declaration. Start with [`declaration`], then [`resource!`](crate::resource!).

pub mod act;
pub mod actor;
pub mod audit;
pub mod bind;
pub mod bound;
pub mod capped;
pub mod checks;
pub mod conflict;
pub mod declaration;
pub mod declared;
pub mod dependents;
pub mod errors;
pub mod exposed;
pub mod field;
mod fixed;
pub mod form;
pub mod held;
pub mod history;
pub mod indexed;
pub mod inline;
pub mod kept;
pub mod keyset;
pub mod lock;
pub mod log;
pub mod looks;
#[macro_use]
pub mod macros;
pub mod moment;
pub mod of;
pub mod parse;
pub mod permissions;
pub mod query;
pub mod registry;
pub mod relations;
pub mod removal;
pub mod restore;
pub mod search;
#[macro_use]
pub mod section;
#[macro_use]
pub mod text_enum;
pub mod value;
pub mod versions;
pub mod write;

pub use crate::resource::actor::Actor;
pub use crate::resource::declaration::{Declaration, Resource};
pub use crate::resource::exposed::{Api, Deed};
pub use crate::resource::field::{Field, field};
pub use crate::resource::form::{FormData, FormErrors};
pub use crate::resource::query::{Condition, ListQuery, Test};
pub use crate::resource::registry::Registry;
pub use crate::resource::section::Section;
pub use crate::resource::value::{Column, Kind, Row, Value, Values};
