//! Who looked at a record, what a user looked at, and what patients see of it.

use diesel::prelude::*;
use praxis::db::schema::patients;
use praxis::resource::access::permissions::actor;
use praxis::resource::log::append::{Entry, append};
use praxis::resource::log::entry::LogAction;

use crate::stories;
use crate::support::Clinic;
use crate::support::page::Page;
use crate::support::people::Rights;

stories![
    who_looked_at_a_record_is_a_page,
    a_long_list_of_who_looked_has_pages,
    what_a_user_looked_at_is_a_page,
    a_patient_sees_who_looked_in_pages,
];

/// Who did something, and what.
fn rows(page: &Page) -> Vec<(String, String)> {
    page.all("tbody td.main-cell").into_iter().zip(page.all("tbody td[data-label=What]")).collect()
}

fn row(who: &str, what: &str) -> (String, String) {
    (who.into(), what.into())
}

async fn who_looked_at_a_record_is_a_page(clinic: Clinic) {
    let (ada, rosa) = (clinic.administrator().await, clinic.receptionist().await);
    let owner = clinic.user_id("rosa").await;
    let id = clinic.patient("Émile Zola", owner).await;
    let clara = clinic.clerk("clara", &["patient.view", "clinic.view_all_patients"]).await;
    rosa.open(&format!("/patients/{id}")).await.miss("Who looked");
    clinic.settle().await;
    rosa.complete(&format!("/patients/{id}/edit"), &[("phone", "+33 1 42 68 53 00")]).await.see("saved");
    clara.open(&format!("/patients/{id}")).await;
    clinic.settle().await;
    let here = format!("/patients/{id}/access");
    let record = ada.open(&format!("/patients/{id}")).await;
    assert!(record.has(&format!("a[href^='{here}']")), "{}", record.body);
    clinic.settle().await;
    let page = ada.open(&here).await;
    page.see("Who looked at").see("Émile Zola").see("127.0.0.1");
    assert_eq!(rows(&page)[..3], [row("ada", "Opened"), row("clara", "Opened"), row("rosa", "Changed")]);
    assert_eq!(rows(&page)[3], row("rosa", "Opened"));
    assert!(page.all("tbody td[data-label=Role]").contains(&"Staff".into()), "{}", page.body);
    // By person, by act and by day.
    let page = ada.open(&format!("{here}?user={owner}")).await;
    assert!(rows(&page).len() >= 2 && rows(&page).iter().all(|(who, _)| who == "rosa"), "{:?}", rows(&page));
    let page = ada.open(&format!("{here}?user={owner}&act=change&from=2001-01-01")).await;
    assert_eq!(rows(&page), [row("rosa", "Changed")]);
    let tomorrow = clinic.app.today() + time::Duration::days(2);
    ada.open(&format!("{here}?from={tomorrow}")).await.see("Nothing matches");
    let page = ada.get(&format!("{here}?to=yesterday")).await;
    page.is(422).see("Enter the last day as a date");
    assert_eq!(page.value("to"), "yesterday");
    // It is for those who may view the log, and of records that they may view.
    rosa.get(&here).await.is(403).miss("clara");
    clara.get(&here).await.is(403).miss("rosa");
    let lena = clinic.clerk("lena", &["log_entry.view", "patient.view"]).await;
    lena.get(&here).await.is(404).miss("Zola");
}

async fn a_long_list_of_who_looked_has_pages(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let id = clinic.patient("Émile Zola", rosa).await;
    let (keys, now) = (clinic.app.keys.clone(), clinic.app.now());
    let views = move |c: &mut praxis::db::Connection| {
        let rosa = actor(c, rosa)?.expect("rosa");
        for minute in 0..60 {
            let entry = Entry { id, label: "Émile Zola".into(), ..Entry::noted(LogAction::View, "patient", format!("view {minute}")) };
            append(c, &keys, &rosa, now.plus(time::Duration::minutes(minute - 60)), &[entry])?;
        }
        Ok::<_, diesel::result::Error>(())
    };
    clinic.arrange(views).await.expect("views");
    for place in [format!("/patients/{id}/access?user={rosa}&act=view"), format!("/admin/users/{rosa}/access?act=view")] {
        let page = ada.open(&place).await;
        let first = page.all("tbody td[data-label=What]");
        assert_eq!((first.len(), first[0].as_str(), first[49].as_str()), (50, "Opened: view 59", "Opened: view 10"));
        assert_eq!(page.all("nav[aria-label=Pages] a"), ["Older"]);
        let older = ada.open(&page.attributes("nav[aria-label=Pages] a", "href").remove(0)).await;
        let rest = older.all("tbody td[data-label=What]");
        assert_eq!((rest.len(), rest[0].as_str(), rest[9].as_str()), (10, "Opened: view 9", "Opened: view 0"));
        assert_eq!(older.all("nav[aria-label=Pages] a"), ["Newest"]);
        let newest = ada.open(&older.attributes("nav[aria-label=Pages] a", "href").remove(0)).await;
        assert_eq!(newest.all("tbody td[data-label=What]"), first);
    }
}

async fn what_a_user_looked_at_is_a_page(clinic: Clinic) {
    let (ada, rosa) = (clinic.administrator().await, clinic.receptionist().await);
    let owner = clinic.user_id("rosa").await;
    let id = clinic.patient("Émile Zola", owner).await;
    rosa.open("/patients?q=zola").await;
    clinic.settle().await;
    rosa.open(&format!("/patients/{id}")).await;
    clinic.settle().await;
    let here = format!("/admin/users/{owner}/access");
    let profile = ada.open(&format!("/admin/users/{owner}")).await;
    assert!(profile.has(&format!("a[href='{here}']")), "{}", profile.body);
    let page = ada.open(&here).await;
    assert_eq!(rows(&page), [row("Émile Zola", "Opened"), row("Patients", "Searched: zola")]);
    assert!(page.has(&format!("tbody a[href='/patients/{id}']")), "{}", page.body);
    assert_eq!(rows(&ada.open(&format!("{here}?act=search")).await), [row("Patients", "Searched: zola")]);
    ada.open(&format!("{here}?act=change")).await.see("Nothing matches");
    // Only records that the reader may view are links.
    let lena = clinic.clerk("lena", &["log_entry.view", "user.view"]).await;
    let page = lena.open(&here).await;
    assert!(page.see("Émile Zola").has("tbody td.main-cell") && !page.has("tbody a"), "{}", page.body);
    clinic.clerk("clara", &["user.view"]).await.get(&here).await.is(403).miss("Zola");
    rosa.get(&here).await.is(403);
}

async fn a_patient_sees_who_looked_in_pages(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let account = clinic.account("emile", Rights { groups: &["Patient"], ..Rights::default() }).await;
    let emile = clinic.sign_in("emile").await;
    emile.get("/my/access").await.is(404);
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let own = patients::user_id.eq(account);
    clinic.arrange(move |c| diesel::update(patients::table.find(id)).set(own).execute(c)).await.expect("an account");
    rosa.open(&format!("/patients/{id}")).await;
    clinic.settle().await;
    assert!(emile.open("/").await.has("a[href='/my/access']"));
    let page = emile.open("/my/access").await;
    page.see("Who looked at your record").see("Staff").miss("127.0.0.1");
    assert_eq!(rows(&page)[0], row("rosa", "Opened"));
    rosa.get("/my/access").await.is(404);
}
