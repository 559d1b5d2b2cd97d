//! Importing a file: the result of the trial run, and that nothing is written before the confirmation.

use diesel::prelude::*;
use praxis::db::schema::{import_rows, imports, log_entries, patients};

use super::{checked, confirmed, counts, settled, uploaded};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_clerk_imports_a_file_after_a_preview,
    imported_rows_match_records_by_id_or_natural_key,
    ambiguous_and_duplicate_rows_are_reported,
    imported_rows_follow_the_rules_of_the_form,
    imported_references_are_given_by_name,
    a_clerk_maps_columns_to_fields,
    a_clerk_downloads_failed_rows_with_their_errors,
    an_import_of_another_user_is_not_found,
    an_import_requires_the_rights_to_add_and_change,
    an_import_of_users_grants_only_rights_the_importer_holds,
    old_imports_are_removed_after_thirty_days,
];

const HEAD: &str = "Name,Date of birth,Gender,Age,Address\r\n";

async fn a_clerk_imports_a_file_after_a_preview(clinic: Clinic) {
    let ines = clinic.importer().await;
    ines.open("/admin/patients").await.see("Import").see("Export");
    ines.open("/admin/patients/import").await.see("up to 10 MB").see("name and date of birth").see("Gender (required)");
    let file = format!("{HEAD}Émile Zola,1940-04-02,Male,,Rue de Rennes\r\nMaria Silva,3.5.1980,female,,\"Lisboa, 3\"\r\n");
    let here = uploaded(&ines, "patients", file.as_bytes()).await;
    let page = ines.open(&here).await;
    page.see("2 rows, CSV, UTF-8, separated by commas").see("Émile Zola · Maria Silva");
    assert_eq!(page.value("column-1"), "date_of_birth");
    ines.fill(&here, &[]).await.is(303);
    let page = settled(&ines, &here).await;
    assert_eq!(counts(&page), ["2", "0", "0", "0"]);
    page.see("Nothing is saved yet").see("2 will be added and 0 changed");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    let page = confirmed(&ines, &here, &[]).await;
    page.see("2 added, 0 changed").see("patients.csv imported");
    assert_eq!(clinic.patient_names().await, ["Maria Silva", "Émile Zola"]);
    let log = clinic
        .ask(|c| {
            log_entries::table
                .filter(log_entries::resource.eq("patient"))
                .order(log_entries::id)
                .select((log_entries::action, log_entries::note))
                .load::<(String, String)>(c)
        })
        .await;
    let acts: Vec<&str> = log.iter().map(|(action, _)| action.as_str()).filter(|action| *action != "view").collect();
    assert_eq!(acts, ["add", "add", "import"]);
    assert_eq!(log.last().map(|(_, note)| note.as_str()), Some("2 added and 0 changed from patients.csv"));
    // The same file again finds every record unchanged.
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["0", "0", "2", "0"]);
    page.see("all records already match the file");
}

async fn imported_rows_match_records_by_id_or_natural_key(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    let file = format!("{HEAD}Émile Zola,1940-04-02,male,,Paris\r\n");
    let page = checked(&ines, "patients", file.as_bytes()).await;
    let here = page.path.clone();
    confirmed(&ines, &here, &[]).await;
    let maria = clinic.patient("Maria Silva", owner).await;
    let file = format!(
        "Number,Name,Date of birth,Gender,Age,Address\r\n,Émile Zola,1940-04-02,male,,Médan\r\n{maria},Maria da Silva,,female,41,\r\n,Neu Kunde,,other,5,\r\n"
    );
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["1", "2", "0", "0"]);
    page.see("Address Paris → Médan").see("Name Maria Silva → Maria da Silva").see("Age 40 → 41");
    let only = ines.open(&format!("{}?outcome=new", page.path)).await;
    only.see("Neu Kunde").miss("Médan");
    confirmed(&ines, &page.path, &[]).await.see("1 added, 2 changed");
    assert_eq!(clinic.patient_names().await, ["Maria da Silva", "Neu Kunde", "Émile Zola"]);
    ines.open(&format!("/admin/patients/{maria}/history")).await.see("Maria Silva").see("Maria da Silva");
}

async fn ambiguous_and_duplicate_rows_are_reported(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    clinic.patient("Ann Lee", owner).await;
    clinic.patient("Ann Lee", owner).await;
    let file = format!(
        "Number,{HEAD},Ann Lee,,female,40,\r\n,New One,2000-01-01,male,,\r\n,New One,2000-01-01,female,,\r\n777,Nobody,,male,3,\r\nx,Odd,,male,3,\r\n"
    );
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["1", "0", "0", "4"]);
    page.see("2 patients have the same name, age and gender; enter the number of the right one")
        .see("Line 3 is already about this record")
        .see("The patient with the number 777 does not exist, or you do not have access")
        .see("‘x’ is not a valid patient number");
    // With errors, the rest is imported only if they are left out.
    assert!(!confirmed(&ines, &page.path, &[]).await.has(".tabs + .nothing"));
    assert_eq!(clinic.patient_names().await, ["Ann Lee", "Ann Lee"]);
    confirmed(&ines, &page.path, &[("skip_errors", "1")]).await.see("1 added, 0 changed, 4 left out");
    assert_eq!(clinic.patient_names().await, ["Ann Lee", "Ann Lee", "New One"]);
}

