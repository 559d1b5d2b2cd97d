//! What calendar programs ask too much, or at once.

use diesel::prelude::*;
use praxis::db::schema::caldav_states;

use super::reading::prepared;
use super::{CalendarProgram, between};
use crate::stories;
use crate::support::Clinic;

stories![two_devices_of_a_user_ask_at_once, requests_that_no_program_sends_are_refused];

async fn two_devices_of_a_user_ask_at_once(clinic: Clinic) {
    let (ada, hopper, _) = prepared(&clinic).await;
    let program = CalendarProgram::of(&clinic, &ada, "ada").await;
    let calendar = format!("/caldav/calendars/doctor-{hopper}/");
    let ask = || program.propfind(&calendar, "0", "<sync-token/>");
    let answers = futures_util::future::join_all((0..8).map(|_| ask())).await;
    let tokens: Vec<&str> = answers.iter().flat_map(|answer| between(&answer.is(207).body, "<D:sync-token>", "<")).collect();
    assert_eq!(tokens, [tokens[0]; 8]);
    assert_eq!(clinic.ask(|c| caldav_states::table.count().get_result::<i64>(c)).await, 1);
}

async fn requests_that_no_program_sends_are_refused(clinic: Clinic) {
    let (ada, hopper, _) = prepared(&clinic).await;
    let program = CalendarProgram::of(&clinic, &ada, "ada").await;
    let calendar = format!("/caldav/calendars/doctor-{hopper}/");
    let bomb = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;'>]><propfind xmlns='DAV:'><prop>&c;</prop></propfind>";
    for body in [bomb, "not XML", "<propfind xmlns='DAV:'><prop>", "<x:propfind/>"] {
        program.send("PROPFIND", &calendar, &[("depth", "0")], body).await.is(400);
    }
    program.send("REPORT", &calendar, &[], "").await.is(400);
    // Every element would have a copy of the namespace: a body of 2 MB would take gigabytes.
    let body = |space: usize, properties: usize| {
        let (space, properties) = ("x".repeat(space), "<a:b/>".repeat(properties));
        format!("<propfind xmlns='DAV:' xmlns:a='{space}'><prop>{properties}</prop></propfind>")
    };
    for (space, properties, status) in [(1_900_000, 19_000, 400), (201, 1, 400), (20, 101, 400), (200, 100, 207)] {
        let answer = program.send("PROPFIND", &calendar, &[("depth", "0")], &body(space, properties)).await;
        assert_eq!(answer.status, status, "{space} {properties}");
    }
    assert!(program.report(&calendar, "<unknown></unknown>").await.body.contains("<D:supported-report/>"));
    let deep = program.propfind(&calendar, "infinity", "<displayname/>").await;
    assert!(deep.status == 403 && deep.body.contains("<D:propfind-finite-depth/>"), "{}", deep.body);
    assert_eq!(program.send("PROPFIND", &calendar, &[("depth", "0")], &"x".repeat(3 << 20)).await.status, 413);
    for path in ["/caldav/x", "/caldav/calendars/mine/x.ics", "/caldav/calendars/mine/a/b"] {
        program.propfind(path, "0", "<displayname/>").await.is(404);
    }
    let odd = program.propfind(&calendar, "0", "<a:Größe xmlns:a='urn:&quot;&lt;x'/>").await;
    assert!(odd.status == 207 && odd.body.contains("<X:Größe xmlns:X=\"urn:") && odd.body.contains("404 Not Found"), "{}", odd.body);
}
