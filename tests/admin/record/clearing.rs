//! A refused deletion offers to clear what prevents it, in one step.

use diesel::prelude::*;
use praxis::db::schema::{doctors, log_entries, patient_doctor_mappings, patients, users};
use praxis::resource::log::entry::LogAction;

use crate::stories;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    a_leaving_doctor_gives_the_patients_to_another,
    undoing_the_deletion_gives_the_patients_back,
    an_undo_leaves_what_was_changed_since,
    the_assignments_of_a_doctor_are_removed_with_the_doctor,
    the_recipient_has_to_be_another_doctor,
    who_may_not_change_the_assignments_gets_no_offer,
    a_user_with_patients_is_deactivated_instead,
];

/// Patients of Dr Leaving: one of hers alone, whose primary doctor she is, and one whom Dr Staying has as well.
struct Team {
    leaving: i64,
    staying: i64,
    alone: i64,
    shared: i64,
}

impl Team {
    async fn of(clinic: &Clinic, desk: &Browser, owner: i64) -> Self {
        let (leaving, staying) = (clinic.doctor("Dr Leaving").await, clinic.doctor("Dr Staying").await);
        let (alone, shared) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await);
        clinic.assignment(shared, staying).await;
        clinic.assignment(shared, leaving).await;
        for patient in [alone, shared] {
            desk.complete(&format!("/patients/{patient}/edit"), &[("primary_doctor_id", &leaving.to_string())]).await;
        }
        Self { leaving, staying, alone, shared }
    }

    async fn give(&self, desk: &Browser, list: &str) -> crate::support::page::Page {
        let sent = [("_clear", "give"), ("recipient", &self.staying.to_string())];
        let page = desk.post(&format!("{list}/{}/delete", self.leaving), &sent).await;
        desk.open(page.is(303).location()).await
    }
}

/// Patient, doctor and whether primary, of the assignments that are not in the trash.
async fn assignments(clinic: &Clinic) -> Vec<(i64, i64, bool)> {
    use patient_doctor_mappings as own;
    let rows = own::table.filter(own::deleted_at.is_null()).order((own::patient_id, own::doctor_id));
    clinic.ask(move |c| rows.select((own::patient_id, own::doctor_id, own::is_primary)).load(c)).await
}

async fn primary(clinic: &Clinic, patient: i64) -> Option<i64> {
    clinic.ask(move |c| patients::table.find(patient).select(patients::primary_doctor_id).first(c)).await
}

async fn a_leaving_doctor_gives_the_patients_to_another(clinic: Clinic) {
    for list in ["/doctors", "/admin/doctors"] {
        let clinic = Clinic::open(clinic.backend).await;
        let ada = clinic.administrator().await;
        let team = Team::of(&clinic, &ada, clinic.user_id("ada").await).await;
        let page = ada.open(&format!("{list}/{}/delete", team.leaving)).await;
        page.see("Dr Leaving cannot be deleted").see("Give 2 patients to another doctor").see("Remove 2 assignments and delete doctor");
        assert_eq!(page.all("select[name=recipient] option[value]:not([value=''])"), ["Dr Staying"], "nobody takes over from themselves");
        team.give(&ada, list).await.see("The doctor “Dr Leaving” was deleted").see("Undo");
        assert_eq!(assignments(&clinic).await, [(team.alone, team.staying, true), (team.shared, team.staying, true)]);
        assert_eq!((primary(&clinic, team.alone).await, primary(&clinic, team.shared).await), (Some(team.staying), Some(team.staying)));
        for patient in [team.alone, team.shared] {
            let history = ada.open(&format!("/admin/patients/{patient}/history")).await;
            assert!(history.all(".history-entry:first-child").concat().contains("Dr Staying"), "{}", history.body);
        }
        clinic.server.stop(false).await;
    }
}

async fn undoing_the_deletion_gives_the_patients_back(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let team = Team::of(&clinic, &ada, clinic.user_id("ada").await).await;
    let before = assignments(&clinic).await;
    let page = team.give(&ada, "/doctors").await;
    let undo = page.attributes(".flash form", "action").remove(0);
    let page = ada.post(&undo, &[]).await;
    ada.open(page.is(303).location()).await.see("Dr Leaving").see("Émile Zola").see("Maria Silva");
    assert_eq!(assignments(&clinic).await, before);
    assert_eq!(primary(&clinic, team.alone).await, Some(team.leaving));
    assert_eq!(primary(&clinic, team.shared).await, Some(team.leaving));
}

