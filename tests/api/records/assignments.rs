//! Assignments of doctors to patients through the API.

use serde_json::json;

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::Clinic;

stories![
    a_program_assigns_a_doctor_and_ends_it,
    an_assignment_is_made_once,
    an_assigned_doctor_cannot_be_deleted_and_a_patient_takes_the_assignments_along,
    an_assignment_never_outlives_a_simultaneous_deletion,
    a_program_expands_the_doctor_of_an_assignment
];

async fn a_program_assigns_a_doctor_and_ends_it(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", user).await, clinic.doctor("Dr Grace Hopper").await);
    let other = clinic.patient("Marie Curie", user).await;
    let program = clinic.program_of("rosa").await;
    let of_patient = format!("/api/mappings/{patient}/");
    assert_eq!(program.read(&of_patient).await, json!([]));
    let made = program.post("/api/mappings/", json!({ "patient": patient, "doctor": doctor })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let mapping = made.json();
    assert_eq!((&mapping["patient"], &mapping["doctor"]), (&json!(patient), &json!(doctor)));
    assert_eq!(mapping.as_object().expect("an object").len(), 6);
    assert_eq!(mapping["is_primary"], json!(false));
    // Of one patient, the rows say who the doctors are.
    let mut detailed = mapping.clone();
    detailed["doctor_detail"] = json!({ "id": doctor, "name": "Dr Grace Hopper", "specialization": "Cardiology" });
    assert_eq!(program.read(&of_patient).await, json!([detailed]));
    assert_eq!(program.read(&format!("/api/mappings/{other}/")).await, json!([]));
    assert_eq!(program.read("/api/mappings/").await, json!([mapping]));
    let one = format!("/api/mappings/{}/", mapping["id"]);
    for answer in [program.put(&one, mapping.clone()).await, program.patch(&one, json!({})).await] {
        answer.refuses(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, DELETE, HEAD, OPTIONS");
    }
    assert_eq!(program.delete(&one).await.status, 204);
    assert_eq!(program.read(&of_patient).await, json!([]));
    program.get("/api/mappings/999999/").await.refuses(404, "not_found");
    program.get("/api/mappings/zola/").await.refuses(404, "not_found");
}

async fn an_assignment_is_made_once(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", user).await, clinic.doctor("Dr Grace Hopper").await);
    let program = clinic.program_of("rosa").await;
    let body = json!({ "patient": patient, "doctor": doctor });
    let answers = futures_util::future::join_all((0..6).map(|_| program.post("/api/mappings/", body.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert_eq!(answer.json(), json!({ "non_field_errors": ["This doctor is already assigned to this patient"] }));
    }
    let answer = program.post("/api/mappings/", json!({})).await;
    assert_eq!(answer.json(), json!({ "patient": ["Choose the patient"], "doctor": ["Choose the doctor"] }));
}

async fn an_assigned_doctor_cannot_be_deleted_and_a_patient_takes_the_assignments_along(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let colin = clinic.account("colin", crate::support::people::Rights { groups: &["Staff"], ..Default::default() }).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", user).await, clinic.doctor("Dr Grace Hopper").await);
    let foreign = clinic.patient("Marie Curie", colin).await;
    let mapping = clinic.assignment(patient, doctor).await;
    clinic.assignment(foreign, doctor).await;
    let program = clinic.program_of("rosa").await;
    let answer = program.delete(&format!("/api/doctors/{doctor}/")).await;
    answer.refuses(409, "protected");
    // Only what the caller sees is named.
    let expected = json!([{ "resource": "mapping", "count": 2, "objects": [{ "id": mapping, "label": "Émile Zola – Dr Grace Hopper" }] }]);
    assert_eq!(answer.json()["blocked_by"], expected);
    assert!(!answer.body.contains("Curie"));
    assert_eq!(program.delete(&format!("/api/patients/{patient}/")).await.status, 204);
    assert_eq!(clinic.patient_names().await, ["Marie Curie"]);
    let answer = program.delete(&format!("/api/doctors/{doctor}/")).await;
    assert_eq!(answer.json()["blocked_by"][0]["count"], json!(1));
}

async fn a_program_expands_the_doctor_of_an_assignment(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", user).await, clinic.doctor("Dr Grace Hopper").await);
    clinic.assignment(patient, doctor).await;
    let program = clinic.program_of("rosa").await;
    let list = program.read(&format!("/api/mappings/{patient}/?expand=doctor,patient,nothing")).await;
    assert_eq!(list[0]["doctor"], program.read(&format!("/api/doctors/{doctor}/")).await);
    assert_eq!(list[0]["patient"], program.read(&format!("/api/patients/{patient}/")).await);
    let list = program.read("/api/mappings/?expand=doctor&fields=id,doctor").await;
    assert_eq!(list[0].as_object().expect("an object").len(), 2);
    clinic
        .account(
            "lena",
            crate::support::people::Rights { permissions: &["mapping.view", "clinic.view_all_patients"], ..Default::default() },
        )
        .await;
    let list = clinic.program_of("lena").await.read("/api/mappings/?expand=doctor,patient").await;
    assert_eq!((&list[0]["doctor"], &list[0]["patient"]), (&json!(doctor), &json!(patient)), "who may not see them is told the numbers");
}

async fn an_assignment_never_outlives_a_simultaneous_deletion(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let patient = clinic.patient("Émile Zola", user).await;
    let program = clinic.program_of("rosa").await;
    for round in 0..8 {
        let doctor = clinic.doctor("Dr Grace Hopper").await;
        let (path, pair) = (format!("/api/doctors/{doctor}/"), json!({ "patient": patient, "doctor": doctor }));
        let assign = async || program.post("/api/mappings/", pair.clone()).await.status;
        let delete = async || program.delete(&path).await.status;
        let (one, gone, other, too) = futures_util::future::join4(assign(), delete(), assign(), delete()).await;
        let (assigned, gone) = ([one, other].contains(&201), [gone, too].contains(&204));
        assert!(assigned != gone, "round {round}: assigned {assigned}, gone {gone}");
    }
}
