//! The calendar: days, weeks and months, on ordinary days and on those when clocks change.

use praxis::resource::Value;
use time::Duration;
use time::macros::date;

use super::{at, book, booked, doctor, hours, kind, kind_with, monday};
use crate::stories;
use crate::support::Clinic;

stories![
    a_receptionist_reads_the_day_of_all_doctors,
    a_doctor_reads_the_week,
    a_month_counts_what_is_booked,
    free_time_leads_to_booking,
    hours_stay_on_the_wall_when_clocks_change,
    a_visit_over_midnight_is_on_both_days,
    many_doctors_are_chosen_from_a_list_on_a_phone,
];

async fn a_receptionist_reads_the_day_of_all_doctors(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, okafor) = (doctor(&clinic, "Grace Hopper").await, doctor(&clinic, "Samuel Okafor").await);
    let surgery = kind_with(&clinic, "Minor surgery", 40, (0, 15), vec![("colour", Value::Text("rose".into()))]).await;
    let desk = clinic.program_of("ada").await;
    booked(&book(&desk, clinic.patient("Émile Zola", owner).await, hopper, surgery, &at(day, "09:20")).await);
    booked(&book(&desk, clinic.patient("Ada Byron", owner).await, okafor, surgery, &at(day, "10:00")).await);
    let page = ada.open(&format!("/calendar?date={day}")).await;
    page.see("2 appointments, 2 doctors").see("Buffer 15 min").see("Off until 09:00").see("Off from 12:00");
    assert_eq!(page.all(".cal-col h2"), ["Grace Hopper", "Samuel Okafor"]);
    let place = page.attributes(".cal-col:nth-of-type(2) .slot", "class");
    assert!(page.body.contains("h-9 m-20 lh-0 lm-40"), "{place:?}");
    // One of them alone, by the filter.
    let one = ada.open(&format!("/calendar?date={day}&doctor={okafor}")).await;
    assert_eq!(one.all(".cal-col h2"), ["Samuel Okafor"]);
    one.see("Ada Byron").miss("Zola");
    // Nothing that is cancelled stands in the way.
    let id = clinic.ask(|c| praxis::db::sql::Sql::new("SELECT min(id) FROM appointments").load_ids(c)).await[0];
    ada.fill(&format!("/appointments/{id}/cancel"), &[]).await.is(303);
    ada.open("/calendar").await.see("Cancelled:");
    ada.open(&format!("/calendar?date={day}")).await.miss("Zola").see("Free");
}

async fn a_doctor_reads_the_week(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    doctor(&clinic, "Anna Anders").await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let desk = clinic.program_of("ada").await;
    booked(&book(&desk, clinic.patient("Émile Zola", owner).await, hopper, follow_up, &at(day, "09:20")).await);
    let page = ada.open(&format!("/calendar/week?doctor={hopper}&date={day}")).await;
    page.see("Grace Hopper · 1 appointment").see("Émile Zola");
    // Nobody works at the weekend.
    assert_eq!(page.all(".cal-col h2").len(), 5);
    let saturday = day + Duration::days(5);
    let values = vec![
        ("doctor_id", Value::Integer(hopper)),
        ("kind", Value::Text("extra".into())),
        ("first_day", Value::Date(saturday)),
        ("last_day", Value::Date(saturday)),
        ("from_time", Value::Integer(10 * 60)),
        ("to_time", Value::Integer(11 * 60)),
    ];
    clinic.record("schedule_exception", values).await;
    let page = ada.open(&format!("/calendar/week?doctor={hopper}&date={day}")).await;
    assert_eq!(page.all(".cal-col h2").len(), 6);
    page.see("Off until 10:00");
}

async fn a_month_counts_what_is_booked(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, okafor) = (doctor(&clinic, "Grace Hopper").await, doctor(&clinic, "Samuel Okafor").await);
    let follow_up = kind(&clinic, "Follow-up", 20, (5, 5)).await;
    let desk = clinic.program_of("ada").await;
    for (number, (doctor, clock)) in [(hopper, "09:00"), (hopper, "10:00"), (okafor, "09:00")].into_iter().enumerate() {
        booked(&book(&desk, clinic.patient(&format!("Person {number}"), owner).await, doctor, follow_up, &at(day, clock)).await);
    }
    let page = ada.open(&format!("/calendar/month?date={day}")).await;
    page.see("3 appointments");
    assert_eq!(page.all(".month-days td span").iter().filter(|text| text.starts_with('3')).count(), 1);
    ada.open(&format!("/calendar/month?date={day}&doctor={okafor}")).await.see("1 appointment");
}

async fn free_time_leads_to_booking(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let page = ada.open(&format!("/calendar?date={day}")).await;
    let free = page.attributes(".slot.free a", "href");
    assert_eq!(free.len(), 6, "three hours in halves");
    let there = free[2].replace("&amp;", "&");
    assert_eq!(there, format!("/appointments/new?doctor_id={hopper}&from={day}&time=10:00"));
    let page = ada.open(&format!("{there}&patient_id={zola}")).await;
    let first = page.attributes(".times button[name=at]", "value");
    let minute = praxis::db::UtcDateTime::parse(&at(day, "10:00")).expect("a time").unix_minutes();
    assert_eq!(first[0], format!("{hopper}-{minute}"));
}

