//! Registration.

use diesel::prelude::*;
use praxis::db::schema::{groups, log_entries, user_groups, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::{PASSWORD, Rights};

stories![
    a_visitor_registers_and_is_signed_in,
    a_taken_username_is_rejected_at_its_field,
    a_rejected_registration_keeps_its_input_and_lists_every_error,
    a_visitor_cannot_register_with_more_rights_than_staff,
    a_clinic_can_keep_registration_closed,
    a_signed_in_user_is_redirected_away_from_registration,
    simultaneous_registrations_of_one_username_create_one_account,
    a_setting_chooses_the_group_of_newcomers,
    a_private_clinic_does_not_reveal_accounts,
    a_network_registers_thirty_accounts_an_hour,
];

fn emile<'a>(username: &'a str, email: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("username", username),
        ("email", email),
        ("first_name", "Émile"),
        ("last_name", "Zola"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ]
}

async fn a_visitor_registers_and_is_signed_in(clinic: Clinic) {
    let visitor = clinic.visitor();
    visitor.complete("/register", &emile("emile", "Emile@Example.org")).await.see("Account created").see("Émile Zola");
    let group = clinic
        .ask(|c| {
            user_groups::table.inner_join(groups::table.on(groups::id.eq(user_groups::group_id))).select(groups::name).load::<String>(c)
        })
        .await;
    assert_eq!(group, ["Staff"]);
    let who = clinic.ask(|c| log_entries::table.select(log_entries::actor).first::<String>(c)).await;
    assert_eq!(who, "Registration");
    let mails: Vec<_> = clinic.outbox().await.into_iter().map(|mail| (mail.kind, mail.recipient, mail.subject)).collect();
    let to = "Emile@Example.org".to_string();
    assert_eq!(
        mails,
        [
            ("welcome".to_string(), to.clone(), "Welcome to your account at Praxis".to_string()),
            ("activation".to_string(), to, "Confirm your email address at Praxis".to_string())
        ]
    );
    assert_eq!(visitor.get("/register").await.location(), "/");
}

async fn a_taken_username_is_rejected_at_its_field(clinic: Clinic) {
    clinic.visitor().complete("/register", &emile("emile", "emile@example.org")).await;
    let other = clinic.visitor();
    let page = other.fill("/register", &emile("EMILE", "other@example.org")).await;
    assert_eq!(page.is(422).error("username"), "This username is taken");
    let page = other.fill("/register", &emile("zola", "EMILE@example.ORG")).await;
    assert_eq!(page.is(422).error("email"), "An account with this email address already exists");
    page.see("Sign in");
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
}

async fn a_rejected_registration_keeps_its_input_and_lists_every_error(clinic: Clinic) {
    let visitor = clinic.visitor();
    let sent = [
        ("username", "émile zola"),
        ("email", "zola@"),
        ("first_name", "<b>Émile</b>"),
        ("password", "short"),
        ("password_again", "other"),
    ];
    let page = visitor.fill("/register", &sent).await;
    page.is(422);
    assert!(page.error("email").contains("name@example.org"));
    assert!(page.error("password").contains("at least 8 characters"));
    assert_eq!(page.value("first_name"), "<b>Émile</b>");
    assert_eq!(page.value("username"), "émile zola");
    assert_eq!(page.value("password"), "", "a password is never sent back");
    let page = visitor
        .fill("/register", &[("username", "émile"), ("email", "z@example.org"), ("password", PASSWORD), ("password_again", PASSWORD)])
        .await;
    assert!(page.is(422).error("username").contains("letters from a to z"));
    let page = visitor
        .fill(
            "/register",
            &[("username", "zola"), ("email", "z@example.org"), ("password", PASSWORD), ("password_again", "another-one-39")],
        )
        .await;
    assert_eq!(page.is(422).error("password_again"), "The passwords do not match");
    let long = "x".repeat(1_000);
    visitor
        .fill("/register", &[("username", &long), ("email", "z@example.org"), ("password", &long), ("password_again", &long)])
        .await
        .is(422);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 0);
}

async fn a_visitor_cannot_register_with_more_rights_than_staff(clinic: Clinic) {
    let visitor = clinic.visitor();
    let mut sent = emile("mallory", "mallory@example.org").to_vec();
    sent.extend([("is_superuser", "on"), ("is_staff", "on"), ("groups", "3"), ("permissions", "1"), ("password_hash", "x"), ("id", "77")]);
    visitor.complete("/register", &sent).await;
    let made = clinic.ask(|c| users::table.select((users::id, users::is_superuser, users::is_staff)).first::<(i64, bool, bool)>(c)).await;
    assert_eq!((made.1, made.2), (false, false));
    assert_ne!(made.0, 77);
    visitor.get("/admin").await.is(403).see("You do not have permission");
}

async fn a_clinic_can_keep_registration_closed(clinic: Clinic) {
    let closed = Clinic::open_with(clinic.backend, &[("REGISTRATION", "closed")]).await;
    let visitor = closed.visitor();
    visitor.open("/login").await.miss("Create an account");
    visitor.get("/register").await.is(404);
    visitor.post("/register", &emile("emile", "emile@example.org")).await.is(404);
    closed.server.stop(false).await;
}

