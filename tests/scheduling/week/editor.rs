//! The usual week as a plain form.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, working_hours};
use praxis::resource::Value;
use time::Duration;

use super::{path, planning, send, stored};
use crate::scheduling::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_doctor_plans_the_usual_week_without_script,
    a_doctor_plans_only_their_own_week,
    what_is_wrong_is_told_at_its_field_and_nothing_is_saved,
    two_people_who_plan_at_once_are_told,
    a_double_press_saves_the_week_once,
    appointments_outside_of_new_hours_are_listed,
    appointments_at_another_site_are_listed,
    no_row_of_a_full_day_is_lost,
    hours_can_be_valid_for_a_time,
    a_receptionist_finds_the_week_of_every_doctor,
];

async fn a_doctor_plans_the_usual_week_without_script(clinic: Clinic) {
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    // Their own is where the menu leads.
    let menu = browser.get("/working-hours").await;
    assert_eq!((menu.status, menu.location()), (303, path(grace).as_str()));
    let page = browser.open(&path(grace)).await;
    page.see("Working hours of Grace Hopper").see("Monday").see("Sunday").see("No hours");
    let page = send(&browser, &page, grace, &[("add", "p0-monday")]).await;
    page.is(200);
    let page =
        send(&browser, &page, grace, &[("p0-monday-0-from", "09:00"), ("p0-monday-0-to", "17:00"), ("add", "p0-monday-break")]).await;
    assert_eq!((page.value("p0-monday-0-from").as_str(), page.value("p0-monday-1-kind").as_str()), ("09:00", "break"));
    let page = send(&browser, &page, grace, &[("p0-monday-1-from", "12:30"), ("p0-monday-1-to", "13:15"), ("copy", "p0")]).await;
    assert_eq!(page.is(200).value("p0-friday-1-to"), "13:15");
    assert!(page.body.contains("week-block rest h-12 m-30 lh-0 lm-45"), "the picture shows the break");
    assert!(stored(&clinic).await.is_empty(), "nothing is saved before somebody says so");
    send(&browser, &page, grace, &[]).await.is(303);
    let week = stored(&clinic).await;
    assert_eq!(week.len(), 10);
    assert_eq!(week[0], ("monday".into(), "hours".into(), 540, 1_020));
    assert_eq!(week[9], ("friday".into(), "break".into(), 750, 795));
    let page = browser.open(&path(grace)).await;
    page.see("Working hours saved");
    // One is changed, one removed by clearing it, the rest stays; each has its history.
    let changes = [("p0-monday-0-from", "08:00"), ("p0-friday-0-from", ""), ("p0-friday-0-to", "")];
    send(&browser, &page, grace, &changes).await.is(303);
    let week = stored(&clinic).await;
    assert_eq!((week.len(), week[0].2), (9, 480));
    let logged: Vec<String> = clinic
        .ask(|c| {
            let theirs = log_entries::table.filter(log_entries::resource.eq("working_hours")).order(log_entries::id);
            theirs.select(log_entries::action).load(c)
        })
        .await;
    assert_eq!(logged.iter().filter(|action| *action == "add").count(), 10);
    assert_eq!(logged.len(), 12, "{logged:?}");
    // Saved as it is, nothing happens.
    let page = browser.open(&path(grace)).await;
    let again = send(&browser, &page, grace, &[]).await;
    browser.open(again.is(303).location()).await.see("Nothing was changed");
}

async fn a_doctor_plans_only_their_own_week(clinic: Clinic) {
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    let okafor = clinic.doctor("Samuel Okafor").await;
    browser.open(&format!("/doctors/{grace}")).await.see("Working hours");
    assert!(!browser.open(&format!("/doctors/{okafor}")).await.has("main a[href$='/week']"));
    browser.get(&path(okafor)).await.is(403).see("You can only plan your own hours");
    let page = browser.open(&path(grace)).await;
    let (_, fields) = page.form_to(&path(grace));
    browser.post_pairs(&path(okafor), &fields).await.is(403);
    browser.get(&path(99)).await.is(404);
    // The hours of somebody else cannot be taken along.
    let theirs = crate::scheduling::hours(&clinic, okafor, "monday", (9, 12)).await;
    let id = theirs.to_string();
    let taken = [("p0-monday-0-id", id.as_str()), ("p0-monday-0-version", "1"), ("p0-monday-0-from", ""), ("p0-monday-0-to", "")];
    send(&browser, &page, grace, &taken).await.is(303);
    assert_eq!(stored(&clinic).await.len(), 1);
    clinic.account("nina", Rights { groups: &["Nurse"], ..Rights::default() }).await;
    let nina = clinic.sign_in("nina").await;
    nina.get(&path(grace)).await.is(403);
    nina.get("/working-hours").await.is(403);
}

