//! Returning to a list in its state after editing a record.

use crate::stories;
use crate::support::Clinic;

stories![
    a_list_keeps_its_state_after_saving_or_deleting_a_record,
    a_list_keeps_its_page_after_saving_a_record,
    a_foreign_return_address_leads_to_the_list,
];

async fn a_list_keeps_its_state_after_saving_or_deleting_a_record(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    clinic.patient("Émile Zola", owner).await;
    let list = "/admin/patients?q=zola&gender=female&sort=-age";
    let record = ada.open(list).await.attributes("td.main-cell a", "href").remove(0);
    assert!(record.contains("?list=") && !record.contains("zola"), "{record}");
    let page = ada.open(&record).await;
    assert_eq!(page.attributes(".form-actions a.quiet:not(.danger)", "href"), [list], "cancel");
    assert!(page.attributes(".crumbs a", "href").contains(&list.to_string()));
    let saved = ada.fill(&record, &[("age", "41")]).await;
    assert_eq!(saved.location(), list);
    let stays = ada.fill(&record, &[("_continue", "1")]).await;
    assert_eq!(ada.fill(stays.location(), &[]).await.location(), list);
    // A form with errors keeps the return address, and so does the history.
    let wrong = ada.fill(&record, &[("name", "")]).await;
    let (action, data) = wrong.is(422).form();
    let mut data = data;
    data.retain(|(name, _)| name != "name");
    data.push(("name".into(), "Émile Zola".into()));
    assert_eq!(ada.post_pairs(&action, &data).await.location(), list);
    let history = page.attributes("a[href*='/history']", "href").remove(0);
    assert!(ada.open(&history).await.attributes(".crumbs a", "href").contains(&list.to_string()));
    let delete = page.attributes("a.danger", "href").remove(0);
    assert!(ada.open(&delete).await.attributes(".crumbs a", "href").contains(&list.to_string()));
    assert_eq!(ada.fill(&delete, &[]).await.location(), list);
    ada.open("/admin/patients?q=zola").await.see("No results");
}

async fn a_list_keeps_its_page_after_saving_a_record(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    for number in 10..62 {
        clinic.patient(&format!("Person {number}"), owner).await;
    }
    let pages = ada.open("/admin/patients?gender=female&size=25").await.attributes(".pages a", "href");
    let (second, last) = (pages[0].clone(), pages[1].clone());
    assert!(second.contains("gender=female") && second.contains("page=2&after="), "{second}");
    assert!(last.contains("gender=female") && last.contains("page=3&before=end"), "{last}");
    for list in [second, last] {
        let record = ada.open(&list).await.attributes("td.main-cell a", "href").remove(0);
        let page = ada.open(&record).await;
        assert!(page.attributes(".crumbs a", "href").contains(&list));
        assert_eq!(page.attributes(".form-actions a.quiet:not(.danger)", "href"), std::slice::from_ref(&list), "cancel");
        assert_eq!(ada.fill(&record, &[("age", "41")]).await.location(), list);
        let delete = page.attributes("a.danger", "href").remove(0);
        assert_eq!(ada.fill(&delete, &[]).await.location(), list);
        ada.open(&list).await.see("was deleted");
    }
}

async fn a_foreign_return_address_leads_to_the_list(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    for word in ["https://evil.example", "q=zola", "%2F%2Fevil", "", "AAAA"] {
        let saved = ada.fill(&format!("/admin/patients/{id}?list={word}"), &[]).await;
        assert_eq!(saved.location(), "/admin/patients", "{word}");
    }
}
