//! Users, who sign in through the form.

use std::sync::OnceLock;

use diesel::prelude::*;

use super::{Browser, Clinic};
use praxis::accounts::registration::account;
use praxis::accounts::user::confirmed;
use praxis::crypto::keys::digest;
use praxis::db::DbError;
use praxis::db::schema::{groups, identities, invitations, patients, permissions};
use praxis::passwords::Passwords;
use praxis::resource::write::writer::WriteError;
use praxis::resource::{Actor, FormErrors, Value, Values};

/// The password of all users.
pub const PASSWORD: &str = "purple-otter-hums-39";

/// Hashing with production's memory would take a fifth of all the time of the tests.
pub const PASSWORD_MEMORY_KIB: u32 = 64;

/// Computed once for all users.
async fn hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return hash.clone();
    }
    let hash = Passwords::of_memory(PASSWORD_MEMORY_KIB).hash(PASSWORD.into()).await.expect("a hash");
    HASH.get_or_init(|| hash).clone()
}

/// The permissions of an account.
#[derive(Default, Clone, Copy)]
pub struct Rights<'a> {
    pub is_staff: bool,
    pub is_superuser: bool,
    pub groups: &'a [&'a str],
    pub permissions: &'a [&'a str],
}

impl Clinic {
    /// Adds an account; returns its id.
    pub async fn account(&self, username: &str, rights: Rights<'_>) -> i64 {
        let (app, hash, username) = (self.app.clone(), hash().await, username.to_string());
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (group_names, codenames) = (names(rights.groups), names(rights.permissions));
        let (is_staff, is_superuser) = (rights.is_staff, rights.is_superuser);
        let made = self.app.db.write(move |c| {
            let group_ids = groups::table.filter(groups::name.eq_any(&group_names)).select(groups::id).order(groups::id).load::<i64>(c)?;
            let permission_ids = permissions::table
                .filter(permissions::codename.eq_any(&codenames))
                .select(permissions::id)
                .order(permissions::id)
                .load::<i64>(c)?;
            assert_eq!((group_ids.len(), permission_ids.len()), (group_names.len(), codenames.len()), "{group_names:?} {codenames:?}");
            let values: Values = [
                ("username", Value::Text(username.clone())),
                ("email", Value::Text(format!("{username}@example.org"))),
                ("is_staff", Value::Bool(is_staff)),
                ("is_superuser", Value::Bool(is_superuser)),
                ("groups", Value::Many(group_ids)),
                ("permissions", Value::Many(permission_ids)),
            ]
            .into_iter()
            .collect();
            let row = app.act(c, &Actor::system(), |c, writer| account::create(c, writer, values, FormErrors::default(), &hash))?;
            confirmed::confirm(c, row.id, app.now())?;
            Ok(row)
        });
        made.await.map(|row| row.id).unwrap_or_else(|error: WriteError| panic!("{error:?}"))
    }

    /// Signs a user in through the form.
    pub async fn sign_in(&self, username: &str) -> Browser {
        let browser = self.visitor();
        let page = browser.fill("/login", &[("username", username), ("password", PASSWORD)]).await;
        assert_eq!(page.location(), "/", "{username} was not let in");
        browser
    }

    async fn member(&self, username: &str, rights: Rights<'_>) -> Browser {
        self.account(username, rights).await;
        self.sign_in(username).await
    }

