//! Signed notes as pages: for those who read them, for the patient, and what can still be done about one.

pub mod addition;
pub mod own_page;
pub mod page;
pub mod release;
pub mod shown;
