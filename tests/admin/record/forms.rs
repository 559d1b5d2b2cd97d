//! Copies of records, fields that only some users may set, and read-only forms.

use diesel::prelude::*;
use praxis::db::schema::{doctors, group_permissions, groups, log_entries, patients, users};
use praxis::resource::access::permissions::actor;
use praxis::resource::write::writer::WriteError;
use praxis::resource::{FormErrors, Value};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    an_administrator_saves_a_record_as_new,
    a_user_without_the_right_to_add_cannot_save_as_new,
    forbidden_fields_are_ignored_and_logged,
    the_writer_refuses_changes_to_locked_fields,
    a_read_only_user_sees_every_field_as_text,
    saving_without_a_change_says_so,
    the_first_field_of_a_new_record_has_the_focus,
];

async fn saving_without_a_change_says_so(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let path = format!("/admin/doctors/{doctor}");
    ada.complete(&path, &[]).await.see("Nothing was changed.").miss("“Dr Grace Hopper” was changed");
    ada.complete(&path, &[("_continue", "1")]).await.see("Nothing was changed.");
    // A row of an inline is a change.
    let row = [("mapping-0-patient_id", patient.to_string())];
    let row = row.each_ref().map(|(name, value)| (*name, value.as_str()));
    ada.complete(&path, &row).await.see("The doctor “Dr Grace Hopper” was changed.");
    ada.complete(&path, &[("name", "Dr Grace Murray")]).await.see("The doctor “Dr Grace Murray” was changed.");
}

async fn the_first_field_of_a_new_record_has_the_focus(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let focused = |page: &crate::support::page::Page| page.attributes("[autofocus]", "name");
    for path in ["/doctors/new", "/admin/doctors/new", "/admin/groups/new"] {
        assert_eq!(focused(&ada.open(path).await), ["name"], "{path}");
        // After an error the summary takes the focus.
        assert_eq!(focused(ada.fill(path, &[]).await.is(422)), [""; 0], "{path}");
    }
    assert_eq!(focused(&ada.open(&format!("/doctors/{doctor}/edit")).await), [""; 0], "a record that is there is read first");
    // So do the other forms for somebody new.
    for (path, first) in [("/admin/invitations", "email"), ("/doctors/new/account", "name"), ("/patients/new/account", "name")] {
        assert_eq!(focused(&ada.open(path).await), [first], "{path}");
    }
    let visitor = clinic.visitor();
    let invitation = clinic.invitation(clinic.user_id("ada").await).await;
    for (path, first) in [("/register", "username"), (invitation.as_str(), "password")] {
        assert_eq!(focused(&visitor.open(path).await), [first], "{path}");
        assert_eq!(focused(visitor.fill(path, &[]).await.is(422)), [""; 0], "{path}");
    }
}

async fn an_administrator_saves_a_record_as_new(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    clinic.assignment(patient, doctor).await;
    let page = ada.complete(&format!("/admin/doctors/{doctor}"), &[("name", "Dr Alan Turing"), ("_save_as_new", "1")]).await;
    page.see("was added").see("0 assignments");
    let names = clinic.ask(|c| doctors::table.order(doctors::id).select(doctors::name).load::<String>(c)).await;
    assert_eq!(names, ["Dr Grace Hopper", "Dr Alan Turing"]);
    // Many-to-many values are copied; a unique value gets an error at its field.
    let staff = clinic.ask(|c| groups::table.filter(groups::name.eq("Staff")).select(groups::id).first::<i64>(c)).await;
    let path = format!("/admin/groups/{staff}");
    let page = ada.fill(&path, &[("_save_as_new", "1")]).await;
    assert_eq!(page.is(422).error("name"), "A group with this name already exists");
    assert_eq!(page.form().0, "/admin/groups/new");
    // The values of checkboxes are sent unchanged.
    let (_, mut data) = ada.open(&path).await.form();
    data.retain(|(name, _)| name != "name");
    data.extend([("name".to_string(), "Front desk".to_string()), ("_save_as_new".to_string(), "1".to_string())]);
    let copy: i64 =
        ada.post_pairs(&format!("{path}/edit"), &data).await.location().rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let held = |group: i64| {
        clinic.ask(move |c| group_permissions::table.filter(group_permissions::group_id.eq(group)).count().get_result::<i64>(c))
    };
    assert_eq!((held(copy).await, held(staff).await > 0), (held(staff).await, true));
    // The password of an account is not copied.
    let rosa = clinic.account("rosa", Rights::default()).await;
    let sent = [("username", "rosa2"), ("email", "rosa2@example.org"), ("_save_as_new", "1")];
    ada.complete(&format!("/admin/users/{rosa}"), &sent).await.see("set a password");
    let hash = clinic.ask(|c| users::table.filter(users::username.eq("rosa2")).select(users::password_hash).first::<String>(c)).await;
    assert_eq!(hash, "");
}

async fn a_user_without_the_right_to_add_cannot_save_as_new(clinic: Clinic) {
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let clerk = clinic.clerk("clara", &["doctor.view", "doctor.change"]).await;
    let path = format!("/admin/doctors/{doctor}");
    assert!(!clerk.open(&path).await.has("[name=_save_as_new]"));
    clerk.fill(&path, &[("name", "Dr Copy"), ("_save_as_new", "1")]).await.is(403);
    assert_eq!(clinic.ask(|c| doctors::table.count().get_result::<i64>(c)).await, 1);
}