    /// A superuser.
    pub async fn administrator(&self) -> Browser {
        self.member("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await
    }

    /// A receptionist: in the group Staff, without the administration.
    pub async fn receptionist(&self) -> Browser {
        self.member("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await
    }

    /// Another receptionist, with patients of their own.
    pub async fn colleague(&self) -> Browser {
        self.member("colin", Rights { groups: &["Staff"], ..Rights::default() }).await
    }

    /// A user who may open the administration and has exactly these permissions.
    pub async fn clerk(&self, username: &str, permissions: &[&str]) -> Browser {
        self.member(username, Rights { is_staff: true, permissions, ..Rights::default() }).await
    }

    /// The permissions of a group, by codename.
    pub async fn granted(&self, group: &'static str) -> Vec<String> {
        let granted = "SELECT codename FROM permissions JOIN group_permissions ON permission_id = permissions.id \
                       JOIN groups ON groups.id = group_id WHERE groups.name = ";
        self.ask(move |c| {
            use praxis::db::sql::{Bind, Sql};
            Sql::new(granted).bind(Bind::Text(Some(group.into()))).returning::<diesel::sql_types::Text>().load(c)
        })
        .await
    }

    /// Stores an open invitation; returns its path.
    pub async fn invitation(&self, user: i64) -> String {
        let (token, now) = ("a-token-that-somebody-holds", self.app.now());
        let row = (
            invitations::user_id.eq(user),
            invitations::token_hash.eq(digest(token)),
            invitations::expires_at.eq(now.plus(time::Duration::days(7))),
            invitations::created_at.eq(now),
            invitations::updated_at.eq(now),
        );
        self.arrange(move |c| diesel::insert_into(invitations::table).values(row).execute(c)).await.expect("an invitation");
        format!("/invitation/{token}")
    }

    /// Links an account at a provider to this user.
    pub async fn identity(&self, user: i64, issuer: &'static str, subject: &'static str) -> i64 {
        let now = self.app.now();
        let row = (
            identities::user_id.eq(user),
            identities::issuer.eq(issuer),
            identities::subject.eq(subject),
            identities::created_at.eq(now),
            identities::updated_at.eq(now),
        );
        self.arrange(move |c| diesel::insert_into(identities::table).values(row).returning(identities::id).get_result(c))
            .await
            .expect("linked")
    }

    /// Adds a record through the resource, as the program itself does.
    pub async fn record(&self, resource: &'static str, values: Vec<(&'static str, Value)>) -> i64 {
        let app = self.app.clone();
        let made = self.app.db.write(move |c| {
            let known = app.registry.get(resource).expect("a resource");
            app.act(c, &Actor::system(), |c, writer| writer.create(c, known, values.into_iter().collect(), FormErrors::default()))
        });
        made.await.map(|row| row.id).unwrap_or_else(|error: WriteError| panic!("{error:?}"))
    }

    pub async fn doctor(&self, name: &str) -> i64 {
        self.record("doctor", vec![("name", Value::Text(name.into())), ("specialization", Value::Text("Cardiology".into()))]).await
    }

    /// A patient who was registered by this user.
    pub async fn patient(&self, name: &str, owner: i64) -> i64 {
        let values = vec![
            ("name", Value::Text(name.into())),
            ("age", Value::Integer(40)),
            ("gender", Value::Text("female".into())),
            ("owner_id", Value::Integer(owner)),
        ];
        self.record("patient", values).await
    }

    pub async fn assignment(&self, patient: i64, doctor: i64) -> i64 {
        self.record("mapping", vec![("patient_id", Value::Integer(patient)), ("doctor_id", Value::Integer(doctor))]).await
    }

    pub async fn user_id(&self, username: &'static str) -> i64 {
        use praxis::db::schema::users;
        self.ask(move |c| users::table.filter(users::username.eq(username)).select(users::id).first(c)).await
    }

    pub async fn user_joined(&self, id: i64) -> praxis::db::UtcDateTime {
        use praxis::db::schema::users;
        self.ask(move |c| users::table.find(id).select(users::date_joined).first(c)).await
    }

    pub async fn patient_names(&self) -> Vec<String> {
        self.ask(|c| patients::table.filter(patients::deleted_at.is_null()).order(patients::name).select(patients::name).load(c)).await
    }

    /// Runs a statement that the database must refuse.
    pub async fn refuses(&self, sql: &'static str) {
        let done = self.arrange(move |c| diesel::sql_query(sql).execute(c)).await;
        assert!(matches!(done, Err(DbError::Query(_))), "the database took: {sql}");
    }
}