async fn imported_rows_follow_the_rules_of_the_form(clinic: Clinic) {
    let ines = clinic.importer().await;
    let long = "x".repeat(121);
    let file = format!(
        "{HEAD}{long},1940-04-02,male,,\r\nA,2940-04-02,male,,\r\nB,never,male,,\r\nC,,male,200,\r\n,1940-04-02,male,,\r\nD,1940-04-02,unknown,,\r\nE,1940-04-02,,,\r\nF,,male,,\r\nG\0H,,male,1,\r\nI,,male,1,,,,too much\r\n"
    );
    let page = checked(&ines, "patients", file.replace('\0', "\u{fffd}").as_bytes()).await;
    assert_eq!(counts(&page), ["0", "0", "0", "10"]);
    for words in [
        "Name must be 120 characters or fewer",
        "Date of birth must not be in the future",
        "Date of birth must be a date, like 1964-04-02",
        "Age must be between 0 and 150",
        "Enter the patient's name",
        "Gender must be one of: Female, Male, Other",
        "Choose the gender",
        "Enter a date of birth",
        "Name contains unreadable characters",
        "This line has 8 columns, but the file has 5 headings",
    ] {
        page.see(words);
    }
    confirmed(&ines, &page.path, &[("skip_errors", "1")]).await.see("There is nothing to import");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
}

async fn imported_references_are_given_by_name(clinic: Clinic) {
    let ines = clinic.importer().await;
    let grace = clinic.doctor("Dr Grace Hopper").await;
    clinic.doctor("Dr Twin").await;
    clinic.doctor("Dr Twin").await;
    let file = format!(
        "Name,Age,Gender,Primary doctor\r\nA,1,male,Dr Grace Hopper\r\nB,1,male,dr grace hopper\r\nC,1,male,{grace}\r\nD,1,male,\r\nE,1,male,Dr Twin\r\nF,1,male,Dr Nobody\r\nG,1,male,999\r\n"
    );
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["4", "0", "0", "3"]);
    page.see("‘Dr Twin’ matches 2 records; enter the number of the primary doctor")
        .see("The primary doctor ‘Dr Nobody’ does not exist, or you do not have access")
        .see("Choose the primary doctor from the list");
    confirmed(&ines, &page.path, &[("skip_errors", "1")]).await;
    let doctors = clinic.ask(|c| patients::table.order(patients::name).select(patients::primary_doctor_id).load::<Option<i64>>(c)).await;
    assert_eq!(doctors, [Some(grace), Some(grace), Some(grace), None]);
}

async fn a_clerk_maps_columns_to_fields(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "Who;Born;Sex;Shoe size\r\nÉmile;4/2/1940;M;44\r\n".replace(";M;", ";male;");
    let here = uploaded(&ines, "patients", file.as_bytes()).await;
    let page = ines.open(&here).await;
    page.see("separated by semicolons");
    assert_eq!((page.value("column-0"), page.value("column-3")), (String::new(), String::new()));
    let page = ines.fill(&here, &[("column-1", ""), ("column-2", "")]).await;
    page.is(422).see("Match at least one column");
    let page = ines.fill(&here, &[("column-0", "name"), ("column-1", "name")]).await;
    page.is(422).see("Two columns are matched to Name");
    ines.fill(&here, &[("column-0", "name"), ("column-1", "date_of_birth"), ("column-2", "gender"), ("column-3", "password_hash")])
        .await
        .is(303);
    settled(&ines, &here).await.see("Émile");
    // Back to the columns, to read the date as 2 April.
    ines.post(&format!("{here}/back"), &[]).await.is(303);
    let page = ines.open(&here).await;
    assert_eq!(page.value("column-1"), "date_of_birth");
    ines.fill(&here, &[("dates", "month")]).await.is(303);
    settled(&ines, &here).await;
    confirmed(&ines, &here, &[]).await.see("1 added");
    let born = clinic.ask(|c| patients::table.select(patients::date_of_birth).first::<Option<time::Date>>(c)).await;
    assert_eq!(born, Some(time::macros::date!(1940 - 04 - 02)));
}

