//! Lists of users who see some of the patients.

use diesel::prelude::*;
use diesel::sql_query;
use praxis::clinic::assignment::Assignment;
use praxis::clinic::patient::Patient;
use praxis::db::schema::patients;
use praxis::resource::access::actor::Actor;
use praxis::resource::list::keyset::Seek;
use praxis::resource::{Condition, ListQuery, Resource, Test, Value};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![paging_through_ones_own_patients_leaves_none_out_in_any_order, the_trash_shows_ones_own_patients_and_their_assignments];

const PAGE: i64 = 7;

/// Every second patient of 600 is the user's own; some have the same name or were added in the same moment.
const PATIENTS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) \
    INSERT INTO patients (name, age, gender, address, owner_id, search_text, created_at, updated_at) \
    SELECT 'Patient ' || (i % 200), i % 90, CASE WHEN i % 3 = 0 THEN 'male' ELSE 'female' END, '', \
    (SELECT id FROM users WHERE username = CASE WHEN i % 2 = 0 THEN 'rosa' ELSE 'colin' END), 'patient ' || (i % 200), \
    (SELECT CASE WHEN i % 4 < 2 THEN MIN(created_at) ELSE MAX(created_at) END FROM users), updated_at FROM n, users WHERE username = 'rosa'";

async fn paging_through_ones_own_patients_leaves_none_out_in_any_order(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.account("colin", Rights::default()).await;
    clinic.arrange(|c| sql_query(PATIENTS).execute(c)).await.expect("patients");
    let actor = Actor { id: rosa, is_superuser: false, ..Actor::program("rosa") };
    let app = clinic.app.clone();
    let walk = move |c: &mut praxis::db::Connection| {
        let patients = app.registry.of::<Patient>();
        let latest: praxis::db::UtcDateTime = patients::table.select(patients::created_at).order(patients::created_at.desc()).first(c)?;
        for (field, descends) in
            [("name", false), ("name", true), ("created_at", true), ("created_at", false), ("id", false), ("age", true)]
        {
            let male = Condition { field: "gender", test: Test::In(vec![Value::Text("male".into())]) };
            let late = Condition { field: "created_at", test: Test::AtLeast(Value::DateTime(latest)) };
            for filter in [vec![], vec![male], vec![late]] {
                let query = ListQuery { conditions: filter, limit: 1_000, ..ListQuery::default() }.order_by(field, descends);
                let all: Vec<i64> = ids(patients, c, &query, None)?;
                let own: Vec<i64> = patients::table.filter(patients::owner_id.eq(rosa)).select(patients::id).load(c)?;
                let expected: Vec<i64> = all.into_iter().filter(|id| own.contains(id)).collect();
                let told = format!("{field} {descends} {:?}", query.conditions);
                assert_eq!(ids(patients, c, &query, Some(&actor))?, expected, "{told}");
                assert_eq!(patients.count(c, &query, Some(&actor))?, expected.len() as i64, "{told}");
                assert_eq!(patients.count_up_to(c, &query, 50, Some(&actor))?, 50, "{told}");
                let offset = ListQuery { limit: PAGE, offset: 30, ..query.clone() };
                assert_eq!(ids(patients, c, &offset, Some(&actor))?, expected[30..30 + PAGE as usize], "{told}");
                assert_eq!(turned(patients, c, &query, &actor, false)?, expected, "{told}");
                assert_eq!(turned(patients, c, &query, &actor, true)?, expected, "{told}");
            }
        }
        Ok(())
    };
    clinic.ask(walk).await;
}

/// All pages one after the other, each begun by the record before it; or from the last page to the first.
fn turned(patients: &Resource, c: &mut praxis::db::Connection, query: &ListQuery, actor: &Actor, backwards: bool) -> QueryResult<Vec<i64>> {
    let mut found = Vec::new();
    let mut anchor = None;
    loop {
        let page = ids(patients, c, &ListQuery { limit: PAGE, seek: Some(Seek { anchor, backwards }), ..query.clone() }, Some(actor))?;
        anchor = if backwards { page.first() } else { page.last() }.copied();
        if anchor.is_none() {
            return Ok(found);
        }
        found = if backwards { [page, found].concat() } else { [found, page].concat() };
    }
}

fn ids(resource: &Resource, c: &mut praxis::db::Connection, query: &ListQuery, scope: Option<&Actor>) -> QueryResult<Vec<i64>> {
    Ok(resource.list(c, query, scope)?.iter().map(|row| row.id).collect())
}

async fn the_trash_shows_ones_own_patients_and_their_assignments(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let colin = clinic.colleague().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let own = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let mapping = clinic.assignment(own, doctor).await;
    rosa.post(&format!("/patients/{own}/doctors/{mapping}/delete"), &[]).await.is(303);
    rosa.complete(&format!("/patients/{own}/delete"), &[]).await;
    rosa.open("/patients").await.miss("Zola, Émile");
    rosa.open("/").await.see("No patients yet");
    rosa.open("/patients/trash").await.see("Émile Zola");
    rosa.open("/patients/trash?q=zola").await.see("Émile Zola");
    colin.open("/patients/trash").await.miss("Émile Zola");
    colin.post(&format!("/patients/trash/{own}/restore"), &[]).await.is(404);
    let (app, actor) = (clinic.app.clone(), Actor { id: clinic.user_id("rosa").await, is_superuser: false, ..Actor::program("rosa") });
    let trashed = clinic
        .ask(move |c| {
            let query = ListQuery { trashed: true, limit: 10, ..ListQuery::default() };
            Ok((
                ids(app.registry.of::<Assignment>(), c, &query, Some(&actor))?,
                app.registry.of::<Patient>().count(c, &query, Some(&actor))?,
            ))
        })
        .await;
    assert_eq!(trashed, (vec![mapping], 1));
    rosa.post(&format!("/patients/trash/{own}/restore"), &[]).await.is(303);
    rosa.open("/patients").await.see("Zola, Émile");
}
