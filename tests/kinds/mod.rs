//! Features of declarations that no model of the product uses: quantities, totals of rows, files, events, and records that are visible to
//! everyone who may view their patient.

use diesel::connection::SimpleConnection;
use praxis::product::registry;
use serde_json::json;

use crate::stories;
use crate::support::Clinic;
use crate::support::database::Backend;

#[allow(dead_code, reason = "in the library every field of a row is public")]
mod bill;
#[allow(dead_code, reason = "in the library every field of a row is public")]
mod document;
mod events;
mod file_api;
mod files;

use bill::{Bill, Charge};
use document::{Document, Page};

stories![
    quantities_are_entered_shown_and_filtered,
    quantities_that_cannot_be_read_are_refused_at_the_field,
    the_total_follows_from_the_rows,
    programs_get_exact_quantities,
    bills_are_seen_by_whoever_sees_the_patient,
    an_exported_file_is_written_as_its_reader_writes_numbers,
];

async fn with_kinds(backend: Backend) -> Clinic {
    let registry = registry().with::<Bill>().with::<Charge>().with::<Document>().with::<Page>().followed_by(events::write_down);
    let clinic = Clinic::open_over(backend, &[("CURRENCY", "CHF")], registry).await;
    let tables = match backend {
        Backend::Sqlite => include_str!("sqlite.sql"),
        Backend::Postgres => include_str!("postgres.sql"),
    };
    clinic.arrange(move |c| c.batch_execute(tables)).await.expect("the tables");
    clinic.app.migrate().expect("the permissions");
    clinic
}

async fn quantities_are_entered_shown_and_filtered(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    ada.complete("/admin/bills/new", &[("patient_id", &patient), ("note", "First visit\nand a second line")]).await;
    let cheap = [("bill_id", "1"), ("price", "12.5"), ("factor", "1.125"), ("at", "9:30"), ("takes", "1:45")];
    ada.complete("/admin/charges/new", &cheap).await.see("was added");
    let dear = [("bill_id", "1"), ("price", "1,234"), ("factor", "2"), ("at", "14:00"), ("takes", "")];
    ada.complete("/admin/charges/new", &dear).await.see("was added");
    let list = ada.open("/admin/charges").await;
    list.see("12.50 CHF").see("1,234.00 CHF").see("1.125").see("09:30").see("1 h 45 min");
    let prices = |query: &str| format!("/admin/charges?{query}");
    assert_eq!(ada.open(&prices("price__from=13")).await.all("td.main-cell"), ["1,234.00 CHF"]);
    assert_eq!(ada.open(&prices("price__to=12.50")).await.all("td.main-cell"), ["12.50 CHF"]);
    assert_eq!(ada.open(&prices("at__to=12:00")).await.all("td.main-cell"), ["12.50 CHF"]);
    assert_eq!(ada.open(&prices("takes=none")).await.all("td.main-cell").len(), 1);
    let form = ada.open("/admin/charges/1").await;
    assert_eq!(
        (form.value("price"), form.value("factor"), form.value("at"), form.value("takes")),
        ("12.50".into(), "1.125".into(), "09:30".into(), "01:45".into())
    );
    ada.complete("/admin/charges/1", &[("price", "13")]).await.see("was changed");
    ada.open("/admin/charges/1/history").await.see("12.50 CHF").see("13.00 CHF");
    let csv = ada.get("/admin/charges/export?format=csv").await;
    assert!(csv.status == 200 || csv.status == 303, "{}", csv.status);
}

async fn quantities_that_cannot_be_read_are_refused_at_the_field(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    ada.complete("/admin/bills/new", &[("patient_id", &patient), ("note", "First visit")]).await;
    let typed = [("bill_id", "1"), ("price", "12.505"), ("factor", "much"), ("at", "25:00"), ("takes", "soon")];
    let page = ada.fill("/admin/charges/new", &typed).await;
    page.is(422);
    assert_eq!(page.error("price"), "Price must be an amount in CHF, like 12.50");
    assert_eq!(page.error("factor"), "Factor must be a number with at most 3 decimal places, like 12.500");
    assert_eq!(page.error("at"), "Starts at must be a time, like 09:30");
    assert_eq!(page.error("takes"), "Duration must be minutes, or hours and minutes like 1:45");
    assert_eq!(page.value("price"), "12.505");
    let typed = [("bill_id", "1"), ("price", "99999"), ("factor", "1"), ("at", "8"), ("takes", "5")];
    let page = ada.fill("/admin/charges/new", &typed).await;
    assert_eq!(page.is(422).error("price"), "Price must be between 0.00 CHF and 10,000.00 CHF");
}

