//! Time off and extra hours on the page of the week.

use diesel::prelude::*;
use praxis::db::schema::schedule_exceptions;
use praxis::resource::Value;

use super::{path, planning};
use crate::scheduling::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![a_doctor_takes_time_off_on_the_page_of_the_week, time_off_lists_who_is_booked_then, nobody_is_offered_what_they_may_not_add];

async fn a_doctor_takes_time_off_on_the_page_of_the_week(clinic: Clinic) {
    let (grace, browser) = planning(&clinic, "Grace Hopper", "grace").await;
    let action = format!("/doctors/{grace}/time-off");
    let page = browser.open(&path(grace)).await;
    page.see("None to come");
    let typed = |fields: &[(&str, &str)]| {
        let (_, mut known) = page.form_to(&action);
        known.retain(|(name, _)| !fields.iter().any(|(typed, _)| typed == name));
        known.extend(fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
        known
    };
    let wrong = browser.post_pairs(&action, &typed(&[("kind", "extra"), ("first_day", "2027-06-10"), ("reason", "Flu season")])).await;
    assert_eq!(wrong.is(422).error("from_time"), "Extra hours need a beginning and an end");
    assert_eq!(wrong.value("reason"), "Flu season");
    let off = [("kind", "off"), ("first_day", "2027-06-10"), ("last_day", "2027-06-12"), ("reason", "Training")];
    let answer = browser.post_pairs(&action, &typed(&off)).await;
    assert_eq!(answer.is(303).location(), format!("{}#time-off", path(grace)));
    let page = browser.open(&path(grace)).await;
    page.see("Time off added").see("10 Jun 2027 to 12 Jun 2027").see("All day").see("Training");
    let remove = page.attributes("form[action^='/time-off/']", "action").remove(0);
    // Nobody else's.
    let (_, other) = planning(&clinic, "Samuel Okafor", "samuel").await;
    other.post(&remove, &[]).await.is(403);
    browser.post(&remove, &[]).await.is(303);
    browser.open(&path(grace)).await.see("None to come");
    use schedule_exceptions as own;
    let trashed: i64 = clinic.ask(|c| own::table.filter(own::deleted_at.is_not_null()).count().get_result(c)).await;
    assert_eq!(trashed, 1);
}

async fn time_off_lists_who_is_booked_then(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = clinic.patient("Émile Zola", owner).await;
    booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "11:00")).await);
    let (first, action) = (day.to_string(), format!("/doctors/{hopper}/time-off"));
    ada.post(&action, &[("kind", "off"), ("first_day", &first)]).await.is(303);
    ada.open(&path(hopper)).await.see("1 booked appointment outside of the hours").see("Émile Zola");
}

async fn nobody_is_offered_what_they_may_not_add(clinic: Clinic) {
    let hopper = clinic.doctor("Grace Hopper").await;
    let day = Value::Date(time::macros::date!(2027 - 06 - 10));
    let off = vec![("doctor_id", Value::Integer(hopper)), ("first_day", day.clone()), ("last_day", day)];
    let off = clinic.record("schedule_exception", off).await;
    let hours = ["working_hours.add", "working_hours.change", "working_hours.delete"];
    let permissions = [&hours[..], &["doctor.view", "schedule_exception.view", "scheduling.plan_all"][..]].concat();
    clinic.account("paula", Rights { permissions: &permissions, ..Rights::default() }).await;
    let paula = clinic.sign_in("paula").await;
    let page = paula.open(&path(hopper)).await;
    page.see("10 Jun 2027").miss("Add time off or extra hours");
    assert!(!page.has("form[action$='/time-off']") && !page.has("form[action^='/time-off/']"));
    paula.post(&format!("/doctors/{hopper}/time-off"), &[("kind", "off"), ("first_day", "2027-06-11")]).await.is(403);
    paula.post(&format!("/time-off/{off}/delete"), &[]).await.is(403);
    use schedule_exceptions as own;
    let kept: i64 = clinic.ask(|c| own::table.filter(own::deleted_at.is_null()).count().get_result(c)).await;
    assert_eq!(kept, 1);
}
