//! A *resource* is a model declared once. The admin, the forms of the staff pages, the API, the permissions, the history and
//! the search all read that one declaration. Start with [`declare::declaration`], then [`resource!`](crate::resource!).

pub mod access;
pub mod checks;
pub mod clearance;
pub mod declare;
pub mod file;
pub mod form;
pub mod list;
pub mod log;
pub mod model;
pub mod rebuild;
pub mod registry;
pub mod value;
pub mod write;

pub use crate::resource::access::actor::Actor;
pub use crate::resource::access::scope::Scope;
pub use crate::resource::declare::api::{Api, Operation};
pub use crate::resource::declare::declaration::Declaration;
pub use crate::resource::declare::field::{Field, field};
pub use crate::resource::declare::fieldset::Fieldset;
pub use crate::resource::form::data::{FormData, FormErrors};
pub use crate::resource::list::query::{Condition, ListQuery, Test};
pub use crate::resource::model::{Model, Resource};
pub use crate::resource::registry::Registry;
pub use crate::resource::value::{Column, Kind, Row, Value, Values};
