//! The start page and the global search.

use crate::stories;
use crate::support::Clinic;

stories![the_start_page_shows_a_newcomer_the_next_steps, the_search_finds_people_and_pages];

async fn the_start_page_shows_a_newcomer_the_next_steps(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/").await.see("No patients yet").see("Add the first patient").see("No doctors yet").miss("Administration");
    let ada = clinic.administrator().await;
    clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    ada.open("/").await.see("Latest patients").see("Émile Zola").see("Administration");
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
