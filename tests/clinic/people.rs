//! People as clinics know them: the parts of a name, how to reach them, what must be known of them, and whether they are there
//! already.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, patient_identifiers, patients, search_versions};
use praxis::resource::Value;
use praxis::resource::log::entry::LogAction;
use serde_json::json;
use time::macros::date;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_list_of_patients_is_sorted_by_family_name,
    a_changed_part_changes_the_name,
    patients_from_before_get_the_parts_of_their_names,
    an_age_that_contradicts_the_date_of_birth_is_told,
    a_receptionist_notes_how_to_reach_a_patient,
    a_deceased_patient_has_no_birthday_any_more,
    an_identifier_is_checked_and_found,
    a_patient_is_not_registered_twice_unnoticed,
    a_hidden_patient_is_no_duplicate,
    a_doctor_is_not_added_twice_unnoticed,
    a_program_reads_and_writes_the_new_fields,
    a_patient_who_signs_in_sees_their_own_record,
    a_receptionist_assigns_a_doctor_on_the_record,
];

const ZOLA: &[(&str, &str)] = &[
    ("name", "Émile Zola"),
    ("date_of_birth-day", "2"),
    ("date_of_birth-month", "4"),
    ("date_of_birth-year", "1964"),
    ("gender", "male"),
    ("phone", "+33 1 42 68 53 00"),
];

async fn a_list_of_patients_is_sorted_by_family_name(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for name in ["Émile Zola", "Zoe Adams", "Piet van der Berg", "Madonna"] {
        clinic.patient(name, clinic.user_id("rosa").await).await;
    }
    let sorted = ["Adams, Zoe", "Madonna", "van der Berg, Piet", "Zola, Émile"];
    assert_eq!(rosa.open("/patients").await.all("td.main-cell"), sorted);
    let page = rosa.open("/patients?sort=-sort_name").await;
    assert_eq!(page.all("td.main-cell"), sorted.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(clinic.administrator().await.open("/admin/patients").await.all("td.main-cell"), sorted);
    let names = clinic.program_of("rosa").await.read("/api/patients/?ordering=name").await;
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["Émile Zola", "Madonna", "Piet van der Berg", "Zoe Adams"]);
}

async fn a_changed_part_changes_the_name(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Maria Oliveira da Silva", clinic.user_id("rosa").await).await;
    let edit = format!("/patients/{id}/edit");
    let page = rosa.open(&edit).await;
    assert_eq!((page.value("given_name").as_str(), page.value("family_name").as_str()), ("Maria Oliveira", "da Silva"));
    let names = || async {
        clinic.ask(move |c| patients::table.find(id).select((patients::name, patients::sort_name)).first::<(String, String)>(c)).await
    };
    // The split is corrected: the name stays.
    rosa.complete(&edit, &[("given_name", "Maria"), ("family_name", "Oliveira da Silva")]).await;
    assert_eq!(names().await, ("Maria Oliveira da Silva".into(), "Oliveira da Silva, Maria".into()));
    // She marries: the name follows.
    rosa.complete(&edit, &[("family_name", "Costa")]).await.see("Maria Costa");
    assert_eq!(names().await, ("Maria Costa".into(), "Costa, Maria".into()));
    // A new name is split anew, and a name of its own stays when a part changes.
    rosa.complete(&edit, &[("name", "Mrs Maria Lima")]).await;
    assert_eq!(names().await, ("Mrs Maria Lima".into(), "Lima, Mrs Maria".into()));
    rosa.complete(&edit, &[("given_name", "Maria")]).await;
    assert_eq!(names().await, ("Maria Lima".into(), "Lima, Maria".into()));
    let page = rosa.fill("/patients/new", &[("name", ""), ("age", "40"), ("gender", "female")]).await;
    assert_eq!(page.is(422).error("name"), "Enter the patient's name");
}

