//! What the API does with appointments beside what it does with every resource: free times, and changes of state.

pub mod moves;
pub mod slots;

use super::http::routes::{Route, get, post};
use crate::resource::Model;
use crate::resource::access::actor::Action;
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::web::routing::access::Access::Records;

/// The address of free times.
pub const SLOTS: &str = "/slots";

/// The states that an appointment can be moved into, each with the address of the move.
pub fn moves() -> impl Iterator<Item = (State, String)> {
    State::verbs().map(|(state, verb)| (state, format!("/appointments/{{id}}/{verb}")))
}

pub fn routes() -> Vec<Route> {
    let slots = get(SLOTS, Records(Appointment::NAME, Action::Add), slots::index);
    let change = Records(Appointment::NAME, Action::Change);
    let moves = moves().map(|(state, path)| post(path, change, move |call| moves::create(state, call)));
    std::iter::once(slots).chain(moves).collect()
}
