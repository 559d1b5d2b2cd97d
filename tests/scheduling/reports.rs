//! The report of appointments: who reads it, what it counts, and its files.

use praxis::db::sql::Sql;

use super::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![an_administrator_reads_the_report, only_who_sees_every_patient_reads_the_report, billing_downloads_the_report];

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
