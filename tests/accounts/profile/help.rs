//! The page that helps: the keyboard, undoing, and whom to ask.

use diesel::prelude::*;
use praxis::db::schema::{patients, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![a_receptionist_finds_help, a_patient_asks_the_reception];

async fn a_receptionist_finds_help(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.administrator().await;
    let boss = clinic.account("boss", Rights { is_superuser: true, ..Rights::default() }).await;
    let gone = clinic.account("gone", Rights { is_superuser: true, ..Rights::default() }).await;
    let named = move |c: &mut praxis::db::Connection| {
        diesel::update(users::table.find(boss)).set((users::first_name.eq("Ines"), users::last_name.eq("Lima"))).execute(c)?;
        diesel::update(users::table.find(gone)).set(users::is_active.eq(false)).execute(c)
    };
    clinic.arrange(named).await.expect("names");
    // By the palette and by the search.
    assert!(rosa.get("/palette?q=help").await.body.contains("\"href\":\"/help\""));
    assert!(rosa.open("/search?q=help").await.attributes(".rows a", "href").contains(&"/help".to_string()));
    let page = rosa.open("/help").await;
    page.see("Ctrl K").see("Undo").see("stay in the trash for 30 days");
    let asked = page.all("main li bdi");
    assert_eq!(asked, ["ada", "Ines Lima"]);
    for href in page.attributes("main .card a", "href") {
        rosa.open(&href).await;
    }
    assert!(clinic.visitor().get("/help").await.location().starts_with("/login"));
    let forever = Clinic::open_with(clinic.backend, &[("TRASH_DAYS", "0")]).await;
    forever.receptionist().await.open("/help").await.see("Deleted records stay in the trash.").see("Ask an administrator");
    forever.server.stop(false).await;
}

/// They learn no names of the staff, and have no records to restore.
async fn a_patient_asks_the_reception(clinic: Clinic) {
    clinic.administrator().await;
    let account = clinic.account("emile", Rights { groups: &["Patient"], ..Rights::default() }).await;
    let zola = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let own = diesel::update(patients::table.find(zola)).set(patients::user_id.eq(account));
    clinic.arrange(move |c| own.execute(c)).await.expect("their record");
    let emile = clinic.sign_in("emile").await;
    let page = emile.open("/help").await;
    page.see("Ask the reception").see("Change your password").miss("Trash").miss("administrators");
    assert_eq!(page.all("main li bdi"), [""; 0]);
}
