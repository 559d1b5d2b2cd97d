//! Notes: writing, signing, and that nothing changes a signed one.

mod browser;
mod killed;
mod lists;
mod reading;
mod signed;
mod templates;
mod writing;

use diesel::prelude::*;
use praxis::db::schema::doctors;

use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

/// A doctor with an account, and a patient of theirs.
pub struct Practice {
    pub ada: Browser,
    pub grace: Browser,
    pub hopper: i64,
    pub zola: i64,
}

pub async fn practice(clinic: &Clinic) -> Practice {
    let ada = clinic.administrator().await;
    let (hopper, grace) = doctor(clinic, "Grace Hopper", "grace").await;
    let zola = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    clinic.assignment(zola, hopper).await;
    Practice { ada, grace, hopper, zola }
}

/// A doctor who can sign in.
pub async fn doctor(clinic: &Clinic, name: &str, username: &str) -> (i64, Browser) {
    let user = clinic.account(username, Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let id = clinic.doctor(name).await;
    clinic
        .arrange(move |c| diesel::update(doctors::table.find(id)).set(doctors::user_id.eq(Some(user))).execute(c))
        .await
        .expect("an account");
    (id, clinic.sign_in(username).await)
}

/// Begins a note about a patient; returns the address of the draft.
pub async fn begin(browser: &Browser, patient: i64) -> String {
    browser.post(&format!("/patients/{patient}/notes"), &[]).await.location().into()
}

/// The fields of a draft's page, with these values.
pub fn filled(page: &Page, draft: &str, values: &[(&str, &str)]) -> Vec<(String, String)> {
    let (_, mut data) = page.form_to(draft);
    data.retain(|(name, _)| !values.iter().any(|(known, _)| known == name));
    data.extend(values.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
    data
}

/// Opens a draft and sends it with these values to an address below its own.
pub async fn send(browser: &Browser, draft: &str, rest: &str, values: &[(&str, &str)]) -> Page {
    let page = browser.open(draft).await;
    browser.post_pairs(&format!("{draft}{rest}"), &filled(&page, draft, values)).await
}

/// Writes a note and signs it; returns its address.
pub async fn sign(browser: &Browser, patient: i64, values: &[(&str, &str)]) -> String {
    let draft = begin(browser, patient).await;
    send(browser, &draft, "/sign", values).await.location().into()
}
