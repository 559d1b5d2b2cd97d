//! Times that the clinic offers to a patient: instead of the time that they asked for, because a doctor is away, or because they wait and
//! somebody else cancelled. Offered times are not kept: the first who accepts has one, and the others see the next free times.

pub mod answer;
pub mod answer_page;
pub mod make;
pub mod model;
pub mod propose;
