//! The report of appointments: how many, of which doctor, type and state, when, and how well the hours of doctors are used.
//!
//! Days are counted when somebody asks, over a range of an index that has every column it needs, whole months from [`sums`], which a
//! worker keeps. Sums that each booking updates would make bookings of different doctors wait for each other. So that the page stays
//! fast, a report counts at most [`MOST`](load::MOST) appointments one by one.

mod filter;
mod load;
mod months;
mod offered;
pub mod page;
mod parts;
mod sheet;
pub mod sums;
mod tables;

/// Codename, name, and the groups that have it from the start. The report counts the appointments of all patients.
pub const PERMISSION: (&str, &str, &[&str]) = (
    "scheduling.report",
    "Can view the report of appointments; also needs permission to view every patient",
    &["Billing", "Administrator"],
);
