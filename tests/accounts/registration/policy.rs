//! Who may create an account, as the clinic decides after its set-up.

use diesel::prelude::*;
use praxis::db::schema::clinic_settings;
use praxis::settings::Registration;

use crate::stories;
use crate::support::Clinic;

stories![a_superuser_decides_who_may_register, the_setting_decides_before_the_clinic];

async fn stored(clinic: &Clinic) -> Vec<String> {
    clinic.ask(|c| clinic_settings::table.select(clinic_settings::registration).load(c)).await
}

async fn a_superuser_decides_who_may_register(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let path = "/admin/registration";
    ada.open("/admin").await.see("Registration");
    let page = ada.post(path, &[]).await;
    assert_eq!(page.is(422).error("registration"), "Choose who may create an account");
    for choice in ["closed", "open", "invitation"] {
        ada.complete(path, &[("registration", choice)]).await.see("Registration saved.");
        assert_eq!(stored(&clinic).await, [choice]);
        assert_eq!(clinic.app.decided.get().and_then(|known| known.registration), Registration::parse(choice));
        assert!(ada.open(path).await.has(&format!("input[name=registration][value={choice}][checked]")));
    }
    ada.open("/admin/log").await.see("Registration: closed").see("Registration: open");
    let clara = clinic.clerk("clara", &["user.view", "user.add"]).await;
    clara.get(path).await.is(403);
    clara.post(path, &[("registration", "open")]).await.is(403);
    assert_eq!(stored(&clinic).await, ["invitation"]);
}

async fn the_setting_decides_before_the_clinic(clinic: Clinic) {
    let fixed = Clinic::open_with(clinic.backend, &[("REGISTRATION", "closed")]).await;
    let ada = fixed.administrator().await;
    let page = ada.open("/admin/registration").await;
    assert!(!page.see("The setting REGISTRATION decides: closed.").has("input[name=registration]"));
    ada.post("/admin/registration", &[("registration", "open")]).await.is(404);
    assert_eq!(stored(&fixed).await, [""; 0]);
    fixed.server.stop(false).await;
}
