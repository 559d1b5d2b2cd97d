//! Doctors plan their own hours; reception plans everybody's.

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![a_doctor_plans_only_their_own_hours, hours_are_checked];

async fn a_doctor_plans_only_their_own_hours(clinic: Clinic) {
    clinic.administrator().await;
    let (own, other) = (clinic.doctor("Grace Hopper").await, clinic.doctor("Samuel Okafor").await);
    let account = clinic.account("grace", Rights { is_staff: true, groups: &["Doctor"], ..Rights::default() }).await;
    clinic
        .arrange(move |c| {
            use diesel::prelude::*;
            use praxis::db::schema::doctors;
            diesel::update(doctors::table.find(own)).set(doctors::user_id.eq(account)).execute(c)
        })
        .await
        .expect("an account");
    let grace = clinic.sign_in("grace").await;
    let typed = |doctor: &'static str| [("doctor_id", doctor), ("weekday", "monday"), ("from_time", "09:00"), ("to_time", "12:30")];
    let (own, other): (&str, &str) = (own.to_string().leak(), other.to_string().leak());
    grace.complete("/admin/working-hours/new", &typed(own)).await.see("was added");
    let refused = grace.fill("/admin/working-hours/new", &typed(other)).await;
    refused.is(422).see("You can only plan your own hours");
    clinic.account("rita", Rights { is_staff: true, groups: &["Receptionist"], ..Rights::default() }).await;
    let rita = clinic.sign_in("rita").await;
    rita.complete("/admin/working-hours/new", &typed(other)).await.see("was added");
    let theirs = rita.open("/admin/working-hours?q=okafor").await.attributes("td.main-cell a", "href").remove(0);
    let theirs = theirs.split('?').next().unwrap_or_default();
    let refused = grace.post(&format!("{theirs}/delete"), &[]).await;
    let page = if refused.status == 303 { grace.open(refused.location()).await } else { refused };
    page.see("You can only plan your own hours");
    assert_eq!(
        clinic.ask(|c| praxis::db::sql::Sql::new("SELECT count(*) FROM working_hours WHERE deleted_at IS NULL").load_ids(c)).await,
        [2]
    );
}

async fn hours_are_checked(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor: &str = clinic.doctor("Grace Hopper").await.to_string().leak();
    let hours = "/admin/working-hours/new";
    let page = ada.fill(hours, &[("doctor_id", doctor), ("weekday", "monday"), ("from_time", "12:00"), ("to_time", "09:00")]).await;
    assert_eq!(page.is(422).error("to_time"), "The end must be after the beginning");
    // Midnight is the end of the day.
    ada.complete(hours, &[("doctor_id", doctor), ("weekday", "monday"), ("from_time", "22:00"), ("to_time", "00:00")]).await;
    let off = "/admin/schedule-exceptions/new";
    let extra = [("doctor_id", doctor), ("kind", "extra"), ("first_day", "2027-06-10")];
    assert_eq!(ada.fill(off, &extra).await.is(422).error("from_time"), "Extra hours need a beginning and an end");
    let half = [("doctor_id", doctor), ("kind", "off"), ("first_day", "2027-06-10"), ("to_time", "10:00")];
    assert_eq!(ada.fill(off, &half).await.is(422).error("from_time"), "Enter the beginning as well");
    let wrong = [("doctor_id", doctor), ("kind", "off"), ("first_day", "2027-06-10"), ("last_day", "2027-06-09")];
    assert_eq!(ada.fill(off, &wrong).await.is(422).error("last_day"), "The last day must not be before the first");
    ada.complete(off, &[("doctor_id", doctor), ("kind", "off"), ("first_day", "2027-06-10")]).await.see("was added");
    clinic.refuses("UPDATE working_hours SET to_time = from_time").await;
    clinic.refuses("UPDATE schedule_exceptions SET kind = 'extra'").await;
}
