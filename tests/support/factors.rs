//! An authenticator app.

use praxis::db::schema::users;
use totp_rs::{Builder, Secret, Totp};

use super::page::Page;
use super::{Browser, Clinic};
use diesel::prelude::*;

/// A phone with the app.
pub struct Phone(Totp);

impl Phone {
    /// Reads the secret on the page that shows it.
    pub fn scan(page: &Page) -> Self {
        let secret = page.all(".secret").pop().expect("a secret").replace(' ', "");
        let secret = Secret::try_from_base32(secret).expect("a secret in base32");
        Self(Builder::new().with_secret(secret).with_account_name("phone").build().expect("an app"))
    }

    /// The code in this many seconds, by the clinic's clock.
    pub fn code_in(&self, clinic: &Clinic, seconds: i64) -> String {
        let at = u64::try_from(clinic.app.now().unix_seconds() + seconds).expect("after 1970");
        self.0.generate(at).to_string()
    }

    pub fn code(&self, clinic: &Clinic) -> String {
        self.code_in(clinic, 0)
    }
}

/// Sets up an app; returns the phone and the recovery codes on the page.
pub async fn set_up(clinic: &Clinic, browser: &Browser) -> (Phone, Vec<String>) {
    assert_eq!(browser.post("/security/app", &[]).await.location(), "/security/app");
    let phone = Phone::scan(&browser.open("/security/app").await);
    let page = browser.fill("/security/app", &[("code", &phone.code(clinic))]).await;
    page.is(200).see("Save your recovery codes");
    (phone, page.all(".recovery code"))
}

/// Moves the clock so that re-authentication is required.
pub async fn grow_stale(clinic: &Clinic) {
    clinic.wait(time::Duration::minutes(11));
}

/// The subjects and texts of the emails to a user, oldest first.
pub async fn mails_to(clinic: &Clinic, username: &'static str) -> Vec<(String, String)> {
    use praxis::db::schema::mails;
    clinic
        .ask(move |c| {
            let email = users::table.filter(users::username.eq(username)).select(users::email).first::<String>(c)?;
            mails::table.filter(mails::recipient.eq(email)).order(mails::id).select((mails::subject, mails::text_body)).load(c)
        })
        .await
}
