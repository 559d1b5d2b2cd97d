//! Patients and doctors through the API.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, patients};
use serde_json::{Value, json};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_program_creates_reads_changes_and_deletes_a_patient,
    a_program_creates_reads_changes_and_deletes_a_doctor,
    missing_and_invalid_fields_are_all_reported_at_once,
    a_new_patient_belongs_to_the_caller_whatever_the_body_says,
    patients_of_others_are_not_found,
    a_put_needs_required_fields_and_keeps_optional_ones,
    a_date_of_birth_determines_the_age,
    api_changes_and_reads_are_logged,
    a_deleted_record_is_only_in_the_trash,
    a_read_only_program_changes_nothing,
    users_are_read_only_and_list_group_ids,
];

fn zola() -> Value {
    json!({ "name": "Émile Zola", "age": 62, "gender": "male", "address": "Rue de Bruxelles" })
}

pub async fn rosa(clinic: &Clinic) -> i64 {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await
}

async fn a_program_creates_reads_changes_and_deletes_a_patient(clinic: Clinic) {
    let owner = rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let made = program.post("/api/patients/", zola()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let patient = made.json();
    let id = patient["id"].as_i64().expect("a number");
    let expected = json!({
        "id": id, "name": "Émile Zola", "age": 62, "gender": "male", "address": "Rue de Bruxelles", "date_of_birth": null,
        "primary_doctor": null, "owner": owner, "created_at": patient["created_at"], "updated_at": patient["updated_at"],
        "given_name": "Émile", "family_name": "Zola", "phone": "", "email": "", "may_contact": false, "language": null,
        "emergency_contact": "", "emergency_phone": "", "alert": "", "deceased_on": null, "has_moved_away": false,
        "reminders_by": "both",
    });
    assert_eq!(patient, expected);
    let at = patient["created_at"].as_str().expect("a time");
    assert!(at.ends_with('Z') && at.contains('T'), "{at}");
    let first: Vec<&str> = made.body.split('"').skip(1).step_by(4).take(1).collect();
    assert_eq!(first, ["id"], "the number comes first: {}", made.body);
    let path = format!("/api/patients/{id}/");
    assert_eq!(program.read(&path).await, patient);
    assert_eq!(program.read(path.trim_end_matches('/')).await, patient, "the slash at the end may be left out");
    assert_eq!(program.read("/api/patients").await, json!([patient]));
    let changed = program.patch(&path, json!({ "age": 63 })).await;
    assert_eq!((changed.status, &changed.json()["age"], &changed.json()["name"]), (200, &json!(63), &json!("Émile Zola")));
    assert_eq!(program.patch(&path, json!({})).await.status, 200);
    let gone = program.delete(&path).await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    program.delete(&path).await.refuses(404, "not_found");
    program.get(&path).await.refuses(404, "not_found");
    assert_eq!(program.read("/api/patients/").await, json!([]));
}

async fn a_program_creates_reads_changes_and_deletes_a_doctor(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let made = program.post("/api/doctors", json!({ "name": "Dr Grace Hopper", "specialization": "Cardiology" })).await;
    assert_eq!(made.status, 201, "a path without the slash is served: {}", made.body);
    let path = format!("/api/doctors/{}/", made.json()["id"]);
    let changed = program.put(&path, json!({ "name": "Dr Hopper", "specialization": "Surgery" })).await;
    assert_eq!((changed.status, changed.member("specialization").as_str()), (200, "Surgery"));
    assert_eq!(program.put(&path, json!({ "name": "Dr Hopper" })).await.json(), json!({ "specialization": ["Enter the specialty"] }));
    assert_eq!(program.delete(&path).await.status, 204);
}

async fn missing_and_invalid_fields_are_all_reported_at_once(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let answer = program.post("/api/patients/", json!({})).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json(),
        json!({ "name": ["Enter the patient's name"], "age": ["Enter a date of birth"], "gender": ["Choose the gender"] })
    );
    let wrong = json!({
        "name": "a\u{0}b", "age": 1.5, "gender": "Z", "address": "x".repeat(5_001), "date_of_birth": "2020-02-30", "primary_doctor": "nobody",
    });
    let answer = program.post("/api/patients/", wrong).await;
    assert_eq!(answer.status, 400);
    let told = answer.json();
    let names: Vec<&str> = told.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, ["address", "age", "date_of_birth", "gender", "name", "primary_doctor"]);
    assert!(told.as_object().expect("an object").values().all(|texts| texts[0].as_str().is_some_and(|text| text.len() > 10)));
    for (field, value) in [
        ("age", json!(-1)),
        ("age", json!(151)),
        ("age", json!("many")),
        ("age", json!(true)),
        ("age", json!([1])),
        ("age", json!({})),
        ("age", json!(9_223_372_036_854_775_807_i64)),
        ("name", json!(null)),
        ("name", json!("")),
        ("name", json!("  ")),
        ("name", json!([])),
        ("name", json!("x".repeat(121))),
        ("gender", json!(null)),
        ("gender", json!(7)),
        ("address", json!(null)),
        ("primary_doctor", json!(99)),
        ("primary_doctor", json!(-1)),
        ("date_of_birth", json!("2999-01-01")),
        ("date_of_birth", json!(1964)),
    ] {
        let mut body = zola();
        body[field] = value.clone();
        let answer = program.post("/api/patients/", body).await;
        assert_eq!(answer.status, 400, "{field} {value}: {}", answer.body);
        assert!(answer.json()[field][0].is_string(), "{field} {value}: {}", answer.body);
    }
    assert!(clinic.patient_names().await.is_empty());
    let lenient = json!({ "name": " Zola ", "age": "62", "gender": "Male", "unknown": 1, "id": 77, "created_at": "1999-01-01T00:00:00Z" });
    let made = program.post("/api/patients/", lenient).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((made.member("name").as_str(), &made.json()["age"], made.member("gender").as_str()), ("Zola", &json!(62), "male"));
    assert!(made.json()["id"] != json!(77) && !made.member("created_at").starts_with("1999"));
    assert_eq!(made.json()["address"], json!(""));
}

