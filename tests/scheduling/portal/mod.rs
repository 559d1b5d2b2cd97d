//! What patients do themselves, signed in and by the links in their emails.

mod absence;
mod browser;
mod links;
mod offers;
mod requests;
mod waiting;

use diesel::prelude::*;
use praxis::db::schema::{appointments, patients};
use praxis::mail::queued::QueuedMail;
use praxis::resource::Value;

use super::kind_with;
use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

/// A type that patients may book: at once, or after an approval.
pub async fn open_kind(clinic: &Clinic, name: &str, booked_by: &str, notice: i64) -> i64 {
    let more = vec![("booked_by", Value::Text(booked_by.into())), ("shortest_notice", Value::Integer(notice))];
    kind_with(clinic, name, 20, (0, 0), more).await
}

/// A patient with an account.
pub async fn patient_with_account(clinic: &Clinic, name: &str, username: &'static str) -> (i64, Browser) {
    let user = clinic.account(username, Rights { groups: &["Patient"], ..Rights::default() }).await;
    let owner = clinic.user_id("ada").await;
    let id = clinic.patient(name, owner).await;
    clinic
        .arrange(move |c| {
            let own = (patients::user_id.eq(Some(user)), patients::may_contact.eq(true));
            diesel::update(patients::table.find(id)).set(own).execute(c)
        })
        .await
        .expect("an account");
    (id, clinic.sign_in(username).await)
}

/// The emails to this address, the latest last.
pub async fn mails_to(clinic: &Clinic, address: &'static str) -> Vec<QueuedMail> {
    clinic.outbox().await.into_iter().filter(|mail| mail.recipient == address).collect()
}

/// The path of the link in an email.
pub fn link(mail: &QueuedMail) -> String {
    let words = mail.text_body.split_whitespace().rev();
    let address = words.filter_map(|word| word.strip_prefix("http")).find_map(|word| word.split_once("://")?.1.split_once('/'));
    format!("/{}", address.unwrap_or_else(|| panic!("no link in {}", mail.text_body)).1)
}

/// The link in the latest email to this address.
pub async fn latest_link(clinic: &Clinic, address: &'static str) -> String {
    link(mails_to(clinic, address).await.last().unwrap_or_else(|| panic!("no email to {address}")))
}

/// The times that a page offers, as its buttons send them.
pub fn times(page: &Page) -> Vec<String> {
    page.attributes("button[name=at]", "value")
}

/// Presses a time of the page's form.
pub async fn choose(browser: &Browser, page: &Page, time: &str) -> Page {
    let (action, mut fields) = page.form();
    fields.push(("at".into(), time.into()));
    browser.post_pairs(&action, &fields).await
}

/// Patient, state and whether it was confirmed, of all appointments.
pub async fn booked_now(clinic: &Clinic) -> Vec<(i64, String, bool)> {
    let columns = (appointments::patient_id, appointments::state, appointments::confirmed_at.is_not_null());
    clinic.ask(move |c| appointments::table.order(appointments::id).select(columns).load(c)).await
}
