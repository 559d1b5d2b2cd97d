mod apply;
mod bad_files;
mod doubts;
mod export;
mod import;
mod reading;
mod restart;

use std::time::Duration;

use crate::support::page::Page;
use crate::support::{Browser, Clinic};

/// Uploads a file, accepts the guessed columns, and waits until it is checked.
pub async fn checked(browser: &Browser, resource: &str, content: &[u8]) -> Page {
    let here = uploaded(browser, resource, content).await;
    browser.fill(&here, &[]).await.is(303);
    settled(browser, &here).await
}

/// The address of the import.
pub async fn uploaded(browser: &Browser, resource: &str, content: &[u8]) -> String {
    browser.upload(&format!("/admin/{resource}/import"), "patients.csv", content).await.location().to_string()
}

/// Its page, once it no longer shows progress.
async fn settled(browser: &Browser, here: &str) -> Page {
    for _ in 0..3_600 {
        let page = browser.open(here).await;
        if !page.has("[data-progress]") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{here} does not come to an end");
}

/// Confirms the import below the result, and waits for its end.
async fn confirmed(browser: &Browser, here: &str, fields: &[(&str, &str)]) -> Page {
    browser.post(&format!("{here}/confirm"), fields).await.is(303);
    settled(browser, here).await
}

/// The number of rows of each outcome: new, changed, unchanged, errors.
fn counts(page: &Page) -> [String; 4] {
    let counts = page.all(".tabs .count");
    std::array::from_fn(|place| counts[place + 1].clone())
}

impl Clinic {
    /// A user who may import patients and view all of them.
    async fn importer(&self) -> Browser {
        self.clerk(
            "ines",
            &["patient.view", "patient.add", "patient.change", "doctor.view", "user.view", "clinic.view_all_patients", "log_entry.view"],
        )
        .await
    }
}