async fn hours_stay_on_the_wall_when_clocks_change(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("TIME_ZONE", "America/New_York")]).await;
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let hopper = clinic.doctor("Grace Hopper").await;
    for day in ["sunday", "monday"] {
        hours(&clinic, hopper, day, (9, 12)).await;
    }
    let follow_up = kind(&clinic, "Follow-up", 60, (0, 0)).await;
    let desk = clinic.program_of("ada").await;
    // On these Sundays New York changes its clocks: 09:00 is 13:00 in UTC before summer time ends, and 14:00 after it began to end.
    for (number, (day, nine)) in [(date!(2027 - 03 - 14), "13:00"), (date!(2027 - 11 - 07), "14:00")].into_iter().enumerate() {
        let free = desk.read(&format!("/api/slots/?type={follow_up}&doctor={hopper}&from={day}&to={day}")).await;
        let starts: Vec<&str> = free.as_array().expect("a list").iter().filter_map(|slot| slot["starts_at"].as_str()).collect();
        assert_eq!(starts.len(), 3, "{day}: {free}");
        assert!(starts[0].starts_with(&format!("{day}T{nine}")), "{day}: {free}");
        assert_eq!(free[0]["time_zone"], "America/New_York");
        // The first and the last that are shown can be booked.
        for (place, start) in [starts[0], starts[2]].into_iter().enumerate() {
            booked(&book(&desk, clinic.patient(&format!("Person {number} {place}"), owner).await, hopper, follow_up, start).await);
        }
        let page = ada.open(&format!("/calendar?date={day}")).await;
        page.see("Off until 09:00").see("Off from 12:00").see("2 appointments");
        assert!(page.body.contains("h-9 m-0 lh-1 lm-0") && page.body.contains("h-11 m-0 lh-1 lm-0"));
    }
    // Somebody who reads in Berlin sees the same hour on their own clock.
    ada.complete("/profile/edit", &[("time_zone", "Europe/Berlin")]).await;
    let page = ada.open("/calendar?date=2027-11-07").await;
    assert!(page.body.contains("h-15 m-0 lh-1 lm-0") && page.body.contains("h-17 m-0 lh-1 lm-0"));
}

async fn a_visit_over_midnight_is_on_both_days(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    hours(&clinic, hopper, "monday", (22, 0)).await;
    hours(&clinic, hopper, "tuesday", (0, 3)).await;
    let watch = kind(&clinic, "Night watch", 120, (0, 0)).await;
    let next = day + Duration::days(1);
    booked(&book(&clinic.program_of("ada").await, clinic.patient("Émile Zola", owner).await, hopper, watch, &at(day, "23:00")).await);
    let first = ada.open(&format!("/calendar?date={day}")).await;
    first.see("Émile Zola").see("1 appointment,").miss("since 23:00");
    assert!(first.body.contains("h-23 m-0 lh-1 lm-0"));
    let second = ada.open(&format!("/calendar?date={next}")).await;
    second.see("Émile Zola").see("Night watch, since 23:00").see("1 appointment,");
    assert!(second.body.contains("h-0 m-0 lh-1 lm-0"));
    let week = ada.open(&format!("/calendar/week?doctor={hopper}&date={day}")).await;
    week.see("Grace Hopper · 1 appointment");
    assert_eq!(week.all(".slot .slot-what").iter().filter(|text| text.starts_with("Night watch")).count(), 2);
    let month = ada.open(&format!("/calendar/month?date={next}")).await;
    assert_eq!(month.all(".month-days td span").iter().filter(|text| text.starts_with('1')).count(), 2);
    if day.month() == next.month() {
        month.see("1 appointment");
    }
    ada.open(&format!("/calendar?date={}", next + Duration::days(1))).await.miss("Zola");
}

async fn many_doctors_are_chosen_from_a_list_on_a_phone(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let day = monday(&clinic);
    let mut doctors = Vec::new();
    for number in 1..=8 {
        if number == 8 {
            let page = ada.open(&format!("/calendar?date={day}")).await;
            assert_eq!(page.all(".tabs.phone-only a").len(), 7);
            assert!(!page.has("select[name=show]"));
        }
        doctors.push(doctor(&clinic, &format!("Doctor {number}")).await);
    }
    let page = ada.open(&format!("/calendar?date={day}")).await;
    assert!(!page.has(".tabs.phone-only"));
    assert_eq!(page.all("select[name=show] option").len(), 8);
    let page = ada.open(&format!("/calendar?date={day}&show={}", doctors[4])).await;
    assert_eq!(page.all(".cal-col.chosen h2"), ["Doctor 5"]);
    assert_eq!(page.value("show"), doctors[4].to_string());
}
