//! The report of appointments: how many, of which doctor, type and state, when, and how well the hours of doctors are used.
//!
//! It is counted when somebody asks, over a range of an index that has every column it needs. A table of sums that each booking
//! updates would make bookings of different doctors wait for each other. So that the page stays fast, a report counts at most
//! [`MOST`](load::MOST) appointments.

mod filter;
mod load;
mod offered;
pub mod page;
mod sheet;
mod tables;

/// Codename, name, and the groups that have it from the start. The report counts the appointments of all patients.
pub const PERMISSION: (&str, &str, &[&str]) = (
    "scheduling.report",
    "Can view the report of appointments; also needs permission to view every patient",
    &["Billing", "Administrator"],
);