async fn forbidden_fields_are_ignored_and_logged(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let ada = clinic.account("ada", Rights::default()).await;
    let own = clinic.user_id("rosa").await;
    let id = clinic.patient("Émile Zola", own).await;
    // The staff form has no owner; one is sent anyway.
    let sent = [("name", "Zola"), ("owner_id", &*ada.to_string()), ("created_at", "2001-01-01T00:00:00Z"), ("version", "9"), ("id", "77")];
    rosa.fill(&format!("/patients/{id}/edit"), &sent).await.is(303);
    let stored =
        clinic.ask(|c| patients::table.select((patients::id, patients::name, patients::owner_id)).first::<(i64, String, i64)>(c)).await;
    assert_eq!(stored, (id, "Zola".into(), own));
    let note = || {
        clinic.ask(|c| {
            log_entries::table
                .filter(log_entries::resource.eq("patient"))
                .order(log_entries::id.desc())
                .select(log_entries::note)
                .first::<String>(c)
        })
    };
    assert_eq!(note().await, "Read-only fields ignored: Registered by, Added.");
    // A value that equals the stored one is not reported.
    rosa.fill(&format!("/patients/{id}/edit"), &[("name", "Émile"), ("owner_id", &own.to_string())]).await.is(303);
    assert_eq!(note().await, "");
    // A locked field cannot grant permissions either.
    let clerk = clinic.clerk("clara", &["user.view", "user.change"]).await;
    let page = clerk.open(&format!("/admin/users/{ada}")).await;
    page.see("You need the permission “Can view group” to change this");
    assert!(!page.has("[name=groups]") && !page.has("[name=permissions]") && !page.has("[name=is_staff]"));
    clerk.fill(&format!("/admin/users/{ada}"), &[("phone", "1"), ("groups", "1"), ("is_staff", "on")]).await.is(303);
    let kept = clinic.ask(move |c| users::table.find(ada).select((users::phone, users::is_staff)).first::<(String, bool)>(c)).await;
    assert_eq!(kept, ("1".into(), false));
}

async fn the_writer_refuses_changes_to_locked_fields(clinic: Clinic) {
    let clara = clinic.account("clara", Rights { permissions: &["user.view", "user.change"], ..Rights::default() }).await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let app = clinic.app.clone();
    let done = clinic.app.db.write(move |c| {
        let clara = actor(c, clara)?.expect("an actor");
        let users = app.registry.get("user").expect("users");
        let values = [("is_staff", Value::Bool(true)), ("groups", Value::Many(vec![1]))].into_iter().collect();
        app.act(c, &clara, |c, writer| writer.update(c, users, rosa, values, FormErrors::default(), None))
    });
    let Err(WriteError::Invalid(errors)) = done.await else { panic!("it was written") };
    assert!(errors.of("is_staff").is_some() && errors.of("groups").is_some(), "{errors:?}");
    // The writer checks the version as well, so that no other code can forget to.
    let app = clinic.app.clone();
    let done = clinic.app.db.write(move |c| {
        let users = app.registry.get("user").expect("users");
        let write = |phone: &str, version| {
            let values = [("phone", Value::Text(phone.into()))].into_iter().collect();
            (values, version)
        };
        let system = praxis::resource::Actor::system();
        let (values, version) = write("1", Some(1));
        app.act(c, &system, |c, writer| writer.update(c, users, rosa, values, FormErrors::default(), version))?;
        let (values, version) = write("2", Some(1));
        app.act(c, &system, |c, writer| writer.update(c, users, rosa, values, FormErrors::default(), version))
    });
    let Err(WriteError::Conflict(conflict)) = done.await else { panic!("it was overwritten") };
    // The transaction was rolled back, but inside it the other change was visible.
    assert_eq!(conflict.theirs.values.at("phone"), &Value::Text("1".into()));
}

async fn a_read_only_user_sees_every_field_as_text(clinic: Clinic) {
    let owner = clinic.account("owner", Rights::default()).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", owner).await;
    let born = [
        ("date_of_birth-day", "2"),
        ("date_of_birth-month", "4"),
        ("date_of_birth-year", "1964"),
        ("age", ""),
        ("primary_doctor_id", &doctor.to_string()),
    ];
    ada.fill(&format!("/admin/patients/{patient}"), &born).await.is(303);
    let guest = clinic.clerk("guest", &["patient.view", "doctor.view", "clinic.view_all_patients"]).await;
    let page = guest.open(&format!("/admin/patients/{patient}")).await;
    page.see("Émile Zola")
        .see("You have read-only access to this patient")
        .see("2 Apr 1964")
        .see("Female")
        .see("Dr Grace Hopper")
        .see("Close")
        .miss("Save");
    assert!(!page.has("main input") && !page.has("main select") && !page.has("main textarea"));
    assert!(page.has(&format!("a[href='/admin/doctors/{doctor}']")), "what they may open is a link");
    assert!(!page.has("a[href^='/admin/users/']"), "what they may not open is none");
    guest.post(&format!("/admin/patients/{patient}/edit"), &[("name", "x")]).await.is(403);
}