async fn what_is_wrong_is_told_at_its_field_and_nothing_is_saved(clinic: Clinic) {
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    let page = browser.open(&path(grace)).await;
    let typed = [
        ("p0-monday-0-from", "12:00"),
        ("p0-monday-0-to", "09:00"),
        ("p0-tuesday-0-from", "09:00"),
        ("p0-tuesday-0-to", "12:00"),
        ("p0-wednesday-0-from", "09:00"),
        ("p0-wednesday-0-to", ""),
        ("p0-thursday-0-from", "soon"),
        ("p0-thursday-0-to", "12:00"),
    ];
    let page = send(&browser, &page, grace, &typed).await;
    page.is(422).see("Monday: The end must be after the beginning").see("Wednesday: Enter the end as well").see("Thursday: From must be");
    assert_eq!(page.attributes(".error-summary a", "href"), ["#p0-monday-0-to", "#p0-wednesday-0-to", "#p0-thursday-0-from"]);
    assert_eq!((page.value("p0-tuesday-0-to").as_str(), page.value("p0-thursday-0-from").as_str()), ("12:00", "soon"));
    assert!(stored(&clinic).await.is_empty());
    // Put right, it is saved.
    let right = [("p0-monday-0-from", "08:00"), ("p0-wednesday-0-to", "10:00"), ("p0-thursday-0-from", "11:00")];
    send(&browser, &page, grace, &right).await.is(303);
    assert_eq!(stored(&clinic).await.len(), 4);
}

async fn two_people_who_plan_at_once_are_told(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    crate::scheduling::hours(&clinic, grace, "monday", (9, 12)).await;
    let (one, two) = (browser.open(&path(grace)).await, ada.open(&path(grace)).await);
    let changes = [("p0-monday-0-to", "13:00"), ("p0-friday-0-from", "09:00"), ("p0-friday-0-to", "10:00")];
    send(&ada, &two, grace, &changes).await.is(303);
    let typed = [("p0-monday-0-to", "11:00"), ("p0-tuesday-0-from", "08:00"), ("p0-tuesday-0-to", "09:30")];
    let page = send(&browser, &one, grace, &typed).await;
    page.is(409).see("Somebody else has changed these hours since you opened the page");
    page.see("Somebody else has changed this to Monday 09:00–13:00").see("Somebody else has added this");
    assert_eq!((page.value("p0-monday-0-to").as_str(), page.value("p0-tuesday-0-from").as_str()), ("11:00", "08:00"));
    assert_eq!(stored(&clinic).await.iter().map(|(_, _, _, to)| *to).collect::<Vec<_>>(), [780, 600]);
    // Who has seen it may save over it.
    send(&browser, &page, grace, &[]).await.is(303);
    let week = stored(&clinic).await;
    assert_eq!(
        week.iter().map(|(day, _, _, to)| (day.as_str(), *to)).collect::<Vec<_>>(),
        [("monday", 660), ("tuesday", 570), ("friday", 600)]
    );
}

async fn a_double_press_saves_the_week_once(clinic: Clinic) {
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    let page = browser.open(&path(grace)).await;
    let typed = [("p0-monday-0-from", "09:00"), ("p0-monday-0-to", "12:00")];
    let (one, two) = futures_util::future::join(send(&browser, &page, grace, &typed), send(&browser, &page, grace, &typed)).await;
    assert_eq!((one.status, two.status), (303, 303), "{} {}", one.body, two.body);
    assert_eq!(stored(&clinic).await.len(), 1);
}

async fn appointments_outside_of_new_hours_are_listed(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let desk = clinic.program_of("ada").await;
    let (zola, byron) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Ada Byron", owner).await);
    let late = booked(&book(&desk, zola, hopper, follow_up, &at(day, "11:00")).await);
    booked(&book(&desk, byron, hopper, follow_up, &at(day, "09:00")).await);
    let page = ada.open(&path(hopper)).await;
    page.miss("outside of");
    let saved = send(&ada, &page, hopper, &[("p0-monday-0-to", "10:00")]).await;
    let page = ada.open(saved.is(303).location()).await;
    page.see("Working hours saved. 1 booked appointment is outside of them now").see("Émile Zola").miss("Ada Byron");
    assert!(page.has(&format!(".week-outside a[href='/appointments/{late}']")));
    desk.patch(&format!("/api/appointments/{late}/"), serde_json::json!({ "starts_at": at(day + Duration::days(1), "11:00") }))
        .await
        .is(200);
    ada.open(&path(hopper)).await.miss("outside of the hours");
}