async fn a_signed_in_user_is_redirected_away_from_registration(clinic: Clinic) {
    clinic.visitor().complete("/register", &emile("emile", "emile@example.org")).await;
    let other = clinic.visitor();
    let page = other.fill("/register", &emile("emile", "emile@example.org")).await;
    assert_eq!(page.is(422).error("username"), "This username is taken");
    assert_eq!(page.error("email"), "An account with this email address already exists");
    page.see("Is this your account? Sign in , or reset your password");
    let links = page.attributes(".flash a", "href");
    assert_eq!(links, ["/login", "/forgot-password"]);
    other.open(&links[0]).await;
    other.open(&links[1]).await;
    let page = other.fill("/register", &emile("zola", "nonsense")).await;
    page.is(422).miss("Is this your account?");
}

async fn simultaneous_registrations_of_one_username_create_one_account(clinic: Clinic) {
    let (one, other) = (clinic.visitor(), clinic.visitor());
    let (first, second) = (emile("emile", "emile@example.org"), emile("Emile", "other@example.org"));
    let (first, second) = futures_util::future::join(one.fill("/register", &first), other.fill("/register", &second)).await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    let page = if first.status == 422 { first } else { second };
    assert_eq!(page.error("username"), "This username is taken");
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
    assert_eq!(clinic.outbox().await.len(), 2, "who was refused got a mail");
}

async fn a_setting_chooses_the_group_of_newcomers(clinic: Clinic) {
    for (group, joined) in [("Patient", vec!["Patient".to_string()]), ("Nobody knows", Vec::new())] {
        let clinic = Clinic::open_with(clinic.backend, &[("DEFAULT_GROUP", group)]).await;
        clinic.visitor().complete("/register", &emile("emile", "emile@example.org")).await;
        let groups = clinic
            .ask(|c| {
                let theirs = user_groups::table.inner_join(groups::table.on(groups::id.eq(user_groups::group_id)));
                theirs.select(groups::name).load::<String>(c)
            })
            .await;
        assert_eq!(groups, joined);
        clinic.server.stop(false).await;
    }
}

async fn a_private_clinic_does_not_reveal_accounts(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("REGISTRATION_PRIVATE", "true")]).await;
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    let mut answers = Vec::new();
    for email in ["emile@example.org", "ROSA@example.org"] {
        let visitor = clinic.visitor();
        visitor.open("/register").await.see("We will email you a link");
        let start = std::time::Instant::now();
        let page = visitor.fill("/register", &[("email", email)]).await;
        assert!(start.elapsed() >= std::time::Duration::from_millis(500), "the time tells");
        answers.push((page.status, page.location().to_string(), visitor.open(page.location()).await.text()));
    }
    assert!(answers[0] == answers[1] && answers[0].2.contains("Check your email"), "{answers:?}");
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1, "an account to sign in to would tell");
    let mails: Vec<_> = clinic.outbox().await.into_iter().map(|mail| (mail.kind, mail.recipient, mail.text_body)).collect();
    let told: Vec<_> = mails.iter().map(|(kind, to, _)| (kind.as_str(), to.as_str())).collect();
    assert_eq!(told, [("requested link", "emile@example.org"), ("known account", "rosa@example.org")]);
    assert!(mails[1].2.contains("Username: rosa") && mails[1].2.contains("/login"), "{}", mails[1].2);
    let page = clinic.visitor().fill("/register", &[("email", "fourth@")]).await;
    assert!(page.is(422).error("email").contains("name@example.org"));
    // Three emails an hour, whoever has the address.
    for email in ["emile@example.org", "rosa@example.org"] {
        for _ in 0..2 {
            clinic.visitor().fill("/register", &[("email", email)]).await.is(303);
        }
        let page = clinic.visitor().fill("/register", &[("email", email)]).await;
        assert_eq!(page.is(429).error("email"), "You have requested too many emails. Use the latest one, or try again in 60 minutes");
    }
    // The newest link opens the form.
    let mails = clinic.outbox().await;
    let newest = mails.iter().rfind(|mail| mail.kind == "requested link").expect("a mail");
    let link = newest.text_body.lines().find(|line| line.contains("/register/")).expect("a link");
    let path = link.strip_prefix(clinic.app.settings.public_url.as_str().trim_end_matches('/')).expect("our address");
    let visitor = clinic.visitor();
    visitor.complete(path, &emile("emile", "mallory@example.org")).await.see("Account created").miss("not confirmed yet");
    let made = clinic.ask(|c| users::table.filter(users::username.eq("emile")).select(users::email).first::<String>(c)).await;
    assert_eq!(made, "emile@example.org");
    clinic.server.stop(false).await;
}

async fn a_network_registers_thirty_accounts_an_hour(clinic: Clinic) {
    clinic.stop_the_clock();
    let count = "INSERT INTO codes (purpose, budget, code_hash, browser, network, expires_at, created_at, updated_at) SELECT 'activation', \
         'user 0', codes.code_hash, codes.browser, codes.network, codes.expires_at, codes.created_at, codes.updated_at FROM codes";
    clinic.visitor().complete("/register", &emile("emile", "emile@example.org")).await;
    for _ in 0..5 {
        clinic.arrange(move |c| diesel::sql_query(count).execute(c)).await.expect("codes");
    }
    let page = clinic.visitor().fill("/register", &emile("zola", "zola@example.org")).await;
    page.is(429).see("Too many accounts were created from your network. Try again in 60 minutes");
    assert_eq!((page.value("username").as_str(), page.header("retry-after")), ("zola", "3600"));
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
    assert_eq!(clinic.outbox().await.len(), 2);
}
