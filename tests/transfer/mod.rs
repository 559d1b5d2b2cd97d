mod apply;
mod bad_files;
mod export;
mod import;
mod restart;

use std::time::Duration;

use crate::support::page::Page;
use crate::support::{Browser, Clinic};

/// Uploads a file, takes the columns as they are guessed, and waits until it is checked.
pub async fn checked(browser: &Browser, resource: &str, content: &[u8]) -> Page {
    let here = uploaded(browser, resource, content).await;
    browser.fill(&here, &[]).await.is(303);
    settled(browser, &here).await
}

/// The address of the import.
pub async fn uploaded(browser: &Browser, resource: &str, content: &[u8]) -> String {
    browser.upload(&format!("/admin/{resource}/import"), "patients.csv", content).await.location().to_string()
}

/// Its page, as soon as nothing moves any more.
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

/// Presses the button below what was found, and waits for the end.
async fn confirmed(browser: &Browser, here: &str, fields: &[(&str, &str)]) -> Page {
    browser.post(&format!("{here}/confirm"), fields).await.is(303);
    settled(browser, here).await
}

/// How many rows there are of each outcome: new, changed, unchanged, errors.
fn counts(page: &Page) -> [String; 4] {
    let counts = page.all(".tabs .count");
    std::array::from_fn(|place| counts[place + 1].clone())
}

impl Clinic {
    /// Who may import patients, and sees them all.
    async fn importer(&self) -> Browser {
        self.clerk(
            "ines",
            &["patient.view", "patient.add", "patient.change", "doctor.view", "user.view", "clinic.view_all_patients", "log_entry.view"],
        )
        .await
    }
}
