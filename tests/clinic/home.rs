//! The start page and the global search.

use crate::stories;
use crate::support::Clinic;

stories![
    the_start_page_shows_a_newcomer_the_next_steps,
    the_start_page_shows_what_was_opened_recently,
    reception_sees_who_was_registered_today,
    reception_sees_whose_date_of_birth_is_missing,
    the_search_finds_people_and_pages
];

async fn the_start_page_shows_a_newcomer_the_next_steps(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/").await.see("No patients yet").see("Add the first patient").see("No doctors yet").miss("Administration");
    let ada = clinic.administrator().await;
    clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    ada.open("/").await.see("Latest patients").see("Émile Zola").see("Administration");
}

async fn the_start_page_shows_what_was_opened_recently(clinic: Clinic) {
    let (rosa, ada) = (clinic.receptionist().await, clinic.administrator().await);
    let owner = clinic.user_id("rosa").await;
    let mut ids = Vec::new();
    for name in ["Émile Zola", "Maria Silva", "Ada Lovelace"] {
        ids.push(clinic.patient(name, owner).await);
    }
    rosa.open("/").await.see("My patients").miss("Recently opened");
    for id in [ids[2], ids[0]] {
        rosa.open(&format!("/patients/{id}")).await;
    }
    clinic.settle().await;
    let page = rosa.open("/").await;
    page.see("Recently opened patients");
    assert_eq!(page.all(".columns > section:first-child .rows a"), ["Émile Zola", "Ada Lovelace"], "newest first, and nothing else");
    // What is gone, or no longer theirs, is not shown.
    ada.complete(&format!("/patients/{}/delete", ids[0]), &[]).await;
    assert_eq!(rosa.open("/").await.all(".columns > section:first-child .rows a"), ["Ada Lovelace"]);
    let one = clinic.colleague().await;
    clinic.patient("Only One", clinic.user_id("colin").await).await;
    let tiles = one.open("/").await.all(".tile");
    assert!(tiles.contains(&"1 Your patient".into()), "{tiles:?}");
}

async fn reception_sees_who_was_registered_today(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    let old = clinic.patient("Émile Zola", owner).await;
    let days_ago = "UPDATE patients SET created_at = '2020-01-02 08:00:00'";
    clinic.tamper(days_ago).await;
    rosa.open("/").await.miss("registered today");
    for number in 1..=8 {
        clinic.patient(&format!("Patient {number}"), owner).await;
    }
    let page = rosa.open("/").await;
    page.see("Patients registered today (8)");
    let all = page.attributes("section:last-child .card-head a", "href").pop().expect("a link");
    rosa.open(&all).await.see("8, Patient").miss("Zola");
    let nurse = clinic.clerk("nina", &["patient.view", "clinic.view_all_patients"]).await;
    nurse.open("/").await.miss("registered today");
    assert!(old > 0);
}

async fn reception_sees_whose_date_of_birth_is_missing(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    rosa.open("/").await.miss("without a date of birth");
    let zola = clinic.patient("Émile Zola", owner).await;
    clinic.patient("Maria Silva", owner).await;
    let born = [("date_of_birth-day", "2"), ("date_of_birth-month", "4"), ("date_of_birth-year", "1964")];
    rosa.complete(&format!("/patients/{zola}/edit"), &[&born[..], &[("age", "")]].concat()).await.see("saved");
    let page = rosa.open("/").await;
    page.see("Patients without a date of birth (1)");
    let all = page.attributes("a[href*='date_of_birth']", "href").remove(0);
    rosa.open(&all).await.see("Silva, Maria").miss("Zola");
    // Those who cannot fill it in are not asked to.
    let nurse = clinic.clerk("nina", &["patient.view", "clinic.view_all_patients"]).await;
    nurse.open("/").await.miss("without a date of birth");
}

async fn the_search_finds_people_and_pages(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    clinic.doctor("Dr Emilia Weiß").await;
    let page = rosa.open("/search?q=emil").await;
    page.see("Émile Zola").see("Dr Emilia Weiß");
    assert_eq!(page.value("q"), "emil");
    rosa.open("/search?q=").await.see("Enter a name");
    rosa.open("/search?q=%00").await.see("Enter a name");
    rosa.open("/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await.see("<script>alert(1)</script>");
    rosa.open("/search?q=rosa").await.miss("Users");
    clinic.administrator().await.open("/search?q=rosa").await.see("Users");
}
