//! Ages and days, for readers in other zones than the clinic.

use diesel::prelude::*;
use praxis::db::Zone;
use praxis::db::schema::{patients, users};
use serde_json::json;
use time::Duration;

use crate::stories;
use crate::support::{Browser, Clinic};

stories![
    a_reader_far_away_finds_todays_records,
    a_reader_behind_the_clinic_finds_todays_records,
    every_list_of_the_administration_cuts_days_as_its_reader_does,
    a_newborn_of_today_is_registered_wherever_today_has_begun,
    an_infants_age_is_in_weeks_or_months,
    a_date_in_the_api_means_the_whole_day_of_its_caller,
    a_program_reads_times_with_six_digits,
];

/// The other side of the date line.
const KIRITIMATI: &str = "Pacific/Kiritimati";

async fn in_kiritimati(clinic: &Clinic) -> Browser {
    let ada = clinic.administrator().await;
    clinic.arrange(|c| diesel::update(users::table).set(users::time_zone.eq(KIRITIMATI)).execute(c)).await.expect("a zone");
    clinic.wait(Duration::minutes(1));
    ada
}

async fn a_reader_far_away_finds_todays_records(clinic: Clinic) {
    let ada = in_kiritimati(&clinic).await;
    clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    for span in ["today", "7d", "month", "year"] {
        ada.open(&format!("/admin/patients?created_at={span}")).await.see("Zola, Émile");
    }
    let zone = Zone::named(KIRITIMATI).expect("a zone");
    let yesterday = zone.start_of(zone.date(clinic.app.now())).plus(-Duration::MINUTE);
    clinic.arrange(move |c| diesel::update(patients::table).set(patients::created_at.eq(yesterday)).execute(c)).await.expect("a time");
    ada.open("/admin/patients?created_at=today").await.miss("Zola, Émile");
    ada.open("/admin/patients?created_at=7d").await.see("Zola, Émile");
}

/// There it is still yesterday when the clinic's day begins.
async fn a_reader_behind_the_clinic_finds_todays_records(clinic: Clinic) {
    let behind = "Pacific/Pago_Pago";
    let ahead = Clinic::open_with(clinic.backend, &[("TIME_ZONE", KIRITIMATI)]).await;
    let ada = ahead.administrator().await;
    ahead.arrange(move |c| diesel::update(users::table).set(users::time_zone.eq(behind)).execute(c)).await.expect("a zone");
    ahead.wait(Duration::minutes(1));
    ahead.patient("Émile Zola", ahead.user_id("ada").await).await;
    for span in ["today", "7d", "month", "year"] {
        ada.open(&format!("/admin/patients?created_at={span}")).await.see("Zola, Émile");
    }
    let zone = Zone::named(behind).expect("a zone");
    let today = zone.start_of(zone.date(ahead.app.now()));
    for (at, is_today) in [(today, true), (today.plus(-Duration::MINUTE), false)] {
        ahead.arrange(move |c| diesel::update(patients::table).set(patients::created_at.eq(at)).execute(c)).await.expect("a time");
        let list = ada.open("/admin/patients?created_at=today").await;
        if is_today {
            list.see("Zola, Émile")
        } else {
            list.miss("Zola, Émile")
        };
    }
    // Who is born today where the clinic is, is born tomorrow for this reader, and is registered all the same.
    let today = Zone::named(KIRITIMATI).expect("a zone").date(ahead.app.now());
    let typed = [
        ("name", "Zoë".to_string()),
        ("gender", "female".into()),
        ("date_of_birth-day", today.day().to_string()),
        ("date_of_birth-month", u8::from(today.month()).to_string()),
        ("date_of_birth-year", today.year().to_string()),
    ];
    let fields: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ada.complete("/patients/new", &fields).await.see("Zoë saved");
    ahead.server.stop(false).await;
}

