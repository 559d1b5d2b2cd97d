//! The files that docs/adding-a-model.md shows, compiled and run. This module stands for the crate that they are written for:
//! they say `super::` where a file of `src` says `crate::`.

use diesel::connection::SimpleConnection;
use praxis::product::registry;
use serde_json::json;

use crate::stories;
use crate::support::Clinic;
use crate::support::database::Backend;
use crate::support::people::Rights;

pub use praxis::{clinic, resource};

#[allow(dead_code, reason = "in the library every field of a row is public")]
mod ward;

mod db {
    pub use praxis::db::UtcDateTime;

    pub mod schema {
        include!("schema.rs");
    }
}

stories![
    a_new_model_has_its_pages_in_the_administration,
    a_deleted_ward_is_restored,
    a_new_model_is_in_the_api,
    a_new_model_is_for_those_who_are_permitted,
];

/// The product with wards, on a database that has the table and the permissions.
async fn with_wards(backend: Backend) -> Clinic {
    let clinic = Clinic::open_over(backend, &[], registry().with::<ward::Ward>()).await;
    let up = match backend {
        Backend::Sqlite => include_str!("sqlite/up.sql"),
        Backend::Postgres => include_str!("postgres/up.sql"),
    };
    clinic.arrange(move |c| c.batch_execute(up)).await.expect("the table");
    clinic.app.migrate().expect("the permissions");
    clinic
}

async fn a_new_model_has_its_pages_in_the_administration(clinic: Clinic) {
    let clinic = with_wards(clinic.backend).await;
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await.to_string();
    ada.open("/admin").await.see("Wards").see("New wards");
    assert_eq!(ada.fill("/admin/wards/new", &[]).await.is(422).error("name"), "Enter the name");
    assert!(ada.fill("/admin/wards/new", &[("name", "Ward 12"), ("floor", "100")]).await.is(422).error("floor").contains("99"));
    ada.complete("/admin/wards/new", &[("name", "Ward 12"), ("floor", "1"), ("doctor_id", &doctor)]).await.see("was added");
    ada.complete("/admin/wards/new", &[("name", "Wing"), ("floor", "0")]).await.see("was added");
    let again = ada.fill("/admin/wards/new", &[("name", "ward 12"), ("floor", "2")]).await;
    assert_eq!(again.is(422).error("name"), "There is a ward of this name already");

    let wards = |query: &str| format!("/admin/wards{query}");
    let list = ada.open(&wards("")).await;
    assert_eq!(list.see("Dr Grace Hopper").all("td.main-cell"), ["Ward 12", "Wing"]);
    assert_eq!(ada.open(&wards("?q=wing")).await.all("td.main-cell"), ["Wing"]);
    assert_eq!(ada.open(&wards("?floor__from=1")).await.all("td.main-cell"), ["Ward 12"]);
    assert_eq!(ada.open(&wards(&format!("?doctor_id={doctor}"))).await.all("td.main-cell"), ["Ward 12"]);
    assert_eq!(ada.open(&wards("?sort=-floor")).await.all("td.main-cell"), ["Ward 12", "Wing"]);

    let ward = list.attributes("td.main-cell a", "href").remove(0);
    ada.complete(&ward, &[("floor", "3")]).await.see("was changed");
    ada.open(&format!("{ward}/history")).await.see("Floor").see("ada");
}

async fn a_deleted_ward_is_restored(clinic: Clinic) {
    let clinic = with_wards(clinic.backend).await;
    let ada = clinic.administrator().await;
    ada.complete("/admin/wards/new", &[("name", "Ward 12"), ("floor", "1")]).await;
    let ward = ada.open("/admin/wards").await.attributes("td.main-cell a", "href").remove(0);
    ada.complete(&format!("{ward}/delete"), &[]).await.see("You can restore it from the trash");
    ada.get(&ward).await.is(404);
    let trash = ada.open("/admin/wards/trash").await;
    assert_eq!(trash.all("td.main-cell"), ["Ward 12"]);
    // Its name can be used again while it is in the trash.
    ada.complete("/admin/wards/new", &[("name", "Ward 12"), ("floor", "2")]).await.see("was added");
    let number = ward.rsplit('/').next().expect("a number");
    let restore = format!("/admin/wards/trash/{number}/restore");
    let refused = ada.post(&restore, &[]).await;
    ada.open(refused.location()).await.see("There is a ward of this name already");
    let other = ada.open("/admin/wards").await.attributes("td.main-cell a", "href").remove(0);
    ada.complete(&other, &[("name", "Ward 13")]).await;
    let restored = ada.post(&restore, &[]).await;
    ada.open(restored.location()).await.see("“Ward 12” was restored");
    assert_eq!(ada.open("/admin/wards").await.all("td.main-cell"), ["Ward 12", "Ward 13"]);
}

async fn a_new_model_is_in_the_api(clinic: Clinic) {
    let clinic = with_wards(clinic.backend).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.administrator().await;
    let program = clinic.program_of("ada").await;
    assert_eq!(program.read("/api/wards/").await, json!([]));
    let made = program.post("/api/wards/", json!({ "name": "Ward 12", "floor": 1, "doctor": doctor })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let ward = made.json();
    assert_eq!((&ward["name"], &ward["floor"], &ward["doctor"]), (&json!("Ward 12"), &json!(1), &json!(doctor)));
    let wrong = program.post("/api/wards/", json!({ "name": "ward 12", "floor": -1 })).await;
    assert_eq!((wrong.status, wrong.json()["floor"].is_array()), (400, true), "{}", wrong.body);
    assert_eq!(program.read("/api/wards/?floor__gte=1").await, json!([ward]));
    assert_eq!(program.read("/api/wards/?floor__gte=2").await, json!([]));
    let schema = program.read("/api/schema/").await;
    assert!(schema["paths"]["/api/wards/"]["post"].is_object() && schema["components"]["schemas"]["Ward"].is_object());
}

async fn a_new_model_is_for_those_who_are_permitted(clinic: Clinic) {
    let clinic = with_wards(clinic.backend).await;
    clinic.visitor().get("/admin/wards").await.is(303);
    let clara = clinic.clerk("clara", &["ward.view"]).await;
    clara.open("/admin/wards").await.miss("New ward");
    clara.get("/admin/wards/new").await.is(403);
    clara.post("/admin/wards/new", &[("name", "Ward 12"), ("floor", "1")]).await.is(403);
    clinic.clerk("colin", &["doctor.view"]).await.get("/admin/wards").await.is(403);
    // The group Staff was granted the permission to view when it was new.
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let program = clinic.program_of("rosa").await;
    assert_eq!(program.read("/api/wards/").await, json!([]));
    program.post("/api/wards/", json!({ "name": "Ward 12", "floor": 1 })).await.refuses(403, "permission_denied");
    clinic.program().get("/api/wards/").await.refuses(401, "not_authenticated");
}
