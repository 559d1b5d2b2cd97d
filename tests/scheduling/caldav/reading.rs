//! What a calendar program asks step by step, and what it may see.

use actix_web::http::Method;
use diesel::prelude::*;
use praxis::db::schema::{api_tokens, caldav_states, doctors};
use praxis::resource::Value;
use serde_json::json;
use time::Duration;

use super::{CalendarProgram, between};
use crate::scheduling::messages::telling::{Appointment, reachable};
use crate::scheduling::{at, doctor, kind, monday};
use crate::stories;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    a_calendar_program_finds_the_calendars_of_its_user,
    only_a_token_of_the_user_opens_them,
    nothing_can_be_changed,
    a_program_asks_for_a_time_and_for_addresses,
    a_program_learns_what_has_changed_since_it_asked,
    a_doctor_sees_no_calendar_of_another,
];

/// A doctor with an appointment on Monday at nine.
pub async fn prepared(clinic: &Clinic) -> (Browser, i64, Appointment) {
    let ada = clinic.administrator().await;
    let desk = clinic.program_of("ada").await;
    let (hopper, follow_up) = (doctor(clinic, "Grace Hopper").await, kind(clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(monday(clinic), "09:00")).await;
    (ada, hopper, visit)
}

async fn a_calendar_program_finds_the_calendars_of_its_user(clinic: Clinic) {
    let (ada, hopper, _) = prepared(&clinic).await;
    clinic.record("room", vec![("name", Value::Text("Room 1".into())), ("kind", Value::Text(String::new()))]).await;
    ada.open("/calendar-feeds").await.see("Programs that know CalDAV").see("/caldav/");
    let program = CalendarProgram::of(&clinic, &ada, "ada").await;
    let moved = clinic.visitor().send(Method::GET, "/.well-known/caldav", &[], Vec::new()).await;
    assert_eq!((moved.status, moved.header("location")), (301, "/caldav/"));
    let options = program.send("OPTIONS", "/caldav/", &[], "").await;
    assert!(options.header("dav").contains("calendar-access") && options.header("allow").contains("REPORT"));
    let root = program.propfind("/caldav/", "0", "<current-user-principal/><resourcetype/><C:unknown/>").await;
    assert_eq!(root.status, 207);
    assert_eq!(between(&root.body, "<D:current-user-principal><D:href>", "</D:href>"), ["/caldav/principal/"]);
    assert!(root.body.contains("<C:unknown/></D:prop><D:status>HTTP/1.1 404 Not Found"), "{}", root.body);
    let principal = program.propfind("/caldav/principal/", "0", "<C:calendar-home-set/><displayname/>").await;
    assert_eq!(between(&principal.body, "<C:calendar-home-set><D:href>", "</D:href>"), ["/caldav/calendars/"]);
    let asked = "<resourcetype/><displayname/><S:getctag/><sync-token/><current-user-privilege-set/><C:supported-calendar-component-set/>";
    let home = program.propfind("/caldav/calendars/", "1", asked).await;
    assert_eq!(between(&home.body, "<D:displayname>", "<"), ["Calendars", "My appointments", "Grace Hopper", "Room 1"]);
    assert_eq!(between(&home.body, "<D:collection/><C:calendar/>", "<").len(), 3);
    assert_eq!(between(&home.body, "<C:comp name=\"", "\"/>"), ["VEVENT"; 3]);
    assert!(home.body.contains("<D:privilege><D:read/>") && !home.body.contains("write"), "{}", home.body);
    let calendar = program.propfind(&format!("/caldav/calendars/doctor-{hopper}/"), "1", "<getetag/><getcontenttype/>").await;
    let hrefs = between(&calendar.body, "<D:href>", "</D:href>");
    assert_eq!(hrefs.len(), 2, "{}", calendar.body);
    // The file has the tag that the list says, and need not be sent twice.
    let tag = between(&calendar.body, "<D:getetag>", "</D:getetag>")[0].replace("&quot;", "\"");
    let file = program.send("GET", hrefs[1], &[], "").await;
    assert_eq!((file.status, file.header("etag")), (200, tag.as_str()));
    assert!(file.body.contains("SUMMARY:Follow-up · ÉZ\r\n") && !file.body.contains("Zola"), "{}", file.body);
    assert_eq!(program.send("GET", hrefs[1], &[("if-none-match", &tag)], "").await.status, 304);
    // Without a wish, a program gets what is usual; a whole calendar is a file as well.
    let usual = program.send("PROPFIND", hrefs[1], &[("depth", "0")], "").await;
    assert!(usual.body.contains("getcontentlength") && !usual.body.contains("404"), "{}", usual.body);
    assert!(program.send("GET", hrefs[0], &[], "").await.body.contains("X-WR-CALNAME:Grace Hopper"));
}

async fn only_a_token_of_the_user_opens_them(clinic: Clinic) {
    let (ada, ..) = prepared(&clinic).await;
    let program = CalendarProgram::of(&clinic, &ada, "ada").await;
    let ask = async |user: &str, token: &str| {
        let other = CalendarProgram { browser: clinic.visitor(), user: user.into(), token: token.into() };
        other.propfind("/caldav/", "0", "<displayname/>").await
    };
    assert_eq!(ask("ada", &program.token).await.status, 207);
    assert_eq!(ask("ADA@example.org", &program.token).await.status, 207);
    for (user, token) in
        [("ada", PASSWORD), ("rosa", program.token.as_str()), ("", &program.token), ("ada", ""), ("ada", &program.token[1..])]
    {
        let refused = ask(user, token).await;
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Basic realm=\"Praxis\", charset=\"UTF-8\""), "{user}");
    }
    let visitor = clinic.visitor();
    for (path, status) in [("/caldav/", 401), ("/caldav", 401), ("/caldav/calendars/mine/x.ics", 401)] {
        assert_eq!(visitor.get(path).await.status, status, "{path}");
    }
    // Being signed in with a browser is not enough.
    assert_eq!(ada.get("/caldav/").await.status, 401);
    assert!(clinic.ask(|c| api_tokens::table.select(api_tokens::last_used_at.is_not_null()).first::<bool>(c)).await);
    clinic.wait(Duration::days(31));
    assert_eq!(ask("ada", &program.token).await.status, 401);
}

