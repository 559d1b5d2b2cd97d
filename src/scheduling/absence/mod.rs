//! A doctor is away at short notice: in one act, their appointments of some days are cancelled and each patient is offered other times.
//! Nobody hears of it for ten minutes, and as long it can be undone.

pub mod act;
pub mod affected;
pub mod new_page;
pub mod page;
pub mod undo;
