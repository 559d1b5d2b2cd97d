//! A feed in the calendar programs that people use on a desk: vdirsyncer fetches it, khal shows it.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::feeds::feed;
use super::telling::{Appointment, reachable};
use crate::scheduling::{at, doctor, kind, monday};
use crate::stories;
use crate::support::{Clinic, folder, tools};

stories![Calendar: khal_shows_what_vdirsyncer_fetches];

/// Settings of both programs, in this folder.
fn configure(folder: &Path, address: &str) {
    let place = folder.display();
    std::fs::create_dir(folder.join("calendar")).expect("a folder");
    let fetch = format!(
        "[general]\nstatus_path = \"{place}/status/\"\n\
         [pair clinic]\na = \"remote\"\nb = \"local\"\ncollections = null\n\
         [storage remote]\ntype = \"http\"\nurl = \"{address}\"\n\
         [storage local]\ntype = \"filesystem\"\npath = \"{place}/calendar/\"\nfileext = \".ics\"\n"
    );
    let show = format!(
        "[calendars]\n[[clinic]]\npath = {place}/calendar/\n[sqlite]\npath = {place}/khal.db\n[default]\ndefault_calendar = clinic\n\
         [locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n\
         longdatetimeformat = %Y-%m-%d %H:%M\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
    );
    std::fs::write(folder.join("vdirsyncer.ini"), fetch).expect("written");
    std::fs::write(folder.join("khal.ini"), show).expect("written");
}

/// Runs a program beside the server; returns what it said.
pub async fn run(folder: &Path, name: &'static str, arguments: &[&str]) -> String {
    let mut command = Command::new(tools::find(name).expect(name));
    command.current_dir(folder).env("HOME", folder).args(["-c", &format!("{name}.ini")]).args(arguments);
    let done = actix_web::rt::task::spawn_blocking(move || command.output()).await.expect("no panic").expect(name);
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{name}: {said}");
    said
}

async fn khal_shows_what_vdirsyncer_fetches(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Gespräch; kurz, 😀", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    let path = feed(&ada, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "type")]).await;
    let place = folder::temporary();
    configure(place.path(), &format!("http://{}{path}", clinic.address));
    run(place.path(), "vdirsyncer", &["discover"]).await;
    let date = day.to_string();
    let list = ["list", "--format", "{start-time} {end-time} {title} {status}", &date, "1d"];
    let mut shown = Vec::new();
    for change in [json!({}), json!({ "starts_at": at(day, "10:40") }), json!({ "state": "cancelled" })] {
        visit.change(&desk, change).await;
        run(place.path(), "vdirsyncer", &["sync"]).await;
        let said = run(place.path(), "khal", &list).await;
        shown.extend(said.lines().filter(|line| line.contains("Gespräch")).map(|line| line.trim().to_string()));
    }
    let expected = [
        "09:00 09:20 Gespräch; kurz, 😀 CONFIRMED",
        "10:40 11:00 Gespräch; kurz, 😀 CONFIRMED",
        "10:40 11:00 Gespräch; kurz, 😀 CANCELLED",
    ];
    assert_eq!(shown, expected);
}
