//! The database itself refuses overlaps, whatever way they come.

use praxis::db::sql::Sql;
use praxis::scheduling::appointment::claims;

use super::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;

stories![
    statements_by_hand_cannot_overlap,
    a_restored_appointment_does_not_get_its_time_back_if_it_is_taken,
    claims_follow_from_appointments,
];

async fn statements_by_hand_cannot_overlap(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 10)).await);
    let desk = clinic.program_of("ada").await;
    for (name, clock) in [("A", "09:00"), ("B", "09:30"), ("C", "10:00")] {
        booked(&book(&desk, clinic.patient(name, owner).await, hopper, follow_up, &at(day, clock)).await);
    }
    let shift = match clinic.backend {
        crate::support::database::Backend::Sqlite => {
            "UPDATE appointments SET starts_at = datetime(starts_at, '-5 minutes'), ends_at = datetime(ends_at, '-5 minutes') WHERE id = 2"
        }
        crate::support::database::Backend::Postgres => {
            "UPDATE appointments SET starts_at = starts_at - interval '5 minutes', ends_at = ends_at - interval '5 minutes' WHERE id = 2"
        }
    };
    clinic.refuses(shift).await;
    clinic.refuses("UPDATE appointments SET patient_id = 1, starts_at = (SELECT starts_at FROM appointments WHERE id = 1), ends_at = (SELECT ends_at FROM appointments WHERE id = 1) WHERE id = 2").await;
    clinic.refuses("UPDATE appointments SET minutes = 40 WHERE id = 1").await;
    clinic.refuses("UPDATE appointments SET buffer_before = 200 WHERE id = 3").await;
    clinic.refuses("UPDATE claims SET is_overbooked = NOT is_overbooked").await;
    clinic.refuses("UPDATE appointments SET state = 'finished'").await;
    clinic.refuses("UPDATE appointments SET place = 1").await;
}

async fn a_restored_appointment_does_not_get_its_time_back_if_it_is_taken(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let desk = clinic.program_of("ada").await;
    let id = booked(&book(&desk, clinic.patient("A", owner).await, hopper, follow_up, &at(day, "09:00")).await);
    ada.complete(&format!("/admin/appointments/{id}/delete"), &[]).await.see("You can restore it from the trash");
    let second = booked(&book(&desk, clinic.patient("B", owner).await, hopper, follow_up, &at(day, "09:10")).await);
    let refused = ada.post(&format!("/admin/appointments/trash/{id}/restore"), &[]).await;
    let page = if refused.status == 303 { ada.open(refused.location()).await } else { refused };
    page.see("The doctor has another appointment at this time");
    ada.complete(&format!("/admin/appointments/{second}/delete"), &[]).await;
    let restored = ada.post(&format!("/admin/appointments/trash/{id}/restore"), &[]).await;
    ada.open(restored.location()).await.see("restored");
}

async fn claims_follow_from_appointments(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (5, 10)).await);
    let desk = clinic.program_of("ada").await;
    let mut ids = Vec::new();
    for (name, clock) in [("A", "09:00"), ("B", "09:30"), ("C", "10:30")] {
        ids.push(booked(&book(&desk, clinic.patient(name, owner).await, hopper, follow_up, &at(day, clock)).await));
    }
    assert_eq!(clinic.ask(|c| Sql::new("SELECT count(*) FROM claims").load_ids(c)).await, [9]);
    desk.patch(&format!("/api/appointments/{}/", ids[0]), serde_json::json!({ "state": "cancelled" })).await;
    desk.patch(&format!("/api/appointments/{}/", ids[1]), serde_json::json!({ "starts_at": at(day, "11:30") })).await;
    desk.delete(&format!("/api/appointments/{}/", ids[2])).await;
    assert_eq!(clinic.ask(|c| Sql::new("SELECT count(*) FROM claims").load_ids(c)).await, [3]);
    assert_eq!(clinic.ask(claims::differences).await, 0);
    // Whoever removes claims by hand is found out, and they are made anew.
    clinic.arrange(|c| Sql::new("DELETE FROM claims WHERE kind = 'doctor'").execute(c)).await.expect("deleted");
    assert_eq!(clinic.ask(claims::differences).await, 2);
    assert_eq!(clinic.arrange(claims::rebuild).await.expect("rebuilt"), 3);
    assert_eq!(clinic.ask(claims::differences).await, 0);
    clinic.arrange(|c| Sql::new("DELETE FROM appointments").execute(c)).await.expect("deleted");
    assert_eq!(clinic.ask(|c| Sql::new("SELECT count(*) FROM claims").load_ids(c)).await, [0]);
}
