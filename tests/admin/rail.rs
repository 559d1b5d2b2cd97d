//! The administration has its own menu, and calls people by name.

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![the_menu_is_replaced_in_the_administration, people_are_called_by_name, the_verbs_are_the_same_here_and_there];

const MENU: &str = "header > nav[aria-label=Main] a";

async fn the_menu_is_replaced_in_the_administration(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let outside = ada.open("/patients").await.all(MENU);
    assert!(outside.contains(&"Today".into()) && outside.contains(&"Administration".into()), "{outside:?}");
    let page = ada.open("/admin/users").await;
    let inside = page.all(MENU);
    assert_eq!(inside[..2], ["Back to the clinic", "Administration"]);
    assert_eq!(page.attributes(MENU, "href")[0], "/");
    for name in ["Patients", "Doctors", "Users"] {
        assert_eq!(inside.iter().filter(|label| *label == name).count(), 1, "{name} in {inside:?}");
    }
    assert!(!inside.contains(&"Today".into()) && !inside.contains(&"People".into()), "{inside:?}");
    assert_eq!(page.all(&format!("{MENU}[aria-current]")), ["Users"]);
}

async fn people_are_called_by_name(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("reception", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let patient = clinic.patient("Émile Zola", rosa).await;
    let page = ada.complete(&format!("/admin/users/{rosa}"), &[("first_name", "Rosa"), ("last_name", "Marin")]).await;
    page.see("The user “Rosa Marin (reception)” was changed");
    let page = ada.open(&format!("/admin/patients/{patient}")).await;
    assert_eq!(page.all("select[name=owner_id] option[selected]"), ["Rosa Marin (reception)"]);
    ada.open(&format!("/admin/users/{rosa}/delete")).await.see("Rosa Marin (reception) cannot be deleted");
    // A file names them in the same way, and the import still knows them by username.
    let file = ada.fill("/admin/patients/export?columns=name&columns=owner_id", &[]).await;
    assert!(file.text().contains("Rosa Marin (reception)"), "{}", file.text());
}

async fn the_verbs_are_the_same_here_and_there(clinic: Clinic) {
    let ada = clinic.administrator().await;
    for list in ["/patients", "/admin/patients"] {
        let page = ada.open(list).await;
        assert_eq!(page.all(".page-head .button.primary"), ["New patient"], "{list}");
    }
    ada.open("/admin/patients/new").await.see("New patient").miss("Add patient");
}
