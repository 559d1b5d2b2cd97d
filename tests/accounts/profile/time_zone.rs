//! Times are shown in the time zone of the reader: on pages, in files and in emails.

use diesel::prelude::*;
use praxis::db::schema::users;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    account_pages_show_times_in_the_users_own_zone,
    mails_show_times_in_the_recipients_own_zone,
    an_export_has_times_in_the_users_zone_and_imports_unchanged,
    mails_to_unknown_recipients_show_the_clinics_time,
];

/// Half a world from the clinic, where it is another date for most of the day.
async fn moves_to_kiritimati(clinic: &Clinic, username: &'static str) {
    let moved = users::table.filter(users::username.eq(username));
    clinic.arrange(move |c| diesel::update(moved).set(users::time_zone.eq("Pacific/Kiritimati")).execute(c)).await.expect("a zone");
}

/// The date and time there, after that many days.
fn there(clinic: &Clinic, days: i64) -> String {
    let zone = praxis::db::Zone::named("Pacific/Kiritimati").expect("a zone");
    zone.show(clinic.app.now().plus(time::Duration::days(days)))
}

async fn account_pages_show_times_in_the_users_own_zone(clinic: Clinic) {
    clinic.stop_the_clock();
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    moves_to_kiritimati(&clinic, "rosa").await;
    clinic.sign_in("rosa").await;
    let rosa = clinic.sign_in("rosa").await;
    rosa.open("/profile").await.see(&format!("Last sign-in: {}", there(&clinic, 0)));
    rosa.open("/sessions").await.see(&there(&clinic, 0));
    let ends = there(&clinic, 30);
    rosa.fill("/tokens/new", &[("name", "Nightly export"), ("days", "30"), ("scope", "all")]).await.is(200).see(&ends);
    rosa.open("/tokens").await.see(&ends);
    rosa.open("/cookies").await.see(&there(&clinic, praxis::accounts::sign_in::known_browser::DAYS));
}

async fn mails_show_times_in_the_recipients_own_zone(clinic: Clinic) {
    clinic.stop_the_clock();
    let rosa = clinic.receptionist().await;
    moves_to_kiritimati(&clinic, "rosa").await;
    clinic.sign_in("rosa").await;
    rosa.fill("/tokens/new", &[("name", "Nightly export"), ("days", "30"), ("scope", "all")]).await.is(200);
    let asked = [("username", "rosa"), ("email", "rosa@example.org")];
    clinic.visitor().fill("/forgot-password", &asked).await;
    let kinds = ["security notice", "token notice", "password reset"];
    let mails = clinic.outbox().await;
    for kind in kinds {
        let mail = mails.iter().rfind(|mail| mail.kind == kind).unwrap_or_else(|| panic!("no {kind}"));
        let told = format!("{} (Pacific/Kiritimati)", there(&clinic, 0));
        assert!(mail.text_body.contains(&told) && mail.html_body.contains(&told), "{kind}: {}", mail.text_body);
    }
    let ends = format!("{} (Pacific/Kiritimati)", there(&clinic, 30));
    assert!(mails.iter().any(|mail| mail.text_body.contains(&ends)), "the end of the token");
}

async fn an_export_has_times_in_the_users_zone_and_imports_unchanged(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    clinic.patient("Émile Zola", owner).await;
    let at = "UPDATE patients SET created_at = '2026-11-20 23:30:00'";
    clinic.arrange(move |c| diesel::sql_query(at).execute(c)).await.expect("a time");
    let columns = [("columns", "name"), ("columns", "created_at"), ("format", "csv")];
    let taken = async || ada.post("/admin/patients/export", &columns).await.is(200).body.clone();
    assert!(taken().await.ends_with("Zola,2026-11-20 23:30\r\n"));
    moves_to_kiritimati(&clinic, "ada").await;
    assert!(taken().await.ends_with("Zola,2026-11-21 13:30\r\n"));
    ada.complete("/profile/edit", &[("time_zone", "America/New_York"), ("locale", "en-US")]).await;
    assert!(taken().await.ends_with("Zola,2026-11-20 18:30\r\n"), "a file sorts, however its reader writes times");
    // An exported time can be imported again: it is read in the time zone in which it was written.
    let joined = [("columns", "username"), ("columns", "email"), ("columns", "date_joined"), ("format", "csv")];
    let before = clinic.user_joined(owner).await;
    let file = ada.post("/admin/users/export", &joined).await;
    let wall = praxis::db::Zone::named("America/New_York").expect("a zone").wall(before);
    assert!(file.body.contains(&format!("{} {}", wall.0, &wall.1[..5])), "{}", file.body);
}

async fn mails_to_unknown_recipients_show_the_clinics_time(clinic: Clinic) {
    let ada = clinic.administrator().await;
    moves_to_kiritimati(&clinic, "ada").await;
    ada.complete("/admin/invitations", &[("email", "new@example.org")]).await.see("Invitation sent to");
    let mail = clinic.outbox().await.into_iter().rfind(|mail| mail.kind == "registration link").expect("an invitation");
    assert!(mail.text_body.contains("(UTC)"), "{}", mail.text_body);
    // The inviting administrator sees the expiry in their own time zone.
    ada.open("/admin/invitations").await.see("new@example.org").miss("(UTC)");
}
