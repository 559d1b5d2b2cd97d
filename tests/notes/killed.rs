//! The server is killed while somebody types.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use praxis::db::schema::note_drafts;

use super::practice;
use crate::stories;
use crate::support::Clinic;
use crate::support::binary::Running;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![Browser: at_most_five_seconds_are_lost_when_the_server_is_killed];

async fn at_most_five_seconds_are_lost_when_the_server_is_killed(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = super::begin(&here.grace, here.zola).await;
    let mut running = Running::start(&clinic.database);
    running.line();
    let window = Window::open(1280, 900).await;
    let go = async |path: &str| window.client.goto(&format!("http://localhost:{}{path}", running.port)).await.expect("the page opens");
    go("/login").await;
    window.type_in("#username", "grace").await;
    window.type_in("#password", PASSWORD).await;
    window.press("main button.primary").await;
    go(&draft).await;
    // Somebody who types without a pause.
    let (start, mut typed) = (Instant::now(), Vec::new());
    while start.elapsed() < Duration::from_secs(9) {
        let word = format!("word{} ", typed.len());
        window.keys("#history", &word).await;
        typed.push(start.elapsed());
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    running.signal("KILL");
    let killed = start.elapsed();
    running.end(Duration::from_secs(5));
    let stored: String = clinic.ask(|c| note_drafts::table.select(note_drafts::history).first(c)).await;
    let words = stored.split_whitespace().count();
    assert!(stored.split_whitespace().enumerate().all(|(place, word)| word == format!("word{place}")), "{stored}");
    let lost = typed.get(words).map_or(Duration::ZERO, |first| killed - *first);
    assert!(lost <= Duration::from_secs(5), "{lost:?} of typing are lost: {words} of {} words are stored", typed.len());
    window.close().await;
}
