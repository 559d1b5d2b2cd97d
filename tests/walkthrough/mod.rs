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
mod room;

mod db {
    pub use praxis::db::UtcDateTime;

    pub mod schema {
        include!("schema.rs");
    }
}

stories![
    a_new_model_has_its_pages_in_the_administration,
    a_deleted_room_is_restored,
    a_new_model_is_in_the_api,
    a_new_model_is_for_those_who_are_permitted,
];

/// The product with rooms, on a database that has the table and the permissions.
async fn with_rooms(backend: Backend) -> Clinic {
    let clinic = Clinic::open_over(backend, &[], registry().with::<room::Room>()).await;
    let up = match backend {
        Backend::Sqlite => include_str!("sqlite/up.sql"),
        Backend::Postgres => include_str!("postgres/up.sql"),
    };
    clinic.arrange(move |c| c.batch_execute(up)).await.expect("the table");
    clinic.app.migrate().expect("the permissions");
    clinic
}

async fn a_new_model_has_its_pages_in_the_administration(clinic: Clinic) {
    let clinic = with_rooms(clinic.backend).await;
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await.to_string();
    ada.open("/admin").await.see("Rooms").see("New rooms");
    assert_eq!(ada.fill("/admin/rooms/new", &[]).await.is(422).error("name"), "Enter the name");
    assert!(ada.fill("/admin/rooms/new", &[("name", "Room 12"), ("floor", "100")]).await.is(422).error("floor").contains("99"));
    ada.complete("/admin/rooms/new", &[("name", "Room 12"), ("floor", "1"), ("doctor_id", &doctor)]).await.see("was added");
    ada.complete("/admin/rooms/new", &[("name", "Theatre"), ("floor", "0")]).await.see("was added");
    let again = ada.fill("/admin/rooms/new", &[("name", "room 12"), ("floor", "2")]).await;
    assert_eq!(again.is(422).error("name"), "There is a room of this name already");

    let rooms = |query: &str| format!("/admin/rooms{query}");
    let list = ada.open(&rooms("")).await;
    assert_eq!(list.see("Dr Grace Hopper").all("td.main-cell"), ["Room 12", "Theatre"]);
    assert_eq!(ada.open(&rooms("?q=theat")).await.all("td.main-cell"), ["Theatre"]);
    assert_eq!(ada.open(&rooms("?floor__from=1")).await.all("td.main-cell"), ["Room 12"]);
    assert_eq!(ada.open(&rooms(&format!("?doctor_id={doctor}"))).await.all("td.main-cell"), ["Room 12"]);
    assert_eq!(ada.open(&rooms("?sort=-floor")).await.all("td.main-cell"), ["Room 12", "Theatre"]);

    let room = list.attributes("td.main-cell a", "href").remove(0);
    ada.complete(&room, &[("floor", "3")]).await.see("was changed");
    ada.open(&format!("{room}/history")).await.see("Floor").see("ada");
}

async fn a_deleted_room_is_restored(clinic: Clinic) {
    let clinic = with_rooms(clinic.backend).await;
    let ada = clinic.administrator().await;
    ada.complete("/admin/rooms/new", &[("name", "Room 12"), ("floor", "1")]).await;
    let room = ada.open("/admin/rooms").await.attributes("td.main-cell a", "href").remove(0);
    ada.complete(&format!("{room}/delete"), &[]).await.see("You can restore it from the trash");
    ada.get(&room).await.is(404);
    let trash = ada.open("/admin/rooms/trash").await;
    assert_eq!(trash.all("td.main-cell"), ["Room 12"]);
    // Its name can be used again while it is in the trash.
    ada.complete("/admin/rooms/new", &[("name", "Room 12"), ("floor", "2")]).await.see("was added");
    let number = room.rsplit('/').next().expect("a number");
    let restore = format!("/admin/rooms/trash/{number}/restore");
    let refused = ada.post(&restore, &[]).await;
    ada.open(refused.location()).await.see("There is a room of this name already");
    let other = ada.open("/admin/rooms").await.attributes("td.main-cell a", "href").remove(0);
    ada.complete(&other, &[("name", "Room 13")]).await;
    let restored = ada.post(&restore, &[]).await;
    ada.open(restored.location()).await.see("“Room 12” was restored");
    assert_eq!(ada.open("/admin/rooms").await.all("td.main-cell"), ["Room 12", "Room 13"]);
}

async fn a_new_model_is_in_the_api(clinic: Clinic) {
    let clinic = with_rooms(clinic.backend).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.administrator().await;
    let program = clinic.program_of("ada").await;
    assert_eq!(program.read("/api/rooms/").await, json!([]));
    let made = program.post("/api/rooms/", json!({ "name": "Room 12", "floor": 1, "doctor": doctor })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let room = made.json();
    assert_eq!((&room["name"], &room["floor"], &room["doctor"]), (&json!("Room 12"), &json!(1), &json!(doctor)));
    let wrong = program.post("/api/rooms/", json!({ "name": "room 12", "floor": -1 })).await;
    assert_eq!((wrong.status, wrong.json()["floor"].is_array()), (400, true), "{}", wrong.body);
    assert_eq!(program.read("/api/rooms/?floor__gte=1").await, json!([room]));
    assert_eq!(program.read("/api/rooms/?floor__gte=2").await, json!([]));
    let schema = program.read("/api/schema/").await;
    assert!(schema["paths"]["/api/rooms/"]["post"].is_object() && schema["components"]["schemas"]["Room"].is_object());
}

async fn a_new_model_is_for_those_who_are_permitted(clinic: Clinic) {
    let clinic = with_rooms(clinic.backend).await;
    clinic.visitor().get("/admin/rooms").await.is(303);
    let clara = clinic.clerk("clara", &["room.view"]).await;
    clara.open("/admin/rooms").await.miss("New room");
    clara.get("/admin/rooms/new").await.is(403);
    clara.post("/admin/rooms/new", &[("name", "Room 12"), ("floor", "1")]).await.is(403);
    clinic.clerk("colin", &["doctor.view"]).await.get("/admin/rooms").await.is(403);
    // The group Staff was granted the permission to view when it was new.
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let program = clinic.program_of("rosa").await;
    assert_eq!(program.read("/api/rooms/").await, json!([]));
    program.post("/api/rooms/", json!({ "name": "Room 12", "floor": 1 })).await.refuses(403, "permission_denied");
    clinic.program().get("/api/rooms/").await.refuses(401, "not_authenticated");
}