async fn appointments_at_another_site_are_listed(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let site = async |name: &str| clinic.record("site", vec![("name", Value::Text(name.into()))]).await;
    let (north, south) = (site("North").await, site("South").await);
    let (hopper, follow_up) = (clinic.doctor("Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let hours = vec![
        ("doctor_id", Value::Integer(hopper)),
        ("weekday", Value::Text("monday".into())),
        ("from_time", Value::Integer(540)),
        ("to_time", Value::Integer(720)),
        ("site_id", Value::Integer(north)),
    ];
    clinic.record("working_hours", hours).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "11:00")).await);
    let page = ada.open(&path(hopper)).await;
    page.miss("outside of");
    // A site that does not exist is an error at its input.
    let wrong = send(&ada, &page, hopper, &[("p0-monday-0-site", "999")]).await;
    wrong.is(422);
    assert!(wrong.has("select[name=p0-monday-0-site][aria-invalid=true][aria-describedby=p0-monday-0-error]"));
    let saved = send(&ada, &page, hopper, &[("p0-monday-0-site", &south.to_string())]).await;
    let page = ada.open(saved.is(303).location()).await;
    page.see("Working hours saved. 1 booked appointment is outside of them now").see("Émile Zola");
    // Back where they were, nothing is left to do.
    let saved = send(&ada, &page, hopper, &[("p0-monday-0-site", &north.to_string())]).await;
    ada.open(saved.is(303).location()).await.see("Working hours saved.").miss("outside of");
}

async fn no_row_of_a_full_day_is_lost(clinic: Clinic) {
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    let page = browser.open(&path(grace)).await;
    // As a script adds them, which asks nobody how many there may be.
    let rows: Vec<(String, String)> = (0..15)
        .flat_map(|place| {
            let name = format!("p0-monday-{place}");
            [(format!("{name}-from"), format!("{:02}:00", place + 6)), (format!("{name}-to"), format!("{:02}:30", place + 6))]
        })
        .collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    send(&browser, &page, grace, &rows).await.is(303);
    assert_eq!(stored(&clinic).await.len(), 15);
}

async fn hours_can_be_valid_for_a_time(clinic: Clinic) {
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    crate::scheduling::hours(&clinic, grace, "monday", (9, 12)).await;
    let page = browser.open(&path(grace)).await;
    let page = send(&browser, &page, grace, &[("add", "period")]).await;
    assert_eq!(page.is(200).all(".week").len(), 2);
    let typed =
        [("p1-valid_from", "2027-07-31"), ("p1-valid_to", "2027-07-01"), ("p1-monday-0-from", "14:00"), ("p1-monday-0-to", "16:00")];
    let page = send(&browser, &page, grace, &typed).await;
    page.is(422).see("The last day must not be before the first");
    assert_eq!(page.value("p1-monday-0-from"), "14:00");
    send(&browser, &page, grace, &[("p1-valid_from", "2027-06-01")]).await.is(303);
    use working_hours as own;
    let periods: Vec<(Option<time::Date>, i64)> =
        clinic.ask(|c| own::table.filter(own::valid_to.is_not_null()).select((own::valid_from, own::from_time)).load(c)).await;
    assert_eq!(periods, [(Some(time::macros::date!(2027 - 06 - 01)), 840)]);
    let page = browser.open(&path(grace)).await;
    page.see("Only for a time");
    assert_eq!((page.value("p1-valid_to").as_str(), page.value("p0-monday-0-from").as_str()), ("2027-07-01", "09:00"));
}

async fn a_receptionist_finds_the_week_of_every_doctor(clinic: Clinic) {
    clinic.administrator().await;
    let (hopper, okafor) = (doctor(&clinic, "Grace Hopper").await, clinic.doctor("Samuel Okafor").await);
    clinic.account("rita", Rights { groups: &["Receptionist"], ..Rights::default() }).await;
    let rita = clinic.sign_in("rita").await;
    let page = rita.open("/working-hours").await;
    page.see("Grace Hopper").see("15 h a week").see("Samuel Okafor").see("No hours yet");
    assert_eq!(page.attributes("main .rows a", "href"), [path(hopper), path(okafor)]);
    rita.open(&path(okafor)).await.see("Working hours of Samuel Okafor");
    // From the calendar of one doctor it is one step.
    let day = monday(&clinic);
    assert!(rita.open(&format!("/calendar/week?doctor={hopper}&date={day}")).await.has(&format!(".cal-bar a[href='{}']", path(hopper))));
    doctor(&clinic, "Anna Anders").await;
    assert!(!rita.open(&format!("/calendar?date={day}")).await.has(".cal-bar a[href$='/week']"));
}