async fn a_clerk_downloads_failed_rows_with_their_errors(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = format!("{HEAD}Fine,1940-04-02,male,,\r\n=cmd|' /C calc'!A0,1940-04-02,alien,,\"x, y\"\r\n");
    let page = checked(&ines, "patients", file.as_bytes()).await;
    let errors = ines.open(&format!("{}/errors?format=csv", page.path)).await;
    assert_eq!(errors.header("content-disposition").split("; ").next(), Some("attachment"));
    assert_eq!(
        errors.body.trim_start_matches('\u{feff}'),
        "Name,Date of birth,Gender,Age,Address,Line,Reason\r\n'=cmd|' /C calc'!A0,1940-04-02,alien,,\"x, y\",3,\"Gender must be one of: Female, Male, Other\"\r\n"
    );
    let excel = ines.open(&format!("{}/errors?format=xlsx", page.path)).await;
    assert!(excel.bytes.starts_with(b"PK"));
    // Corrected and uploaded as it is, the apostrophe is removed and the two new columns are ignored.
    let mended = errors.body.replace("alien", "other");
    let page = checked(&ines, "patients", mended.as_bytes()).await;
    assert_eq!(counts(&page), ["1", "0", "0", "0"]);
    confirmed(&ines, &page.path, &[]).await;
    assert_eq!(clinic.patient_names().await, ["=cmd|' /C calc'!A0"]);
}

async fn an_import_of_another_user_is_not_found(clinic: Clinic) {
    let ines = clinic.importer().await;
    let ada = clinic.administrator().await;
    let page = checked(&ines, "patients", format!("{HEAD}Secret Person,1940-04-02,male,,\r\n").as_bytes()).await;
    for way in ["", "/errors", "?outcome=new"] {
        ada.get(&format!("{}{way}", page.path)).await.is(404).miss("Secret");
    }
    for way in ["confirm", "discard", "back", "columns"] {
        ada.post(&format!("{}/{way}", page.path), &[("column-0", "name")]).await.is(404);
    }
    ada.open("/admin/patients/import").await.miss("patients.csv");
    // It is not an import of another resource either.
    ines.get(&page.path.replace("patients", "doctors")).await.is(403);
    ada.get(&page.path.replace("patients", "doctors")).await.is(404);
    ines.open("/admin/patients/import").await.see("Ready to import");
    ines.post(&format!("{}/discard", page.path), &[]).await.is(303);
    ines.get(&page.path).await.is(404);
    assert_eq!(clinic.ask(|c| import_rows::table.count().get_result::<i64>(c)).await, 0);
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
}

async fn an_import_requires_the_rights_to_add_and_change(clinic: Clinic) {
    let adds = clinic.clerk("adam", &["patient.view", "patient.add"]).await;
    adds.open("/admin/patients").await.miss("Import");
    adds.get("/admin/patients/import").await.is(403).see("permissions to add and change");
    adds.upload("/admin/patients/import", "a.csv", b"Name\nA\n").await.is(403);
    let sees = clinic.clerk("vera", &["patient.view"]).await;
    sees.get("/admin/patients/import").await.is(403);
    let ada = clinic.administrator().await;
    ada.get("/admin/log/import").await.is(403);
    ada.get("/admin/nothing/import").await.is(404);
    assert_eq!(clinic.ask(|c| imports::table.count().get_result::<i64>(c)).await, 0);
}

async fn an_import_of_users_grants_only_rights_the_importer_holds(clinic: Clinic) {
    let clerk = clinic.clerk("ula", &["user.view", "user.add", "user.change"]).await;
    let file = "Username,Email,Superuser,Active\r\nzoe,zoe@example.org,no,yes\r\nroot,root@example.org,yes,yes\r\nULA,ula2@example.org,no,yes\r\nzed,zoe@example.org,no,yes\r\n";
    let here = uploaded(&clerk, "users", file.as_bytes()).await;
    // A column that only a superuser may set is not offered, and ignored if it is requested anyway.
    let page = clerk.open(&here).await;
    assert!(!page.has("option[value=is_superuser]") && page.has("option[value=username][selected]"));
    clerk.fill(&here, &[("column-2", "is_superuser")]).await.is(303);
    let page = settled(&clerk, &here).await;
    // The key is compared without case, as everywhere; the account keeps the spelling of its username.
    page.see("Email ula@example.org → ula2@example.org").miss("ula → ULA").see("An account with this email address already exists");
    confirmed(&clerk, &page.path, &[("skip_errors", "1")]).await;
    use praxis::db::schema::users;
    let names =
        clinic.ask(|c| users::table.order(users::id).select((users::username, users::is_superuser)).load::<(String, bool)>(c)).await;
    // A column that the user may not set is not offered, so the import makes nobody a superuser.
    assert_eq!(names, [("ula".into(), false), ("zoe".into(), false), ("root".into(), false)]);
}

async fn old_imports_are_removed_after_thirty_days(clinic: Clinic) {
    let ines = clinic.importer().await;
    let page = checked(&ines, "patients", format!("{HEAD}A,1940-04-02,male,,\r\n").as_bytes()).await;
    confirmed(&ines, &page.path, &[]).await;
    assert_eq!(praxis::transfer::maintenance::clear(&clinic.app).await.expect("done"), 0);
    clinic.wait(time::Duration::days(31));
    assert_eq!(praxis::transfer::maintenance::clear(&clinic.app).await.expect("done"), 1);
    assert_eq!(clinic.ask(|c| import_rows::table.count().get_result::<i64>(c)).await, 0);
    assert_eq!(clinic.patient_names().await, ["A"]);
    clinic.account("later", Rights::default()).await;
}
