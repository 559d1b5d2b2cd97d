//! The report of appointments: who reads it, what it counts, and its files.

use praxis::db::sql::Sql;
use praxis::scheduling::reports::sums;

use super::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    an_administrator_reads_the_report,
    only_who_sees_every_patient_reads_the_report,
    billing_downloads_the_report,
    whole_months_are_counted_ahead_and_never_behind,
];

/// A Monday with three appointments of Dr Hopper and one of Dr Okafor; they are a week old after this.
async fn furnish(clinic: &Clinic) -> (time::Date, i64) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(clinic));
    let desk = clinic.program_of("ada").await;
    let (hopper, okafor) = (doctor(clinic, "Grace Hopper").await, doctor(clinic, "Samuel Okafor").await);
    let (short, long) = (kind(clinic, "Follow-up", 20, (0, 0)).await, kind(clinic, "Check-up", 40, (0, 0)).await);
    for (name, doctor, kind, clock) in
        [("A", hopper, short, "09:00"), ("B", hopper, long, "10:00"), ("C", hopper, short, "10:40"), ("D", okafor, short, "09:00")]
    {
        booked(&book(&desk, clinic.patient(name, owner).await, doctor, kind, &at(day, clock)).await);
    }
    let states = [(1, "done"), (2, "no_show"), (3, "cancelled"), (4, "done")];
    for (id, state) in states {
        let text = format!("UPDATE appointments SET state = '{state}' WHERE id = {id}");
        clinic.arrange(move |c| Sql::new(text).execute(c)).await.expect("a state");
    }
    let came = format!("UPDATE appointments SET arrived_at = '{day} 08:50:00', in_room_at = '{day} 09:02:00' WHERE id = 1");
    clinic.arrange(move |c| Sql::new(came).execute(c)).await.expect("times");
    (day, hopper)
}

async fn an_administrator_reads_the_report(clinic: Clinic) {
    let (day, hopper) = furnish(&clinic).await;
    let ada = clinic.sign_in("ada").await;
    ada.open("/reports/appointments?from=2020-01-01&to=2020-01-28").await.see("No appointments");
    let path = format!("/reports/appointments?from={day}&to={day}");
    let page = ada.open(&path).await;
    page.see("Appointment report").see("Grace Hopper").see("Samuel Okafor").see("Check-up").see("Did not come");
    let tiles = page.all(".tile strong");
    // Four appointments; one of three did not come; one of four was cancelled; twelve minutes; 80 of 360 minutes.
    assert_eq!(tiles, ["4", "33%", "25%", "12 min", "22%"]);
    let row = page.all(".table tbody tr:first-child td");
    assert_eq!(row[..7], ["3", "50%", "33%", "12 min", "1.0", "3.0", "33%"]);
    assert!(page.has("svg.chart-bars[role=img]") && page.has(".chart table"), "a chart without a table");
    // The weekday and the hours of those that were not cancelled.
    assert_eq!(page.attributes("svg.chart-bars", "aria-label"), ["By weekday: most 3 (Mon)", "By hour: most 2 (09:00)"]);
    let own = ada.open(&format!("{path}&doctor={hopper}")).await;
    assert_eq!(own.all(".tile strong")[0], "3");
    for (wrong, sentence) in [
        ("from=2026-05-02&to=2026-05-01", "The last day must not be before the first"),
        ("from=yesterday", "Enter the first day as a date"),
    ] {
        ada.get(&format!("/reports/appointments?{wrong}")).await.is(422).see(sentence);
    }
    // What was entered in error was never meant to be.
    clinic.arrange(|c| Sql::new("UPDATE appointments SET state = 'entered_in_error' WHERE id = 1").execute(c)).await.expect("a state");
    assert_eq!(ada.open(&path).await.all(".tile strong")[0], "3");
}

async fn only_who_sees_every_patient_reads_the_report(clinic: Clinic) {
    let path = "/reports/appointments";
    clinic.account("rita", Rights { groups: &["Receptionist"], ..Rights::default() }).await;
    clinic.sign_in("rita").await.get(path).await.is(403);
    clinic.account("nora", Rights { permissions: &["scheduling.report"], ..Rights::default() }).await;
    clinic.sign_in("nora").await.get(path).await.is(403).see("permission to view every patient");
    clinic.account("bill", Rights { groups: &["Billing"], ..Rights::default() }).await;
    let bill = clinic.sign_in("bill").await;
    bill.open(path).await.see("No appointments");
    bill.open("/today").await.see("Appointment report");
    assert!(clinic.visitor().get(path).await.location().starts_with("/login"));
}

