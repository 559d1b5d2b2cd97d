//! The states of an appointment, and which may follow which. Pages, the API and the tests read this table.

use crate::ical::Status;
use crate::resource::Value;

crate::text_enum! {
    pub enum State {
        Requested = "requested" / "Requested",
        Booked = "booked" / "Booked",
        Arrived = "arrived" / "Arrived",
        InRoom = "in_room" / "In room",
        Done = "done" / "Done",
        Cancelled = "cancelled" / "Cancelled",
        NoShow = "no_show" / "Did not come",
        EnteredInError = "entered_in_error" / "Entered in error",
    }
}

/// A change of state: from, to, and what it is called on buttons.
pub struct Move {
    pub from: State,
    pub to: State,
    pub label: &'static str,
}

const fn step(from: State, to: State, label: &'static str) -> Move {
    Move { from, to, label }
}

/// Every move that is allowed.
pub const MOVES: &[Move] = &[
    step(State::Requested, State::Booked, "Approve"),
    step(State::Requested, State::Cancelled, "Decline"),
    step(State::Booked, State::Arrived, "Arrived"),
    step(State::Booked, State::InRoom, "Call in"),
    step(State::Booked, State::NoShow, "Did not come"),
    step(State::Booked, State::Cancelled, "Cancel"),
    step(State::Arrived, State::InRoom, "Call in"),
    step(State::Arrived, State::Done, "Done"),
    step(State::Arrived, State::Cancelled, "Cancel"),
    step(State::Arrived, State::Booked, "Not arrived"),
    step(State::InRoom, State::Done, "Done"),
    step(State::InRoom, State::Arrived, "Back to waiting"),
    step(State::Done, State::InRoom, "Not done"),
    step(State::NoShow, State::Booked, "Came after all"),
    step(State::NoShow, State::Arrived, "Arrived"),
    step(State::Cancelled, State::Booked, "Book again"),
    step(State::Requested, State::EnteredInError, "Entered in error"),
    step(State::Booked, State::EnteredInError, "Entered in error"),
    step(State::Arrived, State::EnteredInError, "Entered in error"),
    step(State::InRoom, State::EnteredInError, "Entered in error"),
    step(State::Done, State::EnteredInError, "Entered in error"),
    step(State::NoShow, State::EnteredInError, "Entered in error"),
    step(State::Cancelled, State::EnteredInError, "Entered in error"),
];

impl State {
    /// In these an appointment takes the time of its doctor. The view `claim_rule` has the same list.
    pub const TAKING_TIME: [Self; 5] = [Self::Requested, Self::Booked, Self::Arrived, Self::InRoom, Self::Done];

    pub fn takes_time(self) -> bool {
        Self::TAKING_TIME.contains(&self)
    }

    pub fn may_become(self, next: Self) -> bool {
        self == next || MOVES.iter().any(|step| step.from == self && step.to == next)
    }

    /// The stored state.
    pub fn of(value: &Value) -> Self {
        Self::parse(value.as_text()).unwrap_or(Self::Booked)
    }

    /// The states that an appointment can be moved into, each with what moves it.
    pub fn verbs() -> impl Iterator<Item = (Self, &'static str)> {
        Self::CHOICES.iter().filter_map(|(stored, _)| Self::parse(stored)).filter_map(|state| Some((state, state.verb()?)))
    }

    /// What moves an appointment into this state, as addresses say it; `None` for the state that only patients begin with.
    pub fn verb(self) -> Option<&'static str> {
        Some(match self {
            Self::Requested => return None,
            Self::Booked => "book",
            Self::Arrived => "arrive",
            Self::InRoom => "call-in",
            Self::Done => "finish",
            Self::Cancelled => "cancel",
            Self::NoShow => "no-show",
            Self::EnteredInError => "enter-in-error",
        })
    }

    /// The moves from this state that people make often, the most likely first.
    pub fn moves(self) -> impl Iterator<Item = &'static Move> {
        MOVES.iter().filter(move |step| step.from == self)
    }

    /// How calendars of other programs show it.
    pub fn in_calendars(self) -> Status {
        match self {
            Self::Requested => Status::Tentative,
            Self::Booked | Self::Arrived | Self::InRoom | Self::Done | Self::NoShow => Status::Confirmed,
            Self::Cancelled | Self::EnteredInError => Status::Cancelled,
        }
    }

    /// In the middle of a sentence.
    pub fn lower(self) -> String {
        self.label().to_lowercase()
    }
}
