//! The care team: a patient's doctors, one of whom may be the primary doctor. Whatever changes, both views of it are equal.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use praxis::db::connection::{Purpose, open};
use praxis::db::schema::{patient_doctor_mappings, patients};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    the_primary_doctor_belongs_to_the_care_team,
    a_doctor_sees_a_patient_whose_primary_doctor_they_are,
    a_patient_goes_to_the_trash_with_the_care_team_and_comes_back,
    both_views_of_the_care_team_are_equal_whatever_changes,
    a_record_says_who_sees_it_and_why,
    whoever_is_assigned_already_is_not_offered,
    an_assignment_sent_or_removed_twice_is_one,
];

/// The doctors of the only patient, and which of them are marked.
async fn team(clinic: &Clinic) -> Vec<(i64, bool)> {
    use patient_doctor_mappings as mappings;
    clinic
        .ask(|c| {
            let live = mappings::table.filter(mappings::deleted_at.is_null()).order(mappings::doctor_id);
            live.select((mappings::doctor_id, mappings::is_primary)).load(c)
        })
        .await
}

async fn primary(clinic: &Clinic) -> Option<i64> {
    clinic.ask(|c| patients::table.select(patients::primary_doctor_id).first(c)).await
}

async fn the_primary_doctor_belongs_to_the_care_team(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let (grace, alan) = (clinic.doctor("Dr Grace Hopper").await, clinic.doctor("Dr Alan Turing").await);
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let page = format!("/patients/{patient}");
    rosa.complete(&format!("{page}/edit"), &[("primary_doctor_id", &grace.to_string())]).await;
    assert_eq!(team(&clinic).await, [(grace, true)]);
    rosa.complete(&format!("{page}/doctors/new"), &[("doctor_id", &alan.to_string())]).await;
    assert_eq!(team(&clinic).await, [(grace, true), (alan, false)]);

    let record = rosa.open(&page).await;
    record.see("Make primary Dr Alan Turing").miss("Make primary Dr Grace Hopper");
    let row = clinic.ask(move |c| mapping_of(c, alan)).await;
    rosa.post(&format!("{page}/doctors/{row}/primary"), &[]).await.is(303);
    rosa.open(&page).await.see("Dr Alan Turing is the primary doctor of Émile Zola.").see("Make primary Dr Grace Hopper");
    assert_eq!((primary(&clinic).await, team(&clinic).await), (Some(alan), vec![(grace, false), (alan, true)]));
    rosa.open(&page).await.see("Changed primary doctor");

    rosa.post(&format!("{page}/doctors/{row}/delete"), &[]).await.is(303);
    assert_eq!((primary(&clinic).await, team(&clinic).await), (None, vec![(grace, false)]));
    rosa.post(&format!("{page}/doctors/{row}/restore"), &[]).await.is(303);
    assert_eq!((primary(&clinic).await, team(&clinic).await), (Some(alan), vec![(grace, false), (alan, true)]));

    // Without a primary doctor, those who looked after the patient still do.
    rosa.complete(&format!("{page}/edit"), &[("primary_doctor_id", "")]).await;
    assert_eq!((primary(&clinic).await, team(&clinic).await), (None, vec![(grace, false), (alan, false)]));
    let other = clinic.account("ada", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let hidden = clinic.patient("Claude Monet", other).await;
    rosa.post(&format!("/patients/{hidden}/doctors/{row}/primary"), &[]).await.is(404);
}

fn mapping_of(c: &mut praxis::db::Connection, doctor: i64) -> QueryResult<i64> {
    use patient_doctor_mappings as mappings;
    mappings::table.filter(mappings::doctor_id.eq(doctor)).select(mappings::id).first(c)
}

async fn a_doctor_sees_a_patient_whose_primary_doctor_they_are(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let account = clinic.account("grace", Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let grace = clinic.doctor("Dr Grace Hopper").await;
    use praxis::db::schema::doctors;
    clinic.arrange(move |c| diesel::update(doctors::table).set(doctors::user_id.eq(account)).execute(c)).await.expect("an account");
    let doctor = clinic.sign_in("grace").await;
    doctor.get(&format!("/patients/{patient}")).await.is(404);
    rosa.complete(&format!("/patients/{patient}/edit"), &[("primary_doctor_id", &grace.to_string())]).await;
    doctor.open(&format!("/patients/{patient}")).await.see("Dr Grace Hopper");
    doctor.open("/patients").await.see("Zola, Émile");
    let why = "Visible to Groups: Administrator, Billing, Nurse, Receptionist · Registered by: rosa · Care team: Dr Grace Hopper";
    doctor.open(&format!("/patients/{patient}")).await.see(why);
    doctor.open("/patients?q=monet").await.see("No patient you can see matches");

    // Who sees a patient through the care team can take a deletion back.
    use praxis::db::schema::{group_permissions, groups, permissions};
    let more = |c: &mut praxis::db::Connection| {
        let group: i64 = groups::table.filter(groups::name.eq("Doctor")).select(groups::id).first(c)?;
        let codes: Vec<i64> = permissions::table
            .filter(permissions::codename.eq_any(vec!["patient.delete".to_string(), "mapping.delete".to_string()]))
            .select(permissions::id)
            .load(c)?;
        let now = praxis::db::UtcDateTime::parse("2026-11-30T08:00:00Z").expect("a time");
        for code in codes {
            let row = (group_permissions::group_id.eq(group), group_permissions::permission_id.eq(code));
            let times = (group_permissions::created_at.eq(now), group_permissions::updated_at.eq(now));
            diesel::insert_into(group_permissions::table).values((row, times)).execute(c)?;
        }
        Ok(1)
    };
    clinic.arrange(more).await.expect("more permissions");
    doctor.complete(&format!("/patients/{patient}/delete"), &[]).await;
    doctor.open("/patients/trash").await.see("Émile Zola");
    doctor.post(&format!("/patients/trash/{patient}/restore"), &[]).await.is(303);
    doctor.open("/patients").await.see("Zola, Émile");
}

async fn a_patient_goes_to_the_trash_with_the_care_team_and_comes_back(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let (grace, alan) = (clinic.doctor("Dr Grace Hopper").await, clinic.doctor("Dr Alan Turing").await);
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    clinic.assignment(patient, alan).await;
    rosa.complete(&format!("/patients/{patient}/edit"), &[("primary_doctor_id", &grace.to_string())]).await;
    let confirmation = rosa.open(&format!("/patients/{patient}/delete")).await;
    confirmation.see("2 assignments");
    rosa.post(&format!("/patients/{patient}/delete"), &[]).await.is(303);
    assert_eq!(team(&clinic).await, []);
    rosa.post(&format!("/patients/trash/{patient}/restore"), &[]).await.is(303);
    assert_eq!((primary(&clinic).await, team(&clinic).await), (Some(grace), vec![(grace, true), (alan, false)]));
}

#[derive(QueryableByName)]
struct Wrong {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Patients whose primary doctor is not the marked one of the team.
const WRONG: &str = "SELECT COUNT(*) AS count FROM patients WHERE deleted_at IS NULL AND COALESCE(primary_doctor_id, 0) <> COALESCE((\
     SELECT SUM(doctor_id) FROM patient_doctor_mappings AS mappings \
     WHERE mappings.patient_id = patients.id AND mappings.is_primary AND mappings.deleted_at IS NULL), 0)";

async fn both_views_of_the_care_team_are_equal_whatever_changes(clinic: Clinic) {
    let owner = clinic.account("rosa", Rights::default()).await;
    for doctor in ["Dr A", "Dr B", "Dr C", "Dr D"] {
        clinic.doctor(doctor).await;
    }
    for patient in ["One", "Two", "Three"] {
        clinic.patient(patient, owner).await;
    }
    let mut c = open(&clinic.app.settings.database_url, Purpose::Write).expect("a connection");
    let mut rng = StdRng::seed_from_u64(13);
    let mut done = 0;
    for step in 0..1_500 {
        let sql = change(&mut rng);
        // What the constraints refuse changes nothing.
        done += usize::from(sql_query(&sql).execute(&mut c).is_ok_and(|rows| rows > 0));
        let wrong: Wrong = sql_query(WRONG).get_result(&mut c).expect("a comparison");
        assert_eq!(wrong.count, 0, "step {step}: {sql}");
    }
    assert!(done > 300, "only {done} changes had an effect");
}

fn change(rng: &mut StdRng) -> String {
    let (patient, doctor, row) = (rng.random_range(1..=3), rng.random_range(1..=4), rng.random_range(1..=40));
    let yes = if rng.random_range(0..2) == 0 { "TRUE" } else { "FALSE" };
    let mapping = |rest: String| format!("UPDATE patient_doctor_mappings SET {rest} WHERE id = {row}");
    match rng.random_range(0..9) {
        0 => format!("UPDATE patients SET primary_doctor_id = {doctor} WHERE id = {patient}"),
        1 => format!("UPDATE patients SET primary_doctor_id = NULL WHERE id = {patient}"),
        2 => format!(
            "INSERT INTO patient_doctor_mappings (patient_id, doctor_id, is_primary, created_at, updated_at) \
             VALUES ({patient}, {doctor}, {yes}, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
        ),
        3 => mapping(format!("is_primary = {yes}")),
        4 => mapping("deleted_at = CURRENT_TIMESTAMP".into()),
        5 => mapping("deleted_at = NULL".into()),
        6 => mapping(format!("doctor_id = {doctor}")),
        7 => mapping(format!("patient_id = {patient}")),
        _ => format!("DELETE FROM patient_doctor_mappings WHERE id = {row}"),
    }
}

async fn a_record_says_who_sees_it_and_why(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let page = format!("/patients/{patient}");
    clinic.account("ada", Rights { is_superuser: true, is_staff: true, ..Rights::default() }).await;
    clinic.account("colin", Rights { permissions: &["clinic.view_all_patients"], ..Rights::default() }).await;
    rosa.open(&page).await.see("Registered by: rosa · Superusers: ada · By a permission of their own: colin");
    let now = clinic.app.now();
    let grant = move |c: &mut praxis::db::Connection| {
        praxis::resource::access::permissions::grant(c, "clinic.view_all_patients", &["Staff", "Doctor"], now)
    };
    clinic.arrange(grant).await.expect("as the set-up does");
    rosa.open(&page).await.see("Visible to All staff · Registered by: rosa");
    // A name from right to left does not turn the rest of the line.
    let name = "محمد علي";
    let named = diesel::update(praxis::db::schema::users::table.filter(praxis::db::schema::users::username.eq("rosa")));
    clinic.arrange(move |c| named.set(praxis::db::schema::users::first_name.eq(name)).execute(c)).await.expect("a name");
    assert!(rosa.open(&page).await.body.contains(&format!("Registered by: \u{2068}{name}\u{2069} · ")));
}

/// In the administration: in the rows on the form of a patient, and where an assignment has a form of its own.
async fn whoever_is_assigned_already_is_not_offered(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (grace, alan) = (clinic.doctor("Dr Grace Hopper").await, clinic.doctor("Dr Alan Turing").await);
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let mapping = clinic.assignment(patient, grace).await;
    let form = ada.open(&format!("/admin/patients/{patient}")).await;
    let (stored, new) = ("select[name='mapping-0-doctor_id'] option", "select[name='mapping-1-doctor_id'] option");
    assert_eq!(form.all(new), ["Choose…", "Dr Alan Turing · Cardiology"]);
    assert!(form.all(stored).contains(&"Dr Grace Hopper · Cardiology".to_string()), "the one that the row has stays");
    let asked = |q: &str| format!("/admin/mappings/new?{q}");
    let doctors = "select[name=doctor_id] option";
    assert_eq!(ada.open(&asked("")).await.all(doctors).len(), 3);
    assert_eq!(ada.open(&asked(&format!("patient_id={patient}"))).await.all(doctors), ["Choose…", "Dr Alan Turing · Cardiology"]);
    let other_end = ada.open(&asked(&format!("doctor_id={grace}"))).await;
    assert_eq!(other_end.all("select[name=patient_id] option"), ["Choose…"]);
    assert_eq!(other_end.attributes("[data-reference]", "data-beside"), ["mapping.doctor_id", "mapping.patient_id"]);
    let page =
        ada.post("/admin/mappings/new", &[("patient_id", &patient.to_string()), ("doctor_id__find", "dr"), ("_find", "doctor_id")]).await;
    assert_eq!(page.is(200).all(doctors), ["Choose…", "Dr Alan Turing · Cardiology"]);
    assert_eq!(ada.open(&format!("/admin/mappings/{mapping}")).await.value("doctor_id"), grace.to_string());
    ada.complete(&format!("/admin/mappings/{mapping}"), &[("doctor_id", &alan.to_string())]).await.see("was changed");
}

/// One form with one token, pressed twice at once and again later.
async fn an_assignment_sent_or_removed_twice_is_one(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let grace = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let record = format!("/patients/{patient}");
    let (action, mut data) = rosa.open(&record).await.form_to(&format!("{record}/doctors/new"));
    data.retain(|(name, _)| name != "doctor_id");
    data.push(("doctor_id".into(), grace.to_string()));
    let (one, two) = tokio::join!(rosa.post_pairs(&action, &data), rosa.post_pairs(&action, &data));
    let again = rosa.post_pairs(&action, &data).await;
    assert_eq!([one.location(), two.location(), again.location()], [record.as_str(); 3]);
    let page = rosa.open(&record).await;
    page.see("Dr Grace Hopper is assigned to Émile Zola.");
    assert_eq!(team(&clinic).await, [(grace, false)]);
    let remove = page.attributes("form[action$='/delete']", "action").remove(0);
    let (action, data) = page.form_to(&remove);
    let (one, two) = tokio::join!(rosa.post_pairs(&action, &data), rosa.post_pairs(&action, &data));
    assert_eq!([one.location(), two.location()], [record.as_str(); 2]);
    assert_eq!(rosa.post_pairs(&action, &data).await.location(), record);
    rosa.open(&record).await.see("Émile Zola – Dr Grace Hopper was removed.").see("No doctors assigned").see("Undo");
    assert_eq!(team(&clinic).await, []);
    // Nobody else learns that there was one.
    clinic.colleague().await.post(&action, &[]).await.is(404);
}
