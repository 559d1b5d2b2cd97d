//! The week editor: hours, breaks and periods on one page, time off, and what happens to appointments outside of new hours.

mod browser;
mod editor;
mod time_off;

use diesel::prelude::*;
use praxis::db::schema::{doctors, working_hours};

use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

/// A doctor without hours, with an account that plans only their own.
pub async fn planning(clinic: &Clinic, name: &str, username: &str) -> (i64, Browser) {
    let id = clinic.doctor(name).await;
    let account = clinic.account(username, Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let link =
        move |c: &mut praxis::db::Connection| diesel::update(doctors::table.find(id)).set(doctors::user_id.eq(Some(account))).execute(c);
    clinic.arrange(link).await.expect("linked");
    (id, clinic.sign_in(username).await)
}

pub fn path(doctor: i64) -> String {
    format!("/doctors/{doctor}/week")
}

/// Sends the week as the page has it, with these inputs changed or added.
pub async fn send(browser: &Browser, page: &Page, doctor: i64, changes: &[(&str, &str)]) -> Page {
    let (action, mut fields) = page.form_to(&path(doctor));
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name) && !name.contains("__"));
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
    browser.post_pairs(&action, &fields).await
}

/// Day, kind, from and to, in minutes.
pub async fn stored(clinic: &Clinic) -> Vec<(String, String, i64, i64)> {
    use working_hours as own;
    let kept = own::table.filter(own::deleted_at.is_null()).order((own::from_time, own::id));
    let mut found: Vec<(String, String, i64, i64)> =
        clinic.ask(move |c| kept.select((own::weekday, own::kind, own::from_time, own::to_time)).load(c)).await;
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    found.sort_by_key(|(day, _, from, _)| (days.iter().position(|known| known == day), *from));
    found
}
