//! Signing in through the API, and the current user.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use praxis::accounts::throttle::attempt::{Outcome, SignIn};
use praxis::db::schema::{sign_ins, token_families, users};
use serde_json::{Value, json};

use crate::stories;
use crate::support::Clinic;
use crate::support::factors::set_up;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};

stories![
    a_program_registers_somebody_by_the_rules_of_the_form,
    a_program_signs_in_and_reads_its_user,
    missing_sign_in_fields_are_reported_by_field,
    the_api_answers_a_wrong_password_and_an_unknown_username_alike,
    the_form_and_the_api_share_one_attempt_limit,
    an_api_sign_in_is_logged_like_any_other,
    api_addresses_work_with_and_without_a_slash,
    a_program_changes_its_users_name_and_nothing_else,
    a_program_needs_the_second_step_too,
    a_program_without_a_required_second_step_opens_nothing,
];

async fn log_in(clinic: &Clinic, login: &str, password: &str) -> Page {
    clinic.program().post("/api/auth/login/", json!({ "email": login, "password": password })).await
}

fn claims(token: &str) -> Value {
    let body = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("three parts")).expect("base64");
    serde_json::from_slice(&body).expect("claims")
}

async fn a_program_signs_in_and_reads_its_user(clinic: Clinic) {
    let id = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    for login in ["rosa@example.org", "ROSA", " rosa "] {
        let answer = log_in(&clinic, login, PASSWORD).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{login}: {}", answer.body);
        assert_eq!(answer.json().as_object().map(|members| members.len()), Some(2));
    }
    let by_username = clinic.program().post("/api/auth/login/", json!({ "username": "rosa", "password": PASSWORD })).await;
    let (access, refresh) = (claims(&by_username.member("access")), claims(&by_username.member("refresh")));
    assert_eq!((&access["token_type"], &access["user_id"]), (&json!("access"), &json!(id.to_string())));
    assert_eq!((&access["email"], &access["name"]), (&json!("rosa@example.org"), &json!("rosa")));
    assert_eq!(access["exp"].as_i64().zip(access["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(3600));
    assert_eq!(refresh["exp"].as_i64().zip(refresh["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(24 * 3600));
    assert_eq!((&refresh["token_type"], refresh.get("email")), (&json!("refresh"), None));
    assert!(access["jti"] != refresh["jti"] && access["jti"].as_str().is_some_and(|jti| jti.len() == 32));
    let me = clinic.program().holding(&by_username.member("access")).me().await.json();
    assert_eq!((&me["id"], &me["username"], &me["groups"]), (&json!(id), &json!("rosa"), &json!(["Staff"])));
    let may: Vec<&str> = me["permissions"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(may.contains(&"patient.view") && !may.contains(&"user.view"), "{may:?}");
    assert!(me.get("password_hash").is_none());
    clinic.program().me().await.refuses(401, "not_authenticated");
}

async fn missing_sign_in_fields_are_reported_by_field(clinic: Clinic) {
    let program = clinic.program();
    let nothing = program.post("/api/auth/login/", json!({})).await;
    assert_eq!(nothing.is(400).json(), json!({ "email": ["This field is required."], "password": ["This field is required."] }));
    let blank = program.post("/api/auth/login/", json!({ "username": " ", "password": null })).await;
    let told = json!({ "username": ["This field may not be blank."], "password": ["This field may not be null."] });
    assert_eq!(blank.is(400).json(), told);
    program.post("/api/auth/login/", json!({ "email": ["rosa"], "password": {} })).await.is(400);
    assert!(program.post("/api/auth/login/", json!(["rosa"])).await.is(400).json().get("non_field_errors").is_some());
    for (path, name) in [("token/refresh", "refresh"), ("token/verify", "token"), ("logout", "refresh")] {
        let answer = program.post(&format!("/api/auth/{path}/"), json!({})).await;
        assert_eq!(answer.is(400).json(), json!({ name: ["This field is required."] }));
    }
    for path in ["login", "token/refresh", "token/verify", "logout"] {
        let page = program.get(&format!("/api/auth/{path}/")).await;
        assert_eq!(page.refuses(405, "method_not_allowed").header("allow"), "POST, OPTIONS", "{path}");
    }
}

async fn the_api_answers_a_wrong_password_and_an_unknown_username_alike(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let closed = clinic.account("colin", Rights::default()).await;
    clinic.arrange(move |c| diesel::update(users::table.find(closed)).set(users::is_active.eq(false)).execute(c)).await.expect("closed");
    clinic.stop_the_clock();
    let long = "x".repeat(300);
    let hashed = clinic.app.passwords.count();
    let wrong = log_in(&clinic, "rosa", "wrong-password").await;
    wrong.refuses(401, "no_active_account");
    for (login, password) in [("zoe@example.org", PASSWORD), ("colin", PASSWORD), ("rosa\0", PASSWORD), ("rosa", &long), (&long, PASSWORD)]
    {
        let other = log_in(&clinic, login, password).await;
        assert_eq!((other.status, &other.body), (401, &wrong.body), "{login}");
    }
    // A login that cannot exist costs nothing; every other one the same.
    assert_eq!(clinic.app.passwords.count() - hashed, 3);
}

async fn the_form_and_the_api_share_one_attempt_limit(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    for _ in 0..2 {
        log_in(&clinic, "rosa", "wrong-password").await.is(401);
        clinic.visitor().fill("/login", &[("username", "rosa"), ("password", "wrong-password")]).await.is(422);
    }
    log_in(&clinic, "rosa", "wrong-password").await.is(401);
    let hashed = clinic.app.passwords.count();
    let refused = log_in(&clinic, "rosa", PASSWORD).await;
    assert_eq!(refused.refuses(429, "throttled").header("retry-after"), "1");
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(429);
    assert_eq!(clinic.app.passwords.count(), hashed, "a refused try was hashed");
    clinic.wait(time::Duration::seconds(1));
    log_in(&clinic, "rosa", PASSWORD).await.is(200);
}

async fn an_api_sign_in_is_logged_like_any_other(clinic: Clinic) {
    let id = clinic.account("rosa", Rights::default()).await;
    log_in(&clinic, "rosa", "wrong-password").await.is(401);
    log_in(&clinic, "rosa", PASSWORD).await.is(200);
    let rows = clinic.ask(|c| sign_ins::table.order(sign_ins::id).load::<SignIn>(c)).await;
    let told: Vec<_> = rows.iter().map(|row| (row.user_id, row.outcome)).collect();
    assert_eq!(told, [(Some(id), Outcome::Wrong), (Some(id), Outcome::Ok)]);
    let last = clinic.ask(move |c| users::table.find(id).select(users::last_login).first::<Option<praxis::db::UtcDateTime>>(c)).await;
    assert!(last.is_some());
    // Nothing stored can be used as a token.
    let kept = clinic
        .ask(|c| token_families::table.select((token_families::family, token_families::credential)).load::<(String, String)>(c))
        .await;
    assert_eq!(kept.len(), 1);
}

async fn api_addresses_work_with_and_without_a_slash(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let answer = clinic.program().post("/api/auth/login", json!({ "email": "rosa", "password": PASSWORD })).await;
    let program = clinic.program().holding(&answer.is(200).member("access"));
    program.get("/api/auth/me").await.is(200);
    let next = program.post("/api/auth/token/refresh", json!({ "refresh": answer.member("refresh") })).await;
    program.post("/api/auth/token/verify", json!({ "token": next.is(200).member("access") })).await.is(200);
    program.post("/api/auth/logout", json!({ "refresh": next.member("refresh") })).await.is(200);
}

async fn a_program_changes_its_users_name_and_nothing_else(clinic: Clinic) {
    let id = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let rosa = clinic.program_of("rosa").await;
    let sent = json!({
        "name": "Rosa  María Franklin", "phone": "+33 1 23 45", "email": "other@example.org", "username": "root", "id": 1,
        "is_superuser": true, "is_staff": true, "groups": ["Administrator"], "permissions": ["user.view"], "password": "x", "nonsense": [],
    });
    let me = rosa.patch("/api/auth/me/", sent).await.is(200).json();
    assert_eq!(
        (&me["first_name"], &me["last_name"], &me["name"]),
        (&json!("Rosa María"), &json!("Franklin"), &json!("Rosa María Franklin"))
    );
    assert_eq!((&me["email"], &me["username"], &me["id"]), (&json!("rosa@example.org"), &json!("rosa"), &json!(id)));
    assert_eq!((&me["is_superuser"], &me["groups"], &me["phone"]), (&json!(false), &json!(["Staff"]), &json!("+33 1 23 45")));
    assert_eq!(rosa.patch("/api/auth/me/", json!({ "last_name": "" })).await.is(200).json()["name"], "Rosa María");
    for name in ["  ", "Rosa\u{0}", &"x".repeat(151)] {
        assert!(rosa.patch("/api/auth/me/", json!({ "name": name })).await.is(400).json()["name"].is_array(), "{name}");
    }
    let wrong = rosa.patch("/api/auth/me/", json!({ "phone": "1".repeat(41), "first_name": 5, "last_name": null })).await;
    assert_eq!(
        wrong.is(400).json().as_object().map(|errors| errors.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["first_name".into(), "last_name".into()])
    );
    assert!(rosa.patch("/api/auth/me/", json!({ "phone": "1".repeat(41) })).await.is(400).json()["phone"].is_array());
    assert_eq!(rosa.me().await.json()["phone"], "+33 1 23 45");
    let ada = clinic.administrator().await;
    ada.open(&format!("/admin/users/{id}/history")).await.see("Phone").see("rosa");
}

async fn a_program_registers_somebody_by_the_rules_of_the_form(clinic: Clinic) {
    let program = clinic.program();
    let sent = json!({ "name": "Rosa  Franklin", "email": " Rosa@Example.org", "password": PASSWORD, "is_superuser": true, "id": 99, "groups": ["Administrator"] });
    let made = program.post("/api/auth/register/", sent.clone()).await.is(201).json();
    assert_eq!(made, json!({ "id": made["id"], "name": "Rosa Franklin", "email": "Rosa@Example.org" }));
    let me = clinic.program_of("rosa@example.org").await.me().await.json();
    assert_eq!((&me["id"], &me["username"], &me["name"]), (&made["id"], &json!("Rosa@Example.org"), &json!("Rosa Franklin")));
    assert_eq!((&me["groups"], &me["is_superuser"], &me["is_staff"]), (&json!(["Staff"]), &json!(false), &json!(false)));
    // She can sign in with the form as well.
    let page = clinic.visitor().fill("/login", &[("username", "rosa@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/");
    let again = program.post("/api/auth/register", sent).await.is(400).json();
    assert_eq!(again.as_object().map(|errors| errors.keys().cloned().collect::<Vec<_>>()), Some(vec!["email".into()]));
    assert_eq!(again["email"].as_array().map(Vec::len), Some(1));
    let with = |name: &str, value: Value| {
        let mut sent = json!({ "name": "Colin", "email": "colin@example.org", "password": PASSWORD });
        sent[name] = value;
        sent
    };
    for (name, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(400))),
        ("name", json!(format!("{} {}", "x".repeat(75), "x".repeat(75)))),
        ("name", json!("Colin\r\nHale")),
        ("email", json!("colin")),
        ("email", json!("colin@example.org\u{0}")),
        ("email", Value::Null),
        ("password", json!("1234567")),
        ("password", json!("12345678")),
        ("password", json!("colin@example.org")),
        ("password", json!("x".repeat(300))),
        ("password", json!([PASSWORD])),
    ] {
        let told = program.post("/api/auth/register/", with(name, value.clone())).await.is(400).json();
        assert_eq!(told.as_object().map(|errors| errors.keys().cloned().collect::<Vec<_>>()), Some(vec![name.into()]), "{value}");
    }
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
    let closed = Clinic::open_with(clinic.backend, &[("REGISTRATION", "closed")]).await;
    closed.program().post("/api/auth/register/", with("name", json!("Colin"))).await.refuses(403, "registration_closed");
    closed.server.stop(false).await;
}

async fn a_program_needs_the_second_step_too(clinic: Clinic) {
    clinic.stop_the_clock();
    let rosa = clinic.receptionist().await;
    let (phone, recovery) = set_up(&clinic, &rosa).await;
    clinic.wait(time::Duration::seconds(30));
    let asked = log_in(&clinic, "rosa", PASSWORD).await;
    asked.refuses(401, "second_factor_required");
    assert_eq!(asked.json()["methods"], json!(["totp", "recovery"]));
    assert!(asked.json().get("access").is_none());
    let challenge = asked.member("challenge");
    clinic.program().holding(&challenge).me().await.refuses(401, "token_not_valid");
    let step = async |challenge: &str, code: &str| {
        clinic.program().post("/api/auth/challenge/", json!({ "challenge": challenge, "code": code })).await
    };
    step(&challenge, "000000").await.refuses(401, "second_factor_wrong");
    let code = phone.code(&clinic);
    let let_in = step(&challenge, &code).await;
    assert_eq!(let_in.status, 200, "{}", let_in.body);
    let rosas = clinic.program().holding(&let_in.member("access"));
    assert_eq!(rosas.me().await.json()["username"], "rosa");
    step(&challenge, &code).await.refuses(401, "second_factor_wrong");
    assert_eq!(step(&challenge, &recovery[0]).await.status, 200);
    step(&challenge, &recovery[0]).await.refuses(401, "second_factor_wrong");
    step(&let_in.member("access"), &recovery[1]).await.refuses(401, "token_not_valid");
    clinic.wait(time::Duration::minutes(10));
    step(&challenge, &recovery[1]).await.refuses(401, "token_not_valid");
}

async fn a_program_without_a_required_second_step_opens_nothing(clinic: Clinic) {
    use praxis::db::schema::groups;
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let rosa = clinic.program().sign_in("rosa").await;
    assert_eq!(rosa.get("/api/patients/").await.status, 200);
    let asked = diesel::update(groups::table.filter(groups::name.eq("Staff"))).set(groups::requires_second_factor.eq(true));
    clinic.arrange(move |c| asked.execute(c)).await.expect("asked for");
    clinic.wait(time::Duration::seconds(2));
    rosa.get("/api/patients/").await.refuses(403, "second_factor_setup_required");
    assert_eq!(rosa.me().await.status, 200);
}
