//! The export of one's own data is complete: everything that refers to a user is included, or listed with a reason for leaving it
//! out.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;
use praxis::accounts::profile::export::tables::{LEFT_OUT, PARTS};
use praxis::db::Connection;
use praxis::db::schema::{identities, passkeys};

use crate::stories;
use crate::support::Clinic;
use crate::support::factors::set_up;

stories![a_users_data_copy_covers_every_table_that_refers_to_them, a_users_data_copy_includes_hidden_data_but_no_secrets];

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

/// Every column that refers to users, according to the database itself.
fn references(c: &mut Connection) -> QueryResult<Vec<(String, String)>> {
    let found: Vec<Reference> = match c {
        Connection::Sqlite(c) => diesel::sql_query(
            "SELECT m.name AS table_name, f.\"from\" AS column_name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.\"table\" = 'users'",
        )
        .load(c)?,
        Connection::Postgres(c) => diesel::sql_query(
            "SELECT k.table_name::text, k.column_name::text FROM information_schema.referential_constraints r \
             JOIN information_schema.key_column_usage k ON k.constraint_name = r.constraint_name \
             JOIN information_schema.constraint_column_usage u ON u.constraint_name = r.constraint_name WHERE u.table_name = 'users'",
        )
        .load(c)?,
    };
    Ok(found.into_iter().map(|one| (one.table_name, one.column_name)).collect())
}

async fn a_users_data_copy_covers_every_table_that_refers_to_them(clinic: Clinic) {
    let stored: BTreeSet<(String, String)> = clinic.ask(references).await.into_iter().collect();
    assert!(stored.len() > 15, "{stored:?}");
    let declared = clinic
        .app
        .registry
        .iter()
        .map(|resource| resource.declaration())
        .filter(|own| own.field("user_id").and_then(|field| field.reference).is_some_and(|reference| reference.resource == "user"));
    let by_user = declared.map(|own| own.table).chain(PARTS.iter().map(|part| part.table)).map(|table| (table, "user_id"));
    let left_out = LEFT_OUT.iter().map(|(table, column, why)| {
        assert!(why.len() > 20, "{table} is left out without a reason");
        (*table, *column)
    });
    let known: BTreeSet<(String, String)> =
        by_user.chain(left_out).map(|(table, column)| (table.to_string(), column.to_string())).collect();
    assert_eq!(stored, known, "tables that refer to users, and those that the copy knows of");
    // Each of them by name.
    let rosa = clinic.receptionist().await;
    assert!(rosa.open("/profile/data").await.has("form[data-download]"));
    let page = rosa.post("/profile/data", &[]).await;
    let copy: serde_json::Value = serde_json::from_str(&page.is(200).body).expect("JSON");
    for part in PARTS {
        assert!(copy[part.key].is_array(), "{} is not in the copy", part.key);
    }
}

async fn a_users_data_copy_includes_hidden_data_but_no_secrets(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let (_, codes) = set_up(&clinic, &rosa).await;
    let page = rosa.fill("/tokens/new", &[("name", "Nightly export"), ("days", "30"), ("scope", "all")]).await;
    let token = page.is(200).value_of("#token");
    let now = clinic.app.now();
    clinic
        .arrange(move |c| {
            let times = (passkeys::created_at.eq(now), passkeys::updated_at.eq(now));
            let key = (passkeys::credential_id.eq("not-for-you-1"), passkeys::credential.eq("not-for-you-2"));
            diesel::insert_into(passkeys::table).values((passkeys::user_id.eq(id), passkeys::name.eq("My key"), key, times)).execute(c)?;
            let linked = (identities::issuer.eq("https://id.example.org"), identities::subject.eq("rosa-at-id"));
            let times = (identities::created_at.eq(now), identities::updated_at.eq(now));
            diesel::insert_into(identities::table).values((identities::user_id.eq(id), linked, times)).execute(c)
        })
        .await
        .expect("a key and a linked account");
    let copy = rosa.post("/profile/data", &[]).await;
    let told: serde_json::Value = serde_json::from_str(&copy.is(200).body).expect("JSON");
    assert_eq!(told["passkeys"][0]["name"], "My key");
    assert_eq!(told["identities"][0]["subject"], "rosa-at-id");
    assert_eq!(told["api_tokens"][0]["name"], "Nightly export");
    assert_eq!(told["recovery_codes"].as_array().map(Vec::len), Some(codes.len()));
    assert_eq!(told["sign_in_apps"].as_array().map(Vec::len), Some(1));
    assert_eq!(told["groups"][0], "Staff");
    let hash = praxis::crypto::keys::digest(&token);
    for secret in [token.as_str(), &hash, "not-for-you", "_hash", codes[0].as_str()] {
        assert!(!copy.body.contains(secret), "{secret} is in the copy");
    }
}