async fn a_new_patient_belongs_to_the_caller_whatever_the_body_says(clinic: Clinic) {
    let mine = rosa(&clinic).await;
    let other = clinic.account("colin", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let program = clinic.program_of("rosa").await;
    let mut body = zola();
    for name in ["owner", "owner_id", "user", "user_id", "version", "deleted_at", "search_text"] {
        body[name] = json!(other);
    }
    let made = program.post("/api/patients/", body.clone()).await;
    assert_eq!((made.status, &made.json()["owner"]), (201, &json!(mine)), "{}", made.body);
    let path = format!("/api/patients/{}/", made.json()["id"]);
    body.as_object_mut().expect("an object").remove("version");
    assert_eq!(program.put(&path, body.clone()).await.json()["owner"], json!(mine));
    assert_eq!(program.patch(&path, body).await.json()["owner"], json!(mine));
    let kept = clinic.ask(|c| patients::table.select((patients::owner_id, patients::user_id)).load::<(i64, Option<i64>)>(c)).await;
    assert_eq!(kept, [(mine, None)]);
}

async fn patients_of_others_are_not_found(clinic: Clinic) {
    rosa(&clinic).await;
    let colin = clinic.account("colin", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", colin).await, clinic.doctor("Dr Grace Hopper").await);
    let mapping = clinic.assignment(patient, doctor).await;
    let program = clinic.program_of("rosa").await;
    let path = format!("/api/patients/{patient}/");
    program.get(&path).await.refuses(404, "not_found");
    program.put(&path, zola()).await.refuses(404, "not_found");
    program.patch(&path, json!({ "age": 1 })).await.refuses(404, "not_found");
    program.delete(&path).await.refuses(404, "not_found");
    program.get(&format!("/api/mappings/{patient}/")).await.refuses(404, "not_found");
    program.delete(&format!("/api/mappings/{mapping}/")).await.refuses(404, "not_found");
    for list in ["/api/patients/", "/api/mappings/", "/api/patients/?search=zola", "/api/mappings/?expand=patient"] {
        assert_eq!(program.read(list).await, json!([]), "{list}");
    }
    let answer = program.post("/api/mappings/", json!({ "patient": patient, "doctor": doctor })).await;
    assert_eq!((answer.status, answer.json()["patient"].is_array()), (400, true), "{}", answer.body);
    assert_eq!(clinic.program_of("colin").await.read(&path).await["name"], json!("Émile Zola"));
}

async fn a_put_needs_required_fields_and_keeps_optional_ones(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let made = program.post("/api/patients/", zola()).await.json();
    let path = format!("/api/patients/{}/", made["id"]);
    let answer = program.put(&path, json!({})).await;
    assert_eq!(answer.status, 400);
    let told = answer.json();
    let names: Vec<&str> = told.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, ["age", "gender", "name"]);
    let answer = program.put(&path, json!({ "name": "Émile", "age": 60, "gender": "male" })).await;
    assert_eq!((answer.status, answer.member("address").as_str()), (200, "Rue de Bruxelles"));
    assert_eq!(program.patch(&path, json!({ "name": "" })).await.json(), json!({ "name": ["Enter the patient's name"] }));
    let whole = program.read(&path).await;
    assert_eq!(program.put(&path, whole.clone()).await.json(), whole, "what was read can be sent back");
}

async fn a_date_of_birth_determines_the_age(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let made = program.post("/api/patients/", json!({ "name": "Zola", "gender": "male", "date_of_birth": "1964-04-02" })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.json()["age"].as_i64().is_some_and(|age| age >= 60));
    let path = format!("/api/patients/{}/", made.json()["id"]);
    assert_eq!(program.put(&path, json!({ "name": "Zola", "gender": "male" })).await.status, 200, "the date still tells the age");
    let cleared = program.patch(&path, json!({ "date_of_birth": null, "age": 30 })).await;
    assert_eq!((cleared.json()["age"].clone(), cleared.json()["date_of_birth"].clone()), (json!(30), json!(null)));
}

async fn api_changes_and_reads_are_logged(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let made = program.post("/api/patients/", zola()).await.json();
    let path = format!("/api/patients/{}/", made["id"]);
    program.patch(&path, json!({ "age": 63 })).await;
    program.patch(&path, json!({ "age": 63 })).await;
    program.read(&path).await;
    program.read(&path).await;
    program.read("/api/patients/?search=zola").await;
    program.delete(&path).await;
    clinic.settle().await;
    let acts = clinic
        .ask(move |c| {
            log_entries::table
                .filter(log_entries::resource.eq("patient"))
                .filter(log_entries::actor_id.eq(user))
                .order(log_entries::id)
                .select((log_entries::action, log_entries::ip))
                .load::<(String, String)>(c)
        })
        .await;
    let words: Vec<&str> = acts.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(words, ["add", "change", "view", "search", "trash"]);
    assert!(acts.iter().all(|(_, ip)| ip == "127.0.0.1"));
}

async fn a_deleted_record_is_only_in_the_trash(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let patient = clinic.patient("Émile Zola", user).await;
    let program = clinic.program_of("rosa").await;
    assert_eq!(program.delete(&format!("/api/patients/{patient}/")).await.status, 204);
    assert_eq!(program.read("/api/patients/").await, json!([]));
    let rosa = clinic.sign_in("rosa").await;
    rosa.open("/patients/trash").await.see("Émile Zola");
    rosa.post(&format!("/patients/trash/{patient}/restore"), &[]).await.is(303);
    assert_eq!(program.read(&format!("/api/patients/{patient}/")).await["name"], json!("Émile Zola"));
}

async fn a_read_only_program_changes_nothing(clinic: Clinic) {
    let user = clinic.account("lena", Rights { permissions: &["patient.view"], ..Rights::default() }).await;
    let patient = clinic.patient("Émile Zola", user).await;
    let program = clinic.program_of("lena").await;
    let path = format!("/api/patients/{patient}/");
    assert_eq!(program.read(&path).await["age"], json!(40));
    program.post("/api/patients/", zola()).await.refuses(403, "permission_denied");
    program.put(&path, zola()).await.refuses(403, "permission_denied");
    program.patch(&path, json!({})).await.refuses(403, "permission_denied");
    program.delete(&path).await.refuses(403, "permission_denied");
    program.get("/api/doctors/").await.refuses(403, "permission_denied");
    program.get("/api/users/").await.refuses(403, "permission_denied");
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn users_are_read_only_and_list_group_ids(clinic: Clinic) {
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let rosa = rosa(&clinic).await;
    let program = clinic.program_of("ada").await;
    let one = program.read(&format!("/api/users/{rosa}/")).await;
    assert_eq!(one["username"], json!("rosa"));
    assert!(one["groups"][0].is_i64() && one.get("password_hash").is_none(), "{one}");
    let list = program.read("/api/users/?ordering=username").await;
    let names: Vec<&str> = list.as_array().expect("a list").iter().filter_map(|user| user["username"].as_str()).collect();
    assert_eq!(names, ["ada", "rosa"]);
    assert_eq!(list[1], one, "a list shows the same as the record");
    for answer in [program.post("/api/users/", json!({})).await, program.delete(&format!("/api/users/{rosa}/")).await] {
        answer.refuses(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
    }
    for slug in ["groups", "permissions", "log"] {
        assert!(program.read(&format!("/api/{slug}/?page_size=1")).await["count"].as_i64().is_some_and(|count| count > 0), "{slug}");
    }
}