async fn every_list_of_the_administration_cuts_days_as_its_reader_does(clinic: Clinic) {
    let (here, there) = (Zone::named("UTC").expect("a zone"), Zone::named(KIRITIMATI).expect("a zone"));
    // The day has begun there, and not here, and stays so for the next hour.
    let differs = |after| here.date(clinic.app.now().plus(after)) != there.date(clinic.app.now().plus(after));
    while !(differs(Duration::ZERO) && differs(Duration::HOUR)) {
        clinic.wait(Duration::HOUR);
    }
    let ada = in_kiritimati(&clinic).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", clinic.user_id("ada").await).await, clinic.doctor("Grace Hopper").await);
    clinic.assignment(patient, doctor).await;
    clinic.mail().await;
    let (today, yesterday) = (there.date(clinic.app.now()), here.date(clinic.app.now()));
    for (list, field) in [
        ("log", "at"),
        ("users", "date_joined"),
        ("users", "last_login"),
        ("sessions", "created_at"),
        ("sessions", "last_seen_at"),
        ("sign-ins", "created_at"),
        ("mails", "created_at"),
        ("patients", "created_at"),
        ("doctors", "created_at"),
        ("mappings", "created_at"),
    ] {
        let rows = async |span: &str| ada.open(&format!("/admin/{list}?{field}={span}")).await.all("td.main-cell").len();
        let month = today.to_string();
        for span in ["today", "7d", "month", "year", month.as_str(), month.get(..7).unwrap_or("")] {
            assert!(rows(span).await > 0, "/admin/{list}: {field} is {span}");
        }
        // The log begins with what the program itself did before.
        if list != "log" {
            assert_eq!(rows(&yesterday.to_string()).await, 0, "/admin/{list}: {field} was yesterday");
        }
    }
}

async fn a_newborn_of_today_is_registered_wherever_today_has_begun(clinic: Clinic) {
    let ada = in_kiritimati(&clinic).await;
    let today = Zone::named(KIRITIMATI).expect("a zone").date(clinic.app.now());
    let born = |day: time::Date| {
        [
            ("name", "Zoë".to_string()),
            ("gender", "female".into()),
            ("date_of_birth-day", day.day().to_string()),
            ("date_of_birth-month", u8::from(day.month()).to_string()),
            ("date_of_birth-year", day.year().to_string()),
        ]
    };
    let typed = born(today);
    let fields: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ada.complete("/patients/new", &fields).await.see("0 days");
    let typed = born(today + Duration::days(2));
    let fields: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(ada.fill("/patients/new", &fields).await.is(422).error("date_of_birth"), "Date of birth must not be in the future");
}

async fn an_infants_age_is_in_weeks_or_months(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Zoë", clinic.user_id("rosa").await).await;
    let today = clinic.app.today();
    for (days, words) in [(3, "(3 days)"), (22, "(3 weeks)"), (150, "(4 months)"), (365 * 4, "(3)")] {
        let born = today - Duration::days(days);
        clinic.arrange(move |c| diesel::update(patients::table).set(patients::date_of_birth.eq(born)).execute(c)).await.expect("a date");
        rosa.open(&format!("/patients/{id}")).await.see(words);
    }
}

async fn a_date_in_the_api_means_the_whole_day_of_its_caller(clinic: Clinic) {
    clinic.administrator().await;
    let ada = clinic.program_of("ada").await;
    clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let at = |zone: &'static str, sql: &'static str| {
        clinic.arrange(move |c| {
            diesel::update(users::table).set(users::time_zone.eq(zone)).execute(c)?;
            diesel::sql_query(format!("UPDATE patients SET created_at = '{sql}'")).execute(c)
        })
    };
    for (zone, time, day) in [("", "2026-11-28 15:30:00", "2026-11-28"), (KIRITIMATI, "2026-11-28 15:30:00", "2026-11-29")] {
        at(zone, time).await.expect("a time");
        clinic.wait(Duration::minutes(1));
        for asked in ["created_at", "created_at__lte", "created_at__gte", "created_at__in"] {
            assert_eq!(ada.read(&format!("/api/patients/?{asked}={day}")).await.as_array().map(Vec::len), Some(1), "{zone} {asked}");
        }
        for asked in ["created_at=2026-11-27", "created_at__lte=2026-11-27", "created_at__gte=2026-11-30"] {
            assert_eq!(ada.read(&format!("/api/patients/?{asked}")).await, json!([]), "{zone} {asked}");
        }
    }
    let exact = "/api/patients/?created_at=2026-11-28T15:30:00Z";
    assert_eq!(ada.read(exact).await.as_array().map(Vec::len), Some(1));
}

async fn a_program_reads_times_with_six_digits(clinic: Clinic) {
    clinic.administrator().await;
    let ada = clinic.program_of("ada").await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    for (stored, sent) in
        [("2026-11-28 15:30:39.2769", "2026-11-28T15:30:39.276900Z"), ("2026-11-28 15:30:39", "2026-11-28T15:30:39.000000Z")]
    {
        clinic
            .arrange(move |c| diesel::sql_query(format!("UPDATE patients SET created_at = '{stored}'")).execute(c))
            .await
            .expect("a time");
        assert_eq!(ada.read(&format!("/api/patients/{id}/")).await["created_at"], json!(sent));
    }
}