async fn an_undo_leaves_what_was_changed_since(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let team = Team::of(&clinic, &ada, clinic.user_id("ada").await).await;
    let third = clinic.doctor("Dr Third").await;
    team.give(&ada, "/doctors").await;
    let moved = patient_doctor_mappings::table.filter(patient_doctor_mappings::patient_id.eq(team.alone));
    let moved = moved.filter(patient_doctor_mappings::deleted_at.is_null()).select(patient_doctor_mappings::id);
    let moved = clinic.ask(move |c| moved.first::<i64>(c)).await;
    ada.complete(&format!("/admin/mappings/{moved}/edit"), &[("doctor_id", &third.to_string())]).await;
    ada.post(&format!("/doctors/trash/{}/restore", team.leaving), &[]).await.is(303);
    assert_eq!(
        assignments(&clinic).await,
        [(team.alone, third, true), (team.shared, team.leaving, true), (team.shared, team.staying, false)]
    );
}

async fn the_assignments_of_a_doctor_are_removed_with_the_doctor(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let team = Team::of(&clinic, &ada, clinic.user_id("ada").await).await;
    let before = assignments(&clinic).await;
    let page = ada.post(&format!("/doctors/{}/delete", team.leaving), &[("_clear", "remove")]).await;
    let page = ada.open(page.is(303).location()).await;
    page.see("The doctor “Dr Leaving” was deleted");
    assert_eq!(assignments(&clinic).await, [(team.shared, team.staying, false)]);
    assert_eq!(primary(&clinic, team.alone).await, None);
    let trashed = log_entries::table.filter(log_entries::action.eq(LogAction::Trash)).filter(log_entries::resource.eq("mapping"));
    assert_eq!(clinic.ask(move |c| trashed.count().get_result::<i64>(c)).await, 2);
    ada.post(&page.attributes(".flash form", "action").remove(0), &[]).await.is(303);
    assert_eq!(assignments(&clinic).await, before);
}

async fn the_recipient_has_to_be_another_doctor(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let team = Team::of(&clinic, &ada, clinic.user_id("ada").await).await;
    let path = format!("/doctors/{}/delete", team.leaving);
    let before = assignments(&clinic).await;
    for recipient in [team.leaving.to_string(), "999".into(), String::new()] {
        let page = ada.post(&path, &[("_clear", "give"), ("recipient", &recipient)]).await;
        assert_eq!(page.is(422).error("recipient"), "Choose another doctor from the list");
    }
    assert_eq!(assignments(&clinic).await, before);
    // A doctor without patients has nothing to clear.
    ada.post(&format!("/doctors/{}/delete", clinic.doctor("Dr Idle").await), &[("_clear", "remove")]).await.is(303);
    assert_eq!(clinic.ask(|c| doctors::table.filter(doctors::deleted_at.is_null()).count().get_result::<i64>(c)).await, 2);
}

async fn who_may_not_change_the_assignments_gets_no_offer(clinic: Clinic) {
    let owner = clinic.account("rosa", Rights::default()).await;
    let (doctor, patient) = (clinic.doctor("Dr Leaving").await, clinic.patient("Émile Zola", owner).await);
    clinic.assignment(patient, doctor).await;
    let other = clinic.doctor("Dr Staying").await.to_string();
    // Clara may delete assignments, but does not see this one.
    let rights = ["doctor.view", "doctor.delete", "mapping.view", "mapping.change", "mapping.delete", "patient.view", "patient.change"];
    let clara = clinic.clerk("clara", &rights).await;
    for list in ["/doctors", "/admin/doctors"] {
        let path = format!("{list}/{doctor}/delete");
        clara.open(&path).await.see("1 assignment").miss("Give 1 patient").miss("Remove 1 assignment").miss("Zola");
        clara.post(&path, &[("_clear", "give"), ("recipient", &other)]).await.is(409);
        clara.post(&path, &[("_clear", "remove")]).await.is(409);
    }
    assert_eq!(assignments(&clinic).await, [(patient, doctor, false)]);
}

async fn a_user_with_patients_is_deactivated_instead(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    for number in 1..=8 {
        clinic.patient(&format!("Patient {number}"), id).await;
    }
    let path = format!("/admin/users/{id}/delete");
    let page = ada.open(&path).await;
    page.see("8 patients").see("and 3 more").see("Deactivate rosa").see("Open them in the list");
    let page = ada.post(&path, &[("_clear", "instead")]).await;
    ada.open(page.is(303).location()).await.see("The user “rosa” was deactivated and signed out.");
    assert!(!clinic.ask(move |c| users::table.find(id).select(users::is_active).first::<bool>(c)).await);
    assert!(rosa.get("/").await.location().starts_with("/login"));
    ada.open(&path).await.see("The account is already deactivated").miss("Deactivate rosa");
    // Without the right to change users there is nothing to press.
    let clara = clinic.clerk("clara", &["user.view", "user.delete"]).await;
    clara.open(&path).await.miss("Deactivate rosa");
    clara.post(&path, &[("_clear", "instead")]).await.is(404);
}