async fn billing_downloads_the_report(clinic: Clinic) {
    let (day, _) = furnish(&clinic).await;
    clinic.account("bill", Rights { groups: &["Billing"], ..Rights::default() }).await;
    let bill = clinic.sign_in("bill").await;
    let (path, state) = ("/reports/appointments/file", format!("from={day}&to={day}"));
    let csv = bill.post(path, &[("state", state.as_str()), ("format", "csv")]).await;
    assert_eq!(csv.status, 200);
    assert!(csv.header("content-disposition").contains(&format!("appointments-{day}-{day}.csv")));
    let lines: Vec<&str> = csv.body.trim_start_matches('\u{feff}').lines().map(str::trim).collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert_eq!(lines[0].replace(';', ","), "Doctor,Type,State,Appointments,Booked minutes,Waited,Waiting minutes");
    assert!(lines.iter().any(|line| line.replace(';', ",") == "Grace Hopper,Follow-up,Done,1,20,1,12"), "{lines:?}");
    let xlsx = bill.post(path, &[("state", state.as_str()), ("format", "xlsx")]).await;
    assert!(xlsx.status == 200 && xlsx.header("content-type").contains("spreadsheetml"));
    bill.post(path, &[("state", "from=soon"), ("format", "csv")]).await.is(400);
    let logged = clinic.ask(|c| Sql::new("SELECT count(*) FROM log_entries WHERE action = 'export'").load_ids(c)).await;
    assert_eq!(logged, [2]);
}

async fn whole_months_are_counted_ahead_and_never_behind(clinic: Clinic) {
    let (day, hopper) = furnish(&clinic).await;
    let (ada, app) = (clinic.sign_in("ada").await, &clinic.app);
    let (first, last) = (day.replace_day(1).expect("a day"), day.replace_day(1).expect("a day") + time::Duration::days(70));
    let path = format!("/reports/appointments?from={first}&to={last}");
    let figures = async || {
        let page = ada.open(&path).await;
        (page.all(".tile strong"), page.all(".table td"), page.attributes("svg.chart-bars", "aria-label"))
    };
    let rows = async |table: &'static str| clinic.ask(move |c| Sql::new(format!("SELECT count(*) FROM {table}")).load_ids(c)).await[0];
    let one_by_one = figures().await;
    assert_eq!((one_by_one.0[0].as_str(), rows("appointment_months").await), ("4", 0));
    assert!(sums::count(app).await.expect("sums") > 0);
    assert_eq!((rows("appointment_changes").await, sums::count(app).await.expect("sums")), (0, 0));
    assert!(rows("appointment_sums").await > 2 && rows("appointment_hour_sums").await > 1);
    assert_eq!(figures().await, one_by_one);
    // A change shows at once, whether its month has been counted again or not.
    clinic.arrange(|c| Sql::new("UPDATE appointments SET state = 'cancelled' WHERE id = 4").execute(c)).await.expect("a state");
    let changed = figures().await;
    assert_eq!(changed.0[..3], ["4", "50%", "50%"]);
    assert_eq!(sums::count(app).await.expect("sums"), 1);
    assert_eq!(figures().await, changed);
    // One type, and one doctor, who is counted one by one.
    let kind: i64 = clinic.ask(|c| Sql::new("SELECT min(id) FROM appointment_types").load_ids(c)).await[0];
    assert_eq!(ada.open(&format!("{path}&type={kind}")).await.all(".tile strong")[0], "3");
    assert_eq!(ada.open(&format!("{path}&doctor={hopper}")).await.all(".tile strong")[0], "3");
    // What is moved to another month leaves its own, and what is removed leaves both.
    let month_later = format!(
        "UPDATE appointments SET starts_at = '{0} 09:00:00', ends_at = '{0} 09:20:00' WHERE id = 1",
        first + time::Duration::days(40)
    );
    clinic.arrange(|c| Sql::new(month_later).execute(c)).await.expect("a time");
    assert_eq!(sums::count(app).await.expect("sums"), 2);
    assert_eq!(figures().await.0[0], "4");
    clinic.arrange(|c| Sql::new("DELETE FROM appointments WHERE id = 1").execute(c)).await.expect("a deletion");
    assert_eq!(figures().await.0[0], "3");
    // Another time zone of a site is another wall: everything is counted anew.
    clinic.record("site", vec![("name", praxis::resource::Value::Text("North".into()))]).await;
    clinic.arrange(|c| Sql::new("UPDATE sites SET time_zone = 'Asia/Kathmandu'").execute(c)).await.expect("a zone");
    assert_eq!((rows("appointment_months").await, figures().await.0[0].as_str()), (0, "3"));
    assert!(sums::count(app).await.expect("sums") > 0);
    assert_eq!(figures().await.0[0], "3");
}
