//! What a program asks for, once it is known whose it is, and what it is answered.

use actix_web::web::Data;

use super::answer::Reply;
use super::place::{Key, Place};
use super::states::State;
use crate::app::App;
use crate::resource::Actor;

/// A request of a known user.
pub struct Asked {
    pub app: Data<App>,
    pub actor: Actor,
    /// The user's own.
    pub name: String,
    pub place: Place,
    /// Also about what is below the address.
    pub is_deep: bool,
}

/// The answer, and the states that it names, which have to be kept.
pub struct Done {
    pub reply: Reply,
    pub states: Vec<(Key, State)>,
}

impl From<Reply> for Done {
    fn from(reply: Reply) -> Self {
        Self { reply, states: Vec::new() }
    }
}