async fn nothing_can_be_changed(clinic: Clinic) {
    let (ada, hopper, visit) = prepared(&clinic).await;
    let program = CalendarProgram::of(&clinic, &ada, "ada").await;
    let calendar = format!("/caldav/calendars/doctor-{hopper}/");
    let file = format!("{calendar}new.ics");
    for (method, path) in
        [("PUT", &file), ("DELETE", &file), ("PROPPATCH", &calendar), ("MKCALENDAR", &file), ("POST", &calendar), ("MOVE", &file)]
    {
        let refused = program.send(method, path, &[], "BEGIN:VCALENDAR").await;
        refused.is(403);
        assert!(refused.body.contains("can only be read"), "{method}");
    }
    assert_eq!(visit.sequence(&clinic).await, 0);
}

async fn a_program_asks_for_a_time_and_for_addresses(clinic: Clinic) {
    let (ada, hopper, _) = prepared(&clinic).await;
    let (program, day) = (CalendarProgram::of(&clinic, &ada, "ada").await, monday(&clinic));
    let off = vec![
        ("doctor_id", Value::Integer(hopper)),
        ("kind", Value::Text("off".into())),
        ("first_day", Value::Date(day + Duration::days(1))),
        ("last_day", Value::Date(day + Duration::days(1))),
        ("reason", Value::Text("Operation".into())),
    ];
    clinic.record("schedule_exception", off).await;
    let calendar = format!("/caldav/calendars/doctor-{hopper}/");
    let query = async |component: &str, inside: &str| {
        let filter = format!(
            "<C:filter><C:comp-filter name='VCALENDAR'><C:comp-filter name='{component}'>{inside}</C:comp-filter></C:comp-filter></C:filter>"
        );
        program.report(&calendar, &format!("<C:calendar-query><prop><getetag/><C:calendar-data/></prop>{filter}</C:calendar-query>")).await
    };
    let range = |from: &str, to: &str| {
        let day = day.to_string().replace('-', "");
        format!("<C:time-range start='{day}T{from}00Z' end='{day}T{to}00Z'/>")
    };
    let mut found = Vec::new();
    for (component, inside) in [
        ("VEVENT", String::new()),
        ("VEVENT", range("0910", "0911")),
        ("VEVENT", range("0920", "2359")),
        ("VEVENT", range("0800", "0900")),
        ("VTODO", String::new()),
    ] {
        let page = query(component, &inside).await;
        assert_eq!(page.status, 207, "{}", page.body);
        found.push(page.body.matches("BEGIN:VEVENT").count());
    }
    assert_eq!(found, [2, 1, 0, 0, 0]);
    let all = query("VEVENT", "").await;
    assert!(all.body.contains("SUMMARY:Time off") && !all.body.contains("Operation"));
    let hrefs = between(&all.body, "<D:href>", "</D:href>");
    let some = format!(
        "<C:calendar-multiget><prop><C:calendar-data/></prop><href>{}</href><href>{calendar}no.ics</href></C:calendar-multiget>",
        hrefs[0]
    );
    let some = program.report(&calendar, &some).await;
    assert_eq!((some.body.matches("BEGIN:VEVENT").count(), some.body.matches("404 Not Found").count()), (1, 1), "{}", some.body);
    // Asked for twice, it is sent once.
    let twice = "<href>no.ics</href>".repeat(2) + &format!("<href>{}</href>", hrefs[0]).repeat(2);
    let once =
        program.report(&calendar, &format!("<C:calendar-multiget><prop><C:calendar-data/></prop>{twice}</C:calendar-multiget>")).await;
    assert_eq!((once.body.matches("BEGIN:VEVENT").count(), once.body.matches("404 Not Found").count()), (1, 1), "{}", once.body);
    let uid = between(hrefs[0], &calendar, ".ics")[0];
    let by_name = query("VEVENT", &format!("<C:prop-filter name='UID'><C:text-match>{uid}</C:text-match></C:prop-filter>")).await;
    assert_eq!(by_name.body.matches("BEGIN:VEVENT").count(), 1, "{}", by_name.body);
    let unknown = query("VEVENT", "<C:prop-filter name='SUMMARY'><C:text-match>x</C:text-match></C:prop-filter>").await;
    assert!(unknown.status == 403 && unknown.body.contains("<C:supported-filter/>"), "{}", unknown.body);
}

