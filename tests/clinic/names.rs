//! Names as people write them, in any script.

use crate::stories;
use crate::support::Clinic;

stories![joiners_are_spelling_and_stay_in_a_name, a_name_of_invisible_letters_is_blank, a_name_written_from_right_to_left_stands_isolated,];

async fn joiners_are_spelling_and_stay_in_a_name(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for name in ["می\u{200c}نا", "ක්\u{200d}ෂේමා"] {
        rosa.complete("/patients/new", &[("name", name), ("age", "40"), ("gender", "female")]).await;
        assert!(clinic.patient_names().await.contains(&name.to_string()));
    }
    rosa.complete("/patients/new", &[("name", "\u{202e}Ada\u{2060}\u{a0} \u{61c}King"), ("age", "40"), ("gender", "female")]).await;
    assert!(clinic.patient_names().await.contains(&"Ada King".to_string()));
    let program = clinic.program_of("rosa").await;
    let body = serde_json::json!({ "name": "Sam\u{a0}\u{a0}Dob\u{ad}", "age": 4, "gender": "male", "address": "Rue 1\u{b}Paris" });
    let made = program.post("/api/patients/", body).await;
    assert_eq!((made.is(201).member("name"), made.member("address")), ("Sam Dob".into(), "Rue 1\nParis".into()));
}

async fn a_name_of_invisible_letters_is_blank(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for name in ["\u{2060}", "\u{200d}\u{a0}", "\u{3164}", "\u{2800}"] {
        let page = rosa.fill("/patients/new", &[("name", name), ("age", "40"), ("gender", "female")]).await;
        assert_eq!(page.is(422).error("name"), "Enter the patient's name", "{name:?}");
    }
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
}

async fn a_name_written_from_right_to_left_stands_isolated(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.complete("/patients/new", &[("name", "محمد"), ("age", "40"), ("gender", "male")]).await;
    page.see("\u{2068}محمد\u{2069} saved");
    rosa.complete("/patients/new", &[("name", "Émile Zola"), ("age", "40"), ("gender", "male")]).await.see("Émile Zola saved");
}