async fn the_total_follows_from_the_rows(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let row = |number: u32, name: &str| format!("charge-{number}-{name}");
    let sent = [
        ("patient_id".to_string(), patient.clone()),
        ("note".into(), "Two charges".into()),
        (row(0, "price"), "10".into()),
        (row(0, "factor"), "1".into()),
        (row(0, "at"), "9:00".into()),
        (row(1, "price"), "2.50".into()),
        (row(1, "factor"), "1".into()),
        (row(1, "at"), "9:15".into()),
    ];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    ada.complete("/admin/bills/new", &sent).await;
    ada.open("/admin/bills").await.see("12.50 CHF");
    // The total also follows a change on the row's own form, a change through the API and a deletion, each logged once.
    ada.complete("/admin/charges/1", &[("price", "20")]).await;
    ada.open("/admin/bills").await.see("22.50 CHF");
    let program = clinic.program_of("ada").await;
    assert_eq!(program.patch("/api/charges/2/", json!({ "price": 500 })).await.status, 200);
    assert_eq!(program.read("/api/bills/1/").await["total"], json!(2_500));
    ada.complete("/admin/charges/1/delete", &[]).await;
    assert_eq!(program.read("/api/bills/1/").await["total"], json!(500));
    ada.open("/admin/bills/1/history").await.see("Total").see("22.50 CHF").see("25.00 CHF").see("5.00 CHF");
    let refused = program.patch("/api/bills/1/", json!({ "total": 1 })).await;
    assert_eq!(program.read("/api/bills/1/").await["total"], json!(500), "{}", refused.body);
}

async fn programs_get_exact_quantities(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await;
    let program = clinic.program_of("ada").await;
    let bill = program.post("/api/bills/", json!({ "patient": patient, "note": "By a program" })).await;
    assert_eq!(bill.status, 201, "{}", bill.body);
    let made = program.post("/api/charges/", json!({ "bill": 1, "price": 1_250, "factor": "1.5", "at": "09:30", "takes": 45 })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let charge = made.json();
    assert_eq!((&charge["price"], &charge["factor"]), (&json!(1_250), &json!("1.500")));
    assert_eq!((&charge["at"], &charge["takes"]), (&json!("09:30"), &json!(45)));
    assert_eq!(program.read("/api/charges/?factor__gte=1.5&at=09:30").await, json!([charge]));
    assert_eq!(program.read("/api/charges/?price__gte=1251").await, json!([]));
    let wrong = program.post("/api/charges/", json!({ "bill": 1, "price": "12.50", "factor": 1.5, "at": "late", "takes": -1 })).await;
    assert_eq!(wrong.status, 400, "{}", wrong.body);
    for name in ["price", "factor", "at", "takes"] {
        assert!(wrong.json()[name].is_array(), "{name}: {}", wrong.body);
    }
}

async fn bills_are_seen_by_whoever_sees_the_patient(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let rosa = clinic.receptionist().await;
    clinic.colleague().await;
    rosa.complete("/patients/new", &[("name", "Émile Zola"), ("age", "60"), ("gender", "male")]).await;
    let (hers, his) = (clinic.program_of("rosa").await, clinic.program_of("colin").await);
    let patient = hers.read("/api/patients/").await[0]["id"].clone();
    assert_eq!(hers.post("/api/bills/", json!({ "patient": patient, "note": "Hers" })).await.status, 201);
    assert_eq!(hers.post("/api/charges/", json!({ "bill": 1, "price": 100, "factor": "1", "at": "08:00" })).await.status, 201);
    assert_eq!((his.read("/api/bills/").await, his.read("/api/charges/").await), (json!([]), json!([])));
    assert_eq!((his.get("/api/bills/1/").await.status, his.get("/api/charges/1/").await.status), (404, 404));
    assert_eq!(his.patch("/api/charges/1/", json!({ "price": 1 })).await.status, 404);
    assert_eq!(his.post("/api/bills/", json!({ "patient": patient, "note": "His" })).await.status, 400);
}

async fn an_exported_file_is_written_as_its_reader_writes_numbers(clinic: Clinic) {
    use diesel::prelude::*;
    use praxis::db::schema::users;
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    ada.complete("/admin/bills/new", &[("patient_id", &patient), ("note", "First visit")]).await;
    let charge = [("bill_id", "1"), ("price", "1234.50"), ("factor", "1.125"), ("at", "9:30"), ("takes", "")];
    ada.complete("/admin/charges/new", &charge).await.see("was added");
    for (locale, file) in [("de", "Price;Factor\r\n1234,50;1,125\r\n"), ("en-GB", "Price,Factor\r\n1234.50,1.125\r\n")] {
        clinic.arrange(move |c| diesel::update(users::table).set(users::locale.eq(locale)).execute(c)).await.expect("a locale");
        clinic.wait(time::Duration::minutes(1));
        let exported = ada.post("/admin/charges/export", &[("columns", "price"), ("columns", "factor"), ("format", "csv")]).await;
        assert_eq!(exported.is(200).body, format!("\u{feff}{file}"), "{locale}");
    }
}