async fn a_program_learns_what_has_changed_since_it_asked(clinic: Clinic) {
    let (ada, hopper, visit) = prepared(&clinic).await;
    let (program, day, desk) = (CalendarProgram::of(&clinic, &ada, "ada").await, monday(&clinic), clinic.program_of("ada").await);
    let (zola, follow_up) = (reachable(&clinic, "Marie Zola", "marie@example.org").await, kind(&clinic, "Talk", 20, (0, 0)).await);
    let calendar = format!("/caldav/calendars/doctor-{hopper}/");
    let sync = async |token: &str| {
        let body =
            format!("<sync-collection><sync-token>{token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>");
        let page = program.report(&calendar, &body).await;
        let token = between(&page.body, "<D:sync-token>", "<").first().copied().unwrap_or_default().to_string();
        let gone = page.body.matches("</D:href><D:status>HTTP/1.1 404").count();
        ((page.body.matches("<D:getetag>").count(), gone), token)
    };
    let (first, start) = sync("").await;
    assert_eq!(first, (1, 0));
    // The token of the list of properties is the same, and nothing has changed since.
    let properties = program.propfind(&calendar, "0", "<sync-token/><S:getctag/>").await;
    assert_eq!(between(&properties.body, "<D:sync-token>", "<"), [start.as_str()]);
    assert_eq!(sync(&start).await, ((0, 0), start.clone()));
    let other = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "10:00")).await;
    let (booked, second) = sync(&start).await;
    assert_eq!(booked, (1, 0));
    visit.change(&desk, json!({ "starts_at": at(day, "11:00") })).await;
    assert_eq!(sync(&second).await.0, (1, 0));
    assert_eq!(sync(&start).await.0, (2, 0));
    // A cancelled one stays for a while, then it is gone.
    other.change(&desk, json!({ "state": "cancelled" })).await;
    let (cancelled, third) = sync(&second).await;
    assert_eq!(cancelled, (2, 0));
    clinic.wait(Duration::days(31));
    let program = CalendarProgram::of(&clinic, &ada_again(&clinic).await, "ada").await;
    let body =
        format!("<sync-collection><sync-token>{third}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>");
    let later = program.report(&calendar, &body).await;
    assert_eq!(later.body.matches("</D:href><D:status>HTTP/1.1 404").count(), 1, "{}", later.body);
    for stale in ["urn:praxis:sync:0", "http://example.org/7", &format!("{start}0")] {
        let body =
            format!("<sync-collection><sync-token>{stale}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>");
        let refused = program.report(&calendar, &body).await;
        assert!(refused.status == 403 && refused.body.contains("<D:valid-sync-token/>"), "{stale}: {}", refused.body);
    }
    let kept = clinic.ask(|c| caldav_states::table.count().get_result::<i64>(c)).await;
    assert!((1..=8).contains(&kept), "{kept}");
}

