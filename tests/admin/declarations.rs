//! The errors of a wrong declaration, and the warnings about missing indexes.

use diesel::{RunQueryDsl, sql_query};

use crate::support::Clinic;
use crate::support::binary::{praxis, told};
use crate::{facts, stories};
use praxis::clinic::doctor::Doctor;
use praxis::db::DbError;
use praxis::resource::checks::indexes;
use praxis::resource::declare::bulk_action::RecordLink;
use praxis::resource::declare::declaration::{Chart, Interval};
use praxis::resource::declare::fieldset::Fieldset;
use praxis::resource::declare::reference::OnDelete;
use praxis::resource::{Declaration, Model, Registry, Resource};

facts![every_mistake_in_a_declaration_is_reported_with_its_place];
const A: Fieldset = Fieldset { title: "A", description: "", closed: false, rows: &[&["title", "name", "specialization"], &["user_id"]] };
const B: Fieldset = Fieldset { title: "B", description: "", closed: false, rows: &[&["title", "name"]] };

stories![a_missing_index_on_a_large_table_is_reported, a_missing_unique_index_is_reported];

/// The errors when the doctors are declared differently, among the other resources.
fn told_of(change: impl FnOnce(&mut Declaration)) -> String {
    let mut declaration = Doctor::declaration();
    change(&mut declaration);
    let registry = Registry::default()
        .with_resource(Resource::declared_as::<Doctor>(declaration))
        .with::<praxis::clinic::patient::Patient>()
        .with::<praxis::clinic::assignment::Assignment>()
        .with::<praxis::accounts::user::model::User>()
        .with::<praxis::accounts::session::model::Session>()
        .with::<praxis::clinic::patient_identifier::Identifier>()
        .with::<praxis::accounts::identity::model::Identity>()
        .with::<praxis::accounts::user::group::Group>()
        .with::<praxis::accounts::user::group::Permission>()
        .with::<praxis::resource::log::entry::LogEntry>();
    praxis::resource::checks::check(&registry).join("\n")
}

type Mistake = (fn(&mut Declaration), &'static str);

fn every_mistake_in_a_declaration_is_reported_with_its_place() {
    assert_eq!(told_of(|_| {}), "");
    let mistakes: [Mistake; 20] = [
        (|own| own.list_display = &["name", "ages"], "doctor: list_display names ages, which is not a declared field"),
        (|own| own.list_display = &["name", "name"], "doctor: list_display names name twice; remove one"),
        (|own| own.list_filter = &["user_id", "specialization", "specialization"], "doctor: list_filter names specialization twice"),
        (|own| own.fieldsets = &[A, B], "doctor: fieldsets names name twice"),
        (|own| own.fieldsets = &[B], "doctor: specialization is editable but stands in no fieldset"),
        (|own| own.singular = " ", "doctor: singular is blank; give a value"),
        (|own| own.slug = "Doctors!", "doctor: at is Doctors!; use small letters, digits and hyphens"),
        (|own| own.staff.path = "doctors", "doctor: staff is at doctors; begin the address with a slash"),
        (
            |own| own.links = const { &[RecordLink::to("Rota", "/rota/{id}", "rota.view")] },
            "doctor: links, Rota: rota.view is not a permission",
        ),
        (
            |own| own.links = const { &[RecordLink::to("Rota", "/rota", "doctor.view")] },
            "doctor: links, Rota: /rota is not the address of a record",
        ),
        (
            |own| own.chart = Some(Chart { title: "New", field: "name", interval: Interval::Day }),
            "doctor: chart names name, which is not a date",
        ),
        (
            |own| own.chart = Some(Chart { title: "New", field: "born", interval: Interval::Day }),
            "doctor: chart names born, which is not a declared field",
        ),
        (|own| own.date_hierarchy = "updated_at", "doctor: date_hierarchy names updated_at, which must also be in list_filter"),
        (|own| own.search_through = &["user_id", "name"], "doctor: search_through names name, which is not a reference"),
        (|own| own.list_filter = &["specialization"], "doctor: user_id is a reference and must be in list_filter"),
        (|own| own.default_grants = &[("Cleaners", &[])], "doctor: default_grants names Cleaners, which is not a default group"),
        (|own| own.ordering = &[("born", false)], "doctor: ordering names born, which is not a declared field"),
        (|own| own.read_only = true, "doctor: name is editable, but the resource is read_only"),
        (|own| field(own, "name").range = (9, 1), "doctor: name has a range that ends before it begins"),
        (|own| field(own, "name").label = "", "doctor: name has no label; give it one"),
    ];
    for (change, expected) in mistakes {
        let told = told_of(change);
        assert!(told.contains(expected), "expected ‘{expected}’ in: {told}");
    }
    let told = told_of(|own| {
        let user = field(own, "user_id");
        user.nullable = false;
        user.reference =
            user.reference.map(|reference| praxis::resource::declare::reference::Reference { on_delete: OnDelete::SetNull, ..reference });
    });
    assert!(told.contains("doctor: user_id is set to null on deletion, but its column is not nullable"), "{told}");
    let told = told_of(|own| field(own, "user_id").reference = None);
    assert!(told.contains("search_through names user_id, which is not a reference"), "{told}");
}

fn field<'a>(own: &'a mut Declaration, name: &str) -> &'a mut praxis::resource::Field {
    own.fields.iter_mut().find(|field| field.name == name).expect("a field")
}