async fn patients_from_before_get_the_parts_of_their_names(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Piet van der Berg", clinic.user_id("rosa").await).await;
    let before = clinic.ask(move |c| patients::table.find(id).select(patients::version).first::<i64>(c)).await;
    let blank = (patients::given_name.eq(""), patients::family_name.eq(""), patients::sort_name.eq(""), patients::search_text.eq("x"));
    clinic.arrange(move |c| diesel::update(patients::table.find(id)).set(blank).execute(c)).await.expect("as before");
    clinic.arrange(|c| diesel::delete(search_versions::table).execute(c)).await.expect("as before");
    clinic.app.migrate().expect("prepared");
    rosa.open("/patients?q=vanderberg").await.see("van der Berg, Piet");
    let row = patients::table.find(id).select((patients::given_name, patients::family_name, patients::version));
    assert_eq!(clinic.ask(move |c| row.first::<(String, String, i64)>(c)).await, ("Piet".into(), "van der Berg".into(), before));
}

async fn an_age_that_contradicts_the_date_of_birth_is_told(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.open("/patients/new").await;
    page.see("Not known? Enter an estimated age");
    assert!(!page.has("details.unfold[open]"));
    let page = rosa.fill("/patients/new", &[ZOLA, &[("age", "30")]].concat()).await;
    assert_eq!(page.is(422).error("age"), "The date of birth makes the age 62, not 30. Correct one of them");
    assert!(page.has("details.unfold[open] #age") && page.value("age") == "30" && page.value("name") == "Émile Zola");
    let page = rosa.complete("/patients/new", ZOLA).await;
    // The age follows from the date of birth, so the form leaves it blank, and another date changes it.
    let edit = format!("{}/edit", page.path);
    assert_eq!(rosa.open(&edit).await.value("age"), "");
    rosa.complete(&edit, &[("date_of_birth-year", "1970")]).await.see("Born 2 Apr 1970 (56)");
    let program = clinic.program_of("rosa").await;
    let answer = program.post("/api/patients/", json!({"name": "A B", "gender": "male", "date_of_birth": "1964-04-02", "age": 20})).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("Correct one of them"));
}

async fn a_receptionist_notes_how_to_reach_a_patient(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let contact = [
        ("email", "emile@example.org"),
        ("may_contact", "1"),
        ("language", "fr"),
        ("emergency_contact", "Jeanne, wife"),
        ("emergency_phone", "+33 6 12 34 56 78"),
    ];
    let page = rosa.complete("/patients/new", &[ZOLA, &contact].concat()).await;
    page.see("+33 1 42 68 53 00").see("emile@example.org").see("French").see("Jeanne, wife");
    assert_eq!(page.attributes("dd a[href^='tel:']", "href"), ["tel:+33142685300", "tel:+33612345678"]);
    for typed in ["5300", "01+42+68+53+00", "%2B33142685300", "emile@example"] {
        rosa.open(&format!("/patients?q={typed}")).await.see("Zola, Émile");
    }
    let page = rosa.fill("/patients/new", &[ZOLA, &[("email", "nonsense")]].concat()).await;
    assert_eq!(page.is(422).error("email"), "Enter an email address in the correct format, like name@example.org");
    let long = "x".repeat(5_000);
    let program = clinic.program_of("rosa").await;
    let body = json!({ "name": "A B", "gender": "male", "age": 20, "address": long });
    assert_eq!(program.post("/api/patients/", body).await.status, 201);
}

async fn a_deceased_patient_has_no_birthday_any_more(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let record = rosa.complete("/patients/new", ZOLA).await.path;
    let died = |year| [("deceased_on-day", "1"), ("deceased_on-month", "1"), ("deceased_on-year", year)];
    let page = rosa.fill(&format!("{record}/edit"), &died("1960")).await;
    assert_eq!(page.is(422).error("deceased_on"), "Date of death must not be before the date of birth");
    rosa.complete(&format!("{record}/edit"), &died("2004")).await.see("Born 2 Apr 1964, died 1 Jan 2004 (39)");
    assert_eq!(clinic.ask(|c| patients::table.select(patients::age).first::<i32>(c)).await, 39);
    let due = clinic.ask(|c| praxis::clinic::patient_age::outdated_ages(c, date!(2030 - 01 - 01))).await;
    assert!(due.is_empty());
    clinic.refuses("UPDATE patients SET deceased_on = '1960-01-01'").await;
}