/// The session has ended with the month.
async fn ada_again(clinic: &Clinic) -> Browser {
    clinic.sign_in("ada").await
}

async fn a_doctor_sees_no_calendar_of_another(clinic: Clinic) {
    let (_, hopper, _) = prepared(&clinic).await;
    let curie = doctor(&clinic, "Marie Curie").await;
    let account = clinic.account("grace", Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let link = move |c: &mut praxis::db::Connection| {
        diesel::update(doctors::table.find(hopper)).set(doctors::user_id.eq(Some(account))).execute(c)
    };
    clinic.arrange(link).await.expect("linked");
    let grace = CalendarProgram::of(&clinic, &clinic.sign_in("grace").await, "grace").await;
    let home = grace.propfind("/caldav/calendars/", "1", "<displayname/>").await;
    assert_eq!(between(&home.body, "<D:displayname>", "<"), ["Calendars", "My appointments", "Grace Hopper"]);
    for path in [format!("/caldav/calendars/doctor-{curie}/"), "/caldav/calendars/room-1/".into(), "/caldav/calendars/doctor-999/".into()] {
        grace.propfind(&path, "0", "<displayname/>").await.is(404);
        grace.report(&path, "<C:calendar-query><prop/></C:calendar-query>").await.is(404);
        grace.send("GET", &path, &[], "").await.is(404);
    }
    let mine = grace.report("/caldav/calendars/mine/", "<C:calendar-query><prop><C:calendar-data/></prop></C:calendar-query>").await;
    assert!(mine.body.contains("SUMMARY:Follow-up\r") || mine.body.contains("SUMMARY:Follow-up&#13;"), "{}", mine.body);
    // Whoever sees no appointments sees no calendars.
    let nora = clinic.account("nora", Rights { permissions: &["doctor.view"], ..Rights::default() }).await;
    assert!(nora > 0);
    let nora = CalendarProgram::of(&clinic, &clinic.sign_in("nora").await, "nora").await;
    nora.propfind("/caldav/calendars/", "1", "<displayname/>").await.is(403);
}