async fn warnings(clinic: &Clinic) -> Vec<String> {
    let app = clinic.app.clone();
    clinic.app.db.read(move |c| indexes::warnings(c, &app.registry).map_err(DbError::from)).await.expect("an answer")
}

async fn a_missing_index_on_a_large_table_is_reported(clinic: Clinic) {
    clinic.doctor("Dr Grace Hopper").await;
    clinic.arrange(|c| sql_query("DROP INDEX doctors_specialization_order").execute(c)).await.expect("one index fewer");
    assert_eq!(warnings(&clinic).await, Vec::<String>::new(), "a small table needs none");
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) \
         INSERT INTO doctors (name, specialization, search_text, created_at, updated_at) \
         SELECT 'Dr ' || i, 'Cardiology', 'dr ' || i, created_at, updated_at FROM n, doctors WHERE doctors.name = 'Dr Grace Hopper'";
    clinic.arrange(move |c| sql_query(many).execute(c)).await.expect("many doctors");
    let told = warnings(&clinic).await;
    assert_eq!(
        told,
        [
            "doctor, list_filter specialization: doctors is large and has no index that begins with specialization; add one in a \
                migration or remove the field",
            "doctor, order by specialization: doctors is large and has no index that begins with specialization; add one in a \
                migration or remove the field",
        ]
    );
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(output.status.success(), "a warning is no error: {}", self::told(&output));
    assert!(self::told(&output).contains("- Warning: doctor, list_filter specialization: "), "{}", self::told(&output));
    let ada = clinic.administrator().await;
    ada.open("/admin/system").await.see("doctors is large and has no index");
    let row = ada.open("/admin").await.all(".rows.links li").into_iter().find(|row| row.starts_with("Doctors")).expect("doctors");
    assert!(row.starts_with("Doctors 10,000+"), "{row}");
}

async fn a_missing_unique_index_is_reported(clinic: Clinic) {
    assert_eq!(warnings(&clinic).await, Vec::<String>::new());
    for index in ["users_email_key", "patient_doctor_mappings_key", "patient_access_name_order"] {
        clinic.arrange(move |c| sql_query(format!("DROP INDEX {index}")).execute(c)).await.expect("one index fewer");
    }
    let told = warnings(&clinic).await.join("\n");
    assert!(told.contains("user, email: unique_error declares it unique, but users has no unique index on it"), "{told}");
    assert!(told.contains("mapping, unique_together: patient_doctor_mappings has no unique index on two columns"), "{told}");
    assert!(
        told.contains("patient, scope: patient_access has no index on user_id, sort_key, patient_id for the order by sort_name"),
        "{told}"
    );
    let output = praxis(&clinic.database, &["check"], &[("PUBLIC_URL", "http://localhost:8000")], "");
    assert!(output.status.success() && self::told(&output).contains("Warning: user, email"), "{}", self::told(&output));
}
