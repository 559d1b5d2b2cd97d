//! Invitations to an existing account: the email, and the page that accepts it.

pub mod accept_page;
pub mod admin_page;
pub mod model;
pub mod with_record;

use diesel::prelude::*;

use crate::db::schema::{registration_links, users};
use crate::web::page::panel::SetUpStep;

/// Somebody has an account besides the first administrator, or is invited to have one.
pub const STEP: SetUpStep = SetUpStep {
    label: "Invite your colleagues",
    href: "/admin/invitations",
    is_done: |c, _, _| {
        let accounts = users::table.limit(2).select(users::id).load::<i64>(c)?.len();
        Ok(accounts > 1 || registration_links::table.limit(1).select(registration_links::id).first::<i64>(c).optional()?.is_some())
    },
};
