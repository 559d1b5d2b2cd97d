//! From a list to a record and back: the state of the list, the records beside it, short addresses.

use crate::stories;
use crate::support::Clinic;

stories![
    a_staff_list_keeps_its_state_over_a_record,
    a_staff_list_keeps_its_page_over_a_record,
    a_record_leads_to_the_next_one_of_its_list,
    a_record_that_was_opened_otherwise_has_no_neighbours,
    a_filter_leaves_no_empty_parameters_in_the_address,
];

async fn a_staff_list_keeps_its_state_over_a_record(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    clinic.patient("Émile Zola", owner).await;
    clinic.doctor("Dr Grace Hopper").await;
    let list = "/patients?q=zola&gender=female&sort=-age";
    let record = rosa.open(list).await.attributes("td.main-cell a", "href").remove(0);
    assert!(record.contains("?list=") && !record.contains("zola"), "{record}");
    let page = rosa.open(&record).await;
    assert_eq!(page.attributes(".crumbs a", "href"), [list]);
    let edit = page.attributes(".page-head a[href*='/edit']", "href").remove(0);
    let form = rosa.open(&edit).await;
    assert!(form.attributes(".crumbs a", "href").contains(&list.to_string()));
    let back = form.attributes(".form-actions a", "href").remove(0);
    assert_eq!(rosa.open(&back).await.attributes(".crumbs a", "href"), [list], "cancelled");
    let saved = rosa.complete(&edit, &[("address", "12 Rue de Rennes")]).await;
    assert_eq!(saved.see("Émile Zola saved").attributes(".crumbs a", "href"), [list]);
    // Over the form that assigns a doctor, and over taking the doctor away again.
    let assign = page.attributes("form.card-form", "action").remove(0);
    let assigned = rosa.post(&assign, &[("doctor_id", "1")]).await;
    let assigned = rosa.open(assigned.location()).await;
    assert_eq!(assigned.see("is assigned to").attributes(".crumbs a", "href"), [list]);
    let remove = assigned.attributes("form[action*='/delete']", "action").remove(0);
    let removed = rosa.post(&remove, &[]).await;
    assert_eq!(rosa.open(removed.location()).await.attributes(".crumbs a", "href"), [list]);
    // Deleting leads to the list.
    let delete = page.attributes(".page-head a.quiet[href*='/delete']", "href").remove(0);
    assert_eq!(rosa.fill(&delete, &[]).await.location(), list);
    let undone = rosa.open(list).await.attributes(".flash form", "action").remove(0);
    rosa.post(&undone, &[]).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

/// The filter, and the page with the row that it begins after; and the last page, which is counted from the end.
async fn a_staff_list_keeps_its_page_over_a_record(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for number in 10..62 {
        clinic.patient(&format!("Person {number}"), owner).await;
    }
    let pages = rosa.open("/patients?gender=female&size=25").await.attributes(".pages a", "href");
    let (second, last) = (pages[0].clone(), pages[1].clone());
    assert!(second.contains("gender=female") && second.contains("page=2&after="), "{second}");
    assert!(last.contains("gender=female") && last.contains("page=3&before=end"), "{last}");
    for list in [second, last] {
        let shown = rosa.open(&list).await;
        let record = shown.attributes("td.main-cell a", "href").remove(0);
        let page = rosa.open(&record).await;
        assert_eq!(page.attributes(".crumbs a", "href"), std::slice::from_ref(&list));
        let edit = page.attributes(".page-head a[href*='/edit']", "href").remove(0);
        let saved = rosa.complete(&edit, &[("address", "12 Rue de Rennes")]).await;
        assert_eq!(saved.attributes(".crumbs a", "href"), std::slice::from_ref(&list));
        assert_eq!(rosa.open(&list).await.all("td.main-cell a"), shown.all("td.main-cell a"));
        let delete = page.attributes(".page-head a.quiet[href*='/delete']", "href").remove(0);
        assert_eq!(rosa.fill(&delete, &[]).await.location(), list);
        rosa.open(&list).await.see("was deleted");
    }
}

async fn a_record_leads_to_the_next_one_of_its_list(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for name in ["Anna", "Bella", "Clara", "Dora"] {
        clinic.patient(name, owner).await;
    }
    let beside = |page: &crate::support::page::Page| page.all(".neighbours a");
    // Of a list without any parameter.
    let bella = rosa.open("/patients").await.attributes("td.main-cell a", "href").remove(1);
    let page = rosa.open(&bella).await;
    assert_eq!(beside(page.see("Bella")), ["Previous : Anna", "Next : Clara"]);
    let next = page.attributes(".neighbours [rel=next]", "href").remove(0);
    assert_eq!(beside(rosa.open(&next).await.see("Clara")), ["Previous : Bella", "Next : Dora"]);
    // In the order of the list, over its pages, and only what its search finds.
    let first = rosa.open("/patients?sort=-name&size=25").await.attributes("td.main-cell a", "href").remove(0);
    assert_eq!(beside(rosa.open(&first).await.see("Dora")), ["Next : Clara"]);
    let found = rosa.open("/patients?q=ra").await.attributes("td.main-cell a", "href").remove(1);
    assert_eq!(beside(rosa.open(&found).await.see("Dora")), ["Previous : Clara"]);
    // Patients of others are not beside them.
    let colin = clinic.colleague().await;
    clinic.patient("Bert", clinic.user_id("colin").await).await;
    assert_eq!(beside(&rosa.open(&bella).await), ["Previous : Anna", "Next : Clara"]);
    let bert = colin.open("/patients").await.attributes("td.main-cell a", "href").remove(0);
    assert_eq!(beside(colin.open(&bert).await.see("Bert")), [""; 0]);
}

async fn a_record_that_was_opened_otherwise_has_no_neighbours(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    let id = clinic.patient("Anna", owner).await;
    clinic.patient("Bella", owner).await;
    for query in ["", "?list=", "?list=x", "?list=q%3Danna", "?list=https://evil.example"] {
        let page = rosa.open(&format!("/patients/{id}{query}")).await;
        assert!(!page.has(".neighbours"), "{query}");
        assert_eq!(page.attributes(".crumbs a", "href"), ["/patients"], "{query}");
    }
}

async fn a_filter_leaves_no_empty_parameters_in_the_address(clinic: Clinic) {
    let ada = clinic.administrator().await;
    for (sent, short) in [
        ("?q=&gender=female&created_at=&created_at__from=&created_at__to=", "?gender=female"),
        ("?q=zola&sort=&sort=&sort=&size=50", "?q=zola&size=50"),
        ("?q=", ""),
        // A view alone would bring its filters back.
        ("?q=&gender=&view=3", "?view=0"),
    ] {
        for path in ["/patients", "/admin/patients"] {
            assert_eq!(ada.get(&format!("{path}{sent}")).await.location(), format!("{path}{short}"));
        }
    }
    assert_eq!(ada.get("/users?q=&is_active=yes").await.location(), "/users?is_active=yes");
    ada.open("/patients?q=zola&gender=female").await.see("No results");
}
