//! The calendar: days, weeks and months. Positions are class names, so that a strict Content-Security-Policy holds.

pub mod bar;
pub mod column;
pub mod dates;
pub mod diary;
pub mod page;
pub mod place;