async fn an_identifier_is_checked_and_found(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let record = rosa.complete("/patients/new", ZOLA).await.path;
    rosa.open(&record).await.see("Identifiers").see("No identifiers yet.");
    let add = format!("{record}/identifiers/new");
    let page = rosa.fill(&add, &[("kind", "nhs"), ("value", "943 476 5918")]).await;
    assert!(page.is(422).error("value").starts_with("Enter the NHS number as it is printed"));
    assert_eq!(page.value("value"), "943 476 5918");
    rosa.complete(&add, &[("kind", "nhs"), ("value", "943 476 5919")]).await.see("NHS number 943 476 5919");
    let page = rosa.fill(&add, &[("kind", "nhs"), ("value", "9434765919")]).await;
    page.is(422).see("The patient has this number already");
    for typed in ["9434765919", "943+476+5919", "943-476-5919"] {
        rosa.open(&format!("/patients?q={typed}")).await.see("Zola, Émile");
        rosa.open(&format!("/search?q={typed}")).await.see("Émile Zola");
    }
    // Whoever does not see the patient sees neither the number nor its owner.
    clinic.account("colin", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let colin = clinic.sign_in("colin").await;
    colin.open("/patients?q=9434765919").await.see("No patient you can see matches");
    colin.get(&add).await.is(404);
    let page = rosa.open(&record).await;
    let remove = page.attributes("form[action*='/identifiers/']", "action");
    rosa.post(&remove[0], &[]).await.is(303);
    assert_eq!(
        clinic.ask(|c| patient_identifiers::table.filter(patient_identifiers::deleted_at.is_null()).count().get_result::<i64>(c)).await,
        0
    );
    rosa.open("/patients?q=9434765919").await.see("No patient you can see matches");
}

async fn a_patient_is_not_registered_twice_unnoticed(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.complete("/patients/new", ZOLA).await;
    let same = [&ZOLA[1..], &[("name", "Emile Zolla")]].concat();
    let page = rosa.fill("/patients/new", &same).await;
    page.is(422).see("There is already a patient like this").see("Born 2 Apr 1964 (62) · male · P-000001");
    assert_eq!(page.attributes(".similar a", "href"), ["/patients/1"]);
    assert_eq!((page.value("name").as_str(), clinic.patient_names().await.len()), ("Emile Zolla", 1));
    // Enter alone asks again; the button of the notice saves.
    rosa.post_pairs("/patients/new", &page.form().1).await.is(422).see("There is already a patient like this");
    let seen = page.attributes("button[name=_similar]", "value");
    let pairs = [page.form().1, vec![("_similar".into(), seen[0].clone())]].concat();
    rosa.post_pairs("/patients/new", &pairs).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Emile Zolla", "Émile Zola"]);
    let added = log_entries::table.filter(log_entries::resource.eq("patient")).filter(log_entries::action.eq(LogAction::Add)).count();
    assert_eq!(clinic.ask(move |c| added.get_result::<i64>(c)).await, 2);
    // The same phone number and given name, at another date of birth.
    let page = rosa.fill("/patients/new", &[("name", "Émile Blanc"), ("age", "30"), ("gender", "male"), ("phone", "01 42 68 53 00")]).await;
    page.is(422).see("There are already 2 patients like this");
    // A brother with the same phone and another given name is somebody else.
    rosa.fill("/patients/new", &[("name", "Paul Zola"), ("age", "30"), ("gender", "male"), ("phone", "01 42 68 53 00")]).await.is(303);
    // Without dates of birth, the same name at the same age.
    rosa.fill("/patients/new", &[("name", "paul zola"), ("age", "31"), ("gender", "male")])
        .await
        .is(422)
        .see("There is already a patient like this");
    let ada = clinic.administrator().await;
    ada.fill("/admin/patients/new", ZOLA).await.is(422).see("There are already 2 patients like this");
}

async fn a_hidden_patient_is_no_duplicate(clinic: Clinic) {
    clinic.receptionist().await.complete("/patients/new", ZOLA).await;
    clinic.account("colin", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let colin = clinic.sign_in("colin").await;
    let receptionist_sees_all = clinic.ask(|c| patients::table.count().get_result::<i64>(c)).await;
    assert_eq!(receptionist_sees_all, 1);
    colin.fill("/patients/new", ZOLA).await.is(303);
}

async fn a_doctor_is_not_added_twice_unnoticed(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.doctor("Dr Grace Hopper").await;
    let fields = [("name", "dr grace hopper"), ("specialization", "Neurology")];
    let page = ada.fill("/doctors/new", &fields).await;
    page.is(422).see("There is already a doctor like this").see("Cardiology");
    let seen = page.attributes("button[name=_similar]", "value");
    ada.fill("/doctors/new", &[&fields[..], &[("_similar", &seen[0])]].concat()).await.is(303);
    // One mistake in the name is the same doctor: another letter, one too many, two exchanged, wherever it is.
    for name in ["Dr Grace Hoper", "Dr Grace Hoppper", "Dr Garce Hopper", "Dr Grace Hoppre", "Mr Grace Hopper"] {
        let page = ada.fill("/doctors/new", &[("name", name), ("specialization", "Surgery")]).await;
        page.is(422).see("There are already 2 doctors like this");
    }
    ada.fill("/doctors/new", &[("name", "Dr Grace Cooper"), ("specialization", "Surgery")]).await.is(303);
    // Numbers are no mistakes.
    for name in ["Locum 1", "Locum 2"] {
        ada.fill("/doctors/new", &[("name", name), ("specialization", "Surgery")]).await.is(303);
    }
}

async fn a_program_reads_and_writes_the_new_fields(clinic: Clinic) {
    clinic.receptionist().await;
    let program = clinic.program_of("rosa").await;
    let sent = json!({
        "name": "Émile Zola", "gender": "male", "age": 62, "phone": "+33 1 42 68 53 00", "language": "fr", "may_contact": true,
    });
    assert_eq!(program.post("/api/patients/", sent).await.status, 201);
    let stored = program.read("/api/patients/1/").await;
    assert_eq!((stored["given_name"].as_str(), stored["family_name"].as_str()), (Some("Émile"), Some("Zola")));
    assert_eq!(
        (stored["language"].as_str(), stored["may_contact"].as_bool(), stored["deceased_on"].is_null()),
        (Some("fr"), Some(true), true)
    );
    assert_eq!(program.patch("/api/patients/1/", json!({ "family_name": "Blanc" })).await.status, 200);
    assert_eq!(program.read("/api/patients/1/").await["name"], "Émile Blanc");
    let id = clinic
        .record(
            "identifier",
            vec![("patient_id", Value::Integer(1)), ("kind", Value::Text("passport".into())), ("value", Value::Text("C01X 00T47".into()))],
        )
        .await;
    assert_eq!(program.read(&format!("/api/identifiers/{id}/")).await["value"], "C01X 00T47");
}

async fn a_patient_who_signs_in_sees_their_own_record(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let account = clinic.account("emile", Rights { groups: &["Patient"], ..Rights::default() }).await;
    let emile = clinic.sign_in("emile").await;
    emile.open("/").await.see("No record belongs to your account yet");
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    clinic.patient("Claude Monet", clinic.user_id("rosa").await).await;
    let (grace, _) = (clinic.doctor("Grace Hopper").await, clinic.doctor("Alan Turing").await);
    clinic.assignment(id, grace).await;
    let set = (patients::user_id.eq(account), patients::phone.eq("+33 1 42 68 53 00"), patients::alert.eq("Difficult"));
    clinic.arrange(move |c| diesel::update(patients::table.find(id)).set(set).execute(c)).await.expect("an account");
    emile.open("/").await.see("Nobody yet.");
    rosa.open(&format!("/patients/{id}")).await;
    clinic.settle().await;
    let page = emile.open("/").await;
    page.see("Émile Zola").see("40 years old").see("+33 1 42 68 53 00").see("Grace Hopper").see("Who looked at your record").see("rosa");
    page.miss("Alan Turing").miss("Monet").miss("Difficult").miss("Remove");
    let menu = page.all("nav[aria-label=Main] a");
    assert!(!menu.iter().any(|entry| entry == "Patients" || entry == "Doctors"), "{menu:?}");
    assert!(!page.has("main a[href^='/doctors']") && !page.has("main a[href^='/patients']"));
    // Nothing of the staff's opens, and nothing of it is found.
    for path in [
        "/patients".to_string(),
        format!("/patients/{id}"),
        "/doctors".into(),
        format!("/doctors/{grace}"),
        "/options/doctors?q=grace".into(),
    ] {
        emile.get(&path).await.is(404).miss("Grace");
    }
    emile.get("/lists/patients/views/new").await.is(404);
    for (typed, found) in
        [("", vec![]), ("patients", vec![]), ("doctors", vec![]), ("grace", vec![]), ("monet", vec![]), ("zola", vec!["/"])]
    {
        let answer = emile.get(&format!("/palette?q={typed}")).await.json();
        let groups = answer["groups"].as_array().into_iter().flatten();
        let records =
            groups.filter(|group| group["title"] != "Pages").flat_map(|group| group["items"].as_array().cloned().unwrap_or_default());
        assert_eq!(records.map(|item| item["href"].as_str().unwrap_or("").to_string()).collect::<Vec<_>>(), found, "{typed}");
        assert!(!answer.to_string().contains("\"/patients") && !answer.to_string().contains("\"/doctors"), "{typed}: {answer}");
    }
    emile.open("/search?q=zola").await.see("Your record").see("Émile Zola");
    emile.open("/search?q=monet").await.see("No results for ‘monet’").miss("Monet,");
    // Programs of theirs read what they always did.
    let program = clinic.program_of("emile").await;
    assert_eq!(program.read("/api/patients/").await.as_array().map(Vec::len), Some(1));
    // The staff have their own start page.
    rosa.open("/").await.see("Patients");
}

async fn a_receptionist_assigns_a_doctor_on_the_record(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let (grace, alan) = (clinic.doctor("Grace Hopper").await, clinic.doctor("Alan Turing").await);
    let record = format!("/patients/{id}");
    let page = rosa.open(&record).await;
    // Nobody is offered before something is typed; without script the button looks for it.
    assert_eq!(page.all("form.card-form select option"), ["Choose…"]);
    let action = page.attributes("form.card-form", "action").remove(0);
    let done = rosa.post(&action, &[("doctor_id", &grace.to_string())]).await;
    assert_eq!(done.location(), record);
    let page = rosa.open(&record).await;
    page.see("Grace Hopper is assigned to Émile Zola.");
    // It stands among the changes of the patient, and so does its end.
    page.see("Assigned Grace Hopper");
    let remove = page.attributes("form[action*='/delete']", "action").remove(0);
    rosa.post(&remove, &[]).await.is(303);
    let page = rosa.open(&record).await;
    page.see("Removed Grace Hopper").see("Assigned Grace Hopper").see("Added");
    rosa.post(&remove.replace("/delete", "/restore"), &[]).await.is(303);
    rosa.open(&record).await.see("Assigned Grace Hopper again");
    let found = rosa.post(&action, &[("doctor_id__find", "cardio"), ("_find", "doctor_id")]).await;
    assert_eq!(found.is(200).all("select[name=doctor_id] option"), ["Choose…", "Alan Turing · Cardiology"]);
    // Without script, and while typing.
    let options = rosa.open(&format!("{record}/doctors/new")).await.all("select[name=doctor_id] option");
    assert_eq!(options, ["Choose…", "Alan Turing · Cardiology"]);
    let offered = rosa.get(&format!("/options/doctors?joined=mapping.patient_id.{id}&q=cardio")).await.json();
    assert_eq!(offered["results"], json!([{ "id": alan, "label": "Alan Turing", "hint": "Cardiology" }]));
    for wrong in ["nothing", "mapping.patient_id.x", "mapping.created_at.1", "log_entry.id.1"] {
        let all = rosa.get(&format!("/options/doctors?joined={wrong}")).await.json();
        assert_eq!(all["results"].as_array().map(Vec::len), Some(2), "{wrong}");
    }
    rosa.post(&action, &[]).await.is(422).see("Choose the doctor");
}
