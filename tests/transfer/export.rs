//! Exporting a list as a file.

use diesel::prelude::*;
use praxis::db::schema::log_entries;

use super::{checked, counts};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_clerk_exports_the_list_as_shown,
    an_exported_cell_never_becomes_a_formula,
    an_export_holds_only_visible_records,
    an_export_keeps_the_order_of_the_list,
    an_export_can_be_imported_unchanged,
];

async fn a_clerk_exports_the_list_as_shown(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    let (zola, silva) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria, Silva", owner).await);
    let page = ines.open("/admin/patients?q=zola&gender=female").await;
    assert!(page.attributes("a.button", "href").contains(&"/admin/patients/export?q=zola&gender=female".to_string()));
    let page = ines.open("/admin/patients/export?q=zola&gender=female").await;
    page.see("1 patient as in the current list").see("Search: zola").see("Gender: Female");
    assert!(page.has("input[value=name][checked]") && !page.has("input[value=address][checked]"));
    let asked = [("state", "q=zola&gender=female"), ("columns", "name"), ("columns", "id"), ("columns", "owner_id"), ("format", "csv")];
    let file = ines.post("/admin/patients/export", &asked).await;
    assert_eq!(file.is(200).body, format!("\u{feff}Number,Name,Registered by\r\n{zola},Émile Zola,ines\r\n"));
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"patients-20"));
    let picked = [("state", &*format!("ids={silva},999")), ("columns", "name"), ("columns", "age"), ("format", "csv")];
    let file = ines.post("/admin/patients/export", &picked).await;
    assert_eq!(file.body, "\u{feff}Name,Age\r\n\"Maria, Silva\",40\r\n");
    let notes = clinic
        .ask(|c| {
            log_entries::table.filter(log_entries::action.eq("export")).order(log_entries::id).select(log_entries::note).load::<String>(c)
        })
        .await;
    assert_eq!(
        notes,
        ["1 patient as CSV; Search: zola, Gender: Female; columns: Number, Name, Registered by", "1 patient as CSV; columns: Name, Age"]
    );
    // The list's action bar sends the selected records.
    let page = ines.post("/admin/patients/export", &[("_list", "q=zola"), ("_id", &zola.to_string()), ("_id", "999")]).await;
    page.is(200).see("1 patient as in the current list");
    assert_eq!(page.value("state"), format!("q=zola&ids={zola},999"));
    ines.post("/admin/patients/export", &[("_list", "q=silva"), ("_all", "1")]).await.is(200).see("Search: silva");
    ines.post("/admin/patients/export", &[("format", "csv"), ("columns", "password_hash")]).await.is(422).see("Choose at least one column");
    ines.open("/patients").await.see("Export");
}

async fn an_exported_cell_never_becomes_a_formula(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    for name in ["=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)"] {
        clinic.patient(name, owner).await;
    }
    let asked = [("columns", "name"), ("columns", "age"), ("format", "csv")];
    let file = ines.post("/admin/patients/export", &asked).await;
    for line in file.body.lines().skip(1) {
        assert!(line.trim_start_matches('"').starts_with('\'') && line.ends_with(",40"), "{line}");
    }
    let excel = ines.post("/admin/patients/export", &[("columns", "name"), ("columns", "age"), ("format", "xlsx")]).await;
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(excel.bytes)).expect("a workbook");
    let formulas = calamine::Reader::worksheet_formula(&mut book, "Sheet1").expect("a sheet");
    assert!(formulas.is_empty(), "{formulas:?}");
    let range = calamine::Reader::worksheet_range(&mut book, "Sheet1").expect("a sheet");
    assert_eq!(range.height(), 5);
    assert_eq!(range.get((1, 1)), Some(&calamine::Data::Float(40.0)));
    assert!(range.rows().any(|row| row[0] == calamine::Data::String("=HYPERLINK(\"http://evil\")".into())));
}

async fn an_export_holds_only_visible_records(clinic: Clinic) {
    let owner = clinic.account("owner", Rights::default()).await;
    let hidden = clinic.patient("Hidden Person", owner).await;
    let clerk = clinic.clerk("clara", &["patient.view"]).await;
    let state = format!("ids={hidden}");
    for state in ["", "q=hidden", &state] {
        let file = clerk.post("/admin/patients/export", &[("state", state), ("columns", "name")]).await;
        assert_eq!(file.is(200).body, "\u{feff}Name\r\n");
    }
    clerk.get("/admin/doctors/export").await.is(403);
    clerk.post("/admin/doctors/export", &[("columns", "name")]).await.is(403);
    let rosa = clinic.receptionist().await;
    rosa.open("/patients").await.miss("Export");
    rosa.get("/admin/patients/export").await.is(403);
    // Opening the page exports nothing; only its form does, with a token.
    clerk.open("/admin/patients/export").await;
    let exports = clinic.ask(|c| log_entries::table.filter(log_entries::action.eq("export")).count().get_result::<i64>(c)).await;
    assert_eq!(exports, 3);
}

async fn an_export_keeps_the_order_of_the_list(clinic: Clinic) {
    let ines = clinic.importer().await;
    let rows: String = (0..2_345).map(|number| format!("Person {:04},male,{}\r\n", (number * 11) % 2_345, number % 90)).collect();
    let page = checked(&ines, "patients", format!("Name,Gender,Age\r\n{rows}").as_bytes()).await;
    super::confirmed(&ines, &page.path, &[]).await.see("2345 added");
    let names = |body: &str| body.lines().skip(1).map(ToString::to_string).collect::<Vec<_>>();
    let file = ines.post("/admin/patients/export", &[("columns", "name")]).await;
    assert_eq!(names(&file.body), (0..2_345).map(|number| format!("Person {number:04}")).collect::<Vec<_>>());
    let file = ines.post("/admin/patients/export", &[("columns", "age"), ("state", "sort=-age")]).await;
    let ages: Vec<i64> = names(&file.body).iter().map(|age| age.parse().expect("an age")).collect();
    assert!(ages.len() == 2_345 && ages.is_sorted_by(|one, two| one >= two));
}

async fn an_export_can_be_imported_unchanged(clinic: Clinic) {
    let ines = clinic.importer().await;
    clinic.doctor("Dr Grace Hopper").await;
    let file = "Name,Date of birth,Gender,Age,Address,Primary doctor\r\n+Émile,1940-04-02,male,,\"A; b\r\nc\",Dr Grace Hopper\r\nÜmit,,other,7,,\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["2", "0", "0", "0"]);
    super::confirmed(&ines, &page.path, &[]).await;
    let columns = ["id", "name", "date_of_birth", "gender", "age", "address", "primary_doctor_id", "owner_id", "created_at"];
    for format in ["csv", "xlsx"] {
        let mut asked: Vec<(&str, &str)> = columns.iter().map(|name| ("columns", *name)).collect();
        asked.push(("format", format));
        let exported = ines.post("/admin/patients/export", &asked).await;
        let page = checked(&ines, "patients", &exported.bytes).await;
        assert_eq!(counts(&page), ["0", "0", "2", "0"], "{format}: {}", page.text());
    }
}
