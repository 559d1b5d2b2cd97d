//! The week editor: the usual week of a doctor on one page, with periods for which other hours are valid, time off and extra hours.

mod exceptions;
pub mod form;
pub mod index;
pub mod outside;
pub mod page;
pub mod picture;
pub mod save;
pub mod stored;
pub mod time_off;
