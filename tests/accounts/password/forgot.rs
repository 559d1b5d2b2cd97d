//! Forgotten passwords: a code by email, and a new password for whoever can read it.

use diesel::prelude::*;
use praxis::db::schema::{codes, log_entries, mails, sessions, sign_ins, users};
use time::Duration;

use crate::stories;
use crate::support::mail_server::MailServer;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    a_user_who_forgot_their_password_sets_a_new_one,
    a_reset_request_reveals_no_account_and_mails_only_the_owner,
    a_wrong_reset_code_reveals_no_account,
    a_reset_code_works_only_in_the_browser_that_requested_it,
    a_rejected_password_does_not_use_up_the_reset_code,
    a_reset_code_ends_when_the_account_changes,
    a_reset_code_used_by_sixty_four_at_once_sets_one_password,
    frequent_reset_requests_have_to_wait,
    guessed_reset_codes_count_against_the_networks_limit,
    malformed_reset_forms_break_nothing,
];
stories![Smtp: a_reset_code_arrives_through_a_real_mail_server];

const NEW: &str = "seven-green-kettles";

async fn ask(browser: &Browser, username: &str, email: &str) -> Page {
    browser.fill("/forgot-password", &[("username", username), ("email", email)]).await
}

async fn set(browser: &Browser, code: &str, password: &str) -> Page {
    browser.fill("/reset-password", &[("code", code), ("password", password), ("password_again", password)]).await
}

/// The code in the newest email to an address.
async fn code_for(clinic: &Clinic, address: &str) -> String {
    let mail = clinic.outbox().await.into_iter().rfind(|mail| mail.recipient == address).expect("a mail");
    let code = mail.text_body.lines().find_map(|line| line.strip_prefix("    ")).expect("a code").to_string();
    assert!(mail.html_body.contains(&code) && !mail.subject.contains(&code));
    code
}

async fn a_user_who_forgot_their_password_sets_a_new_one(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let visitor = clinic.visitor().saying("user-agent", agent);
    visitor.open("/login").await.see("Forgot your password?");
    assert_eq!(ask(&visitor, "ROSA", " Rosa@Example.org ").await.location(), "/reset-password");
    visitor.open("/reset-password").await.see("If the username and the address match an account").see("10 minutes");
    let mail = clinic.outbox().await.pop().expect("a mail");
    assert_eq!((mail.kind.as_str(), mail.recipient.as_str()), ("password reset", "rosa@example.org"));
    assert_eq!(mail.subject, "Reset your password at Praxis");
    for part in [&mail.text_body, &mail.html_body] {
        assert!(part.contains("Firefox on Linux") && part.contains("127.0.0.1") && part.contains("Praxis"), "{part}");
        assert!(!part.contains("http://127.0.0.1"), "no link goes with a code for a password: {part}");
    }
    let code = code_for(&clinic, "rosa@example.org").await;
    let page = set(&visitor, "00000-00000", NEW).await;
    assert_eq!(page.is(422).error("code"), "The code is incorrect. You have 4 attempts left");
    assert_eq!((page.value("code").as_str(), page.value("password").as_str()), ("00000-00000", ""));
    let typed = code.to_lowercase().replace('-', " ");
    let page = set(&visitor, &typed, NEW).await;
    assert_eq!(page.location(), "/login");
    visitor.open("/login").await.see("Password set. Sign in with it.");
    assert!(visitor.get("/").await.location().starts_with("/login"), "a code lets nobody in");
    assert!(rosa.get("/").await.location().starts_with("/login"), "the old session lives on");
    assert_eq!(clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(id)).count().get_result::<i64>(c)).await, 0);
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(422);
    visitor.complete("/login", &[("username", "rosa"), ("password", NEW)]).await;

    let notice = clinic.outbox().await.into_iter().rfind(|mail| mail.kind == "password notice").expect("a notice");
    assert_eq!((notice.kind.as_str(), notice.subject.as_str()), ("password notice", "Your password was changed at Praxis"));
    assert!(notice.text_body.contains("Firefox on Linux") && !notice.text_body.contains("http") && !notice.html_body.contains("href"));
    let logged = clinic
        .ask(|c| {
            let changed = log_entries::table.filter(log_entries::action.eq("change")).order(log_entries::id.desc());
            let columns = (log_entries::actor, log_entries::actor_id, log_entries::note, log_entries::changes, log_entries::ip);
            changed.select(columns).first::<(String, Option<i64>, String, String, String)>(c)
        })
        .await;
    assert_eq!((logged.0.as_str(), logged.1, logged.4.as_str()), ("rosa", Some(id), "127.0.0.1"));
    assert!(logged.2.contains("code") && logged.3.contains("\"changed\"") && !logged.3.contains("argon2"), "{logged:?}");
    assert_eq!(
        set(&clinic.visitor(), &code, "nine-purple-tables").await.is(422).error("code"),
        "This code has expired or been used. Request a new one"
    );
}

async fn a_reset_request_reveals_no_account_and_mails_only_the_owner(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.account("colin", Rights::default()).await;
    clinic.account("ines", Rights::default()).await;
    let closed = "UPDATE users SET is_active = FALSE WHERE username = 'colin'";
    let social = "UPDATE users SET password_hash = '' WHERE username = 'ines'";
    clinic
        .arrange(move |c| [closed, social].iter().try_for_each(|sql| diesel::sql_query(*sql).execute(c).map(|_| ())))
        .await
        .expect("changed");
    let mut answers = Vec::new();
    for (username, email) in [
        ("rosa", "rosa@example.org"),
        ("rosa", "colin@example.org"),
        ("colin", "colin@example.org"),
        ("ines", "ines@example.org"),
        ("zoe", "zoe@example.org"),
        ("rosa@example.org", "rosa@example.org"),
    ] {
        let visitor = clinic.visitor();
        let hashed = clinic.app.passwords.count();
        let page = ask(&visitor, username, email).await;
        assert_eq!(clinic.app.passwords.count(), hashed, "asking hashes nothing");
        answers.push((page.status, page.location().to_string(), visitor.open("/reset-password").await.text()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let sent = clinic.ask(|c| mails::table.select(mails::recipient).load::<String>(c)).await;
    assert_eq!(sent, ["rosa@example.org"]);
    let kept = clinic.ask(|c| codes::table.order(codes::id).select((codes::user_id, codes::budget)).load::<(Option<i64>, String)>(c)).await;
    assert_eq!(kept.iter().filter(|(user, _)| user.is_some()).count(), 1);
    assert!(kept.len() == 6 && kept.iter().all(|(_, budget)| budget.len() == kept[0].1.len() && !budget.contains("zoe")), "{kept:?}");
}

async fn a_wrong_reset_code_reveals_no_account(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let mut told = Vec::new();
    for username in ["rosa", "zoe"] {
        let visitor = clinic.visitor();
        ask(&visitor, username, &format!("{username}@example.org")).await;
        let mut words = Vec::new();
        for _ in 0..6 {
            let hashed = clinic.app.passwords.count();
            let page = set(&visitor, "AAAAA-AAAAA", NEW).await;
            words.push((page.is(422).error("code"), page.text(), clinic.app.passwords.count() - hashed));
            clinic.wait(Duration::minutes(1));
        }
        words.push((set(&visitor, "what?", NEW).await.is(422).error("code"), String::new(), 0));
        told.push(words);
        clinic.wait(Duration::minutes(2));
    }
    assert_eq!(told[0], told[1]);
    let words: Vec<_> = told[0].iter().map(|(words, ..)| words.as_str()).collect();
    assert!(
        words[0].contains("4 attempts left") && words[3].contains("1 attempt left") && words[4].contains("has expired or been used"),
        "{words:?}"
    );
    assert_eq!(words[6], "Enter the 10-character code from the email");
}

async fn a_reset_code_works_only_in_the_browser_that_requested_it(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let (rosa, mallory) = (clinic.visitor(), clinic.visitor());
    ask(&rosa, "rosa", "rosa@example.org").await;
    let code = code_for(&clinic, "rosa@example.org").await;
    assert!(set(&mallory, &code, NEW).await.is(422).error("code").contains("has expired or been used"));
    // Mallory requests a code for her own account, and types Rosa's code there.
    ask(&mallory, "mallory", "mallory@example.org").await;
    assert!(set(&mallory, &code, NEW).await.is(422).error("code").contains("4 attempts left"));
    // She requests one for Rosa: the email goes to Rosa, and the earlier code is revoked.
    ask(&mallory, "rosa", "rosa@example.org").await;
    assert!(set(&rosa, &code, NEW).await.is(422).error("code").contains("has expired or been used"));
    let newer = code_for(&clinic, "rosa@example.org").await;
    assert!(set(&rosa, &newer, NEW).await.is(422).error("code").contains("has expired or been used"), "it belongs to the other browser");
    ask(&rosa, "rosa", "rosa@example.org").await;
    let own = code_for(&clinic, "rosa@example.org").await;
    clinic.wait(Duration::minutes(10));
    assert!(set(&rosa, &own, NEW).await.is(422).error("code").contains("has expired or been used"));
    clinic.sign_in("rosa").await;
}

async fn a_rejected_password_does_not_use_up_the_reset_code(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let rosa = clinic.visitor();
    ask(&rosa, "rosa", "rosa@example.org").await;
    let code = code_for(&clinic, "rosa@example.org").await;
    for (password, words) in [("short", "at least"), ("password1234", "too easy to guess"), ("839201746583920174658", "digits")] {
        let page = set(&rosa, &code, password).await;
        assert!(page.is(422).error("password").contains(words), "{}", page.text());
    }
    let page = rosa.fill("/reset-password", &[("code", &code), ("password", NEW), ("password_again", "another-one-39")]).await;
    assert_eq!(page.is(422).error("password_again"), "The passwords do not match");
    let page = rosa.fill("/reset-password", &[]).await;
    assert_eq!(page.is(422).error("code"), "Enter the code we emailed you");
    // That a password resembles its owner is reported only to somebody with the code.
    let alike = "rosa@example.org-1";
    assert!(set(&rosa, "00000-00000", alike).await.is(422).error("code").contains("4 attempts left"));
    assert!(set(&rosa, &code, alike).await.is(422).error("password").contains("too similar to your email address"));
    assert_eq!(set(&rosa, &code, NEW).await.location(), "/login");
    rosa.complete("/login", &[("username", "rosa"), ("password", NEW)]).await;
}

async fn a_reset_code_ends_when_the_account_changes(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.account("rosa", Rights::default()).await;
    let ended = async |visitor: &Browser, code: &str| {
        assert!(set(visitor, code, "nine-purple-tables").await.is(422).error("code").contains("has expired or been used"));
    };
    let asked = async |address: &str| {
        clinic.wait(Duration::hours(25));
        let visitor = clinic.visitor();
        ask(&visitor, "rosa", address).await;
        let code = code_for(&clinic, address).await;
        (visitor, code)
    };
    let (visitor, code) = asked("rosa@example.org").await;
    clinic.sign_in("rosa").await;
    ended(&visitor, &code).await;
    let (visitor, code) = asked("rosa@example.org").await;
    let ada_again = clinic.sign_in("ada").await;
    ada_again.complete(&format!("/users/{id}/password"), &[("password", NEW), ("password_again", NEW)]).await;
    ended(&visitor, &code).await;
    let (visitor, code) = asked("rosa@example.org").await;
    let ada_again = clinic.sign_in("ada").await;
    ada_again.complete(&format!("/admin/users/{id}"), &[("email", "rosa.b@example.org")]).await;
    ended(&visitor, &code).await;
    let (visitor, code) = asked("rosa.b@example.org").await;
    clinic
        .arrange(move |c| diesel::update(users::table.filter(users::id.eq(id))).set(users::is_active.eq(false)).execute(c))
        .await
        .expect("closed");
    ended(&visitor, &code).await;
    drop(ada);
}

async fn a_reset_code_used_by_sixty_four_at_once_sets_one_password(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    let rosa = clinic.visitor();
    ask(&rosa, "rosa", "rosa@example.org").await;
    let code = code_for(&clinic, "rosa@example.org").await;
    let token = rosa.token().await;
    let tries = (0..64).map(|number| {
        let password = format!("{NEW}-{number}");
        let data = [("csrf_token", token.clone()), ("code", code.clone()), ("password", password.clone()), ("password_again", password)];
        let data: Vec<(String, String)> = data.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        let browser = rosa.clone().saying("x-forwarded-for", &format!("203.0.113.{number}"));
        async move { browser.post_pairs("/reset-password", &data).await.status }
    });
    let statuses = futures_util::future::join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 303 | 422 | 429 | 503)), "{statuses:?}");
    let set = clinic.ask(|c| log_entries::table.filter(log_entries::changes.like("%changed%")).count().get_result::<i64>(c)).await;
    assert_eq!(set, 1);
    clinic.server.stop(false).await;
}

async fn frequent_reset_requests_have_to_wait(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    let mut told = Vec::new();
    for username in ["rosa", "zoe"] {
        let email = format!("{username}@example.org");
        for _ in 0..3 {
            ask(&clinic.visitor(), username, &email).await.is(303);
        }
        let page = ask(&clinic.visitor(), username, &email).await;
        page.is(429).see("Too many attempts. Check your inbox for an earlier email, or try again in 60 minutes");
        assert_eq!((page.value("username"), page.value("email")), (username.to_string(), email));
        told.push((page.header("retry-after").to_string(), page.all(".error-summary li")));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].0, "3600");
    assert_eq!(clinic.outbox().await.len(), 3);
}

async fn guessed_reset_codes_count_against_the_networks_limit(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    for number in 0..20 {
        clinic.visitor().fill("/login", &[("username", &format!("nobody{number}")), ("password", "wrong-password")]).await.is(422);
    }
    ask(&clinic.visitor(), "rosa", "rosa@example.org").await.is(429);
    let page = set(&clinic.visitor(), "AAAAA-AAAAA", NEW).await;
    page.is(429);
    assert!(page.error("code").contains("Too many failed attempts"));
    clinic.wait(Duration::minutes(1));
    for _ in 0..5 {
        set(&clinic.visitor(), "AAAAA-AAAAA", NEW).await.is(422);
    }
    let guesses = clinic.ask(|c| sign_ins::table.filter(sign_ins::budget.like("code %")).count().get_result::<i64>(c)).await;
    assert_eq!(guesses, 5);
}

async fn malformed_reset_forms_break_nothing(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let visitor = clinic.visitor();
    let page = ask(&visitor, "", "nonsense").await;
    assert_eq!(page.is(422).error("username"), "Enter your username");
    assert!(page.error("email").contains("name@example.org"));
    let long = "x".repeat(20_000);
    for (username, email) in
        [(long.as_str(), "rosa@example.org"), ("ro\0sa", "rosa@example.org"), ("rosa", "rosa@example.org\r\nBcc: x@y.example")]
    {
        let status = ask(&visitor, username, email).await.status;
        assert!(matches!(status, 303 | 422), "{status}");
    }
    for code in [long.as_str(), "\0", "'; DROP TABLE codes; --", "٠٠٠٠٠٠٠٠٠٠"] {
        set(&visitor, code, NEW).await.is(422);
    }
    assert!(clinic.outbox().await.iter().all(|mail| mail.recipient == "rosa@example.org"));
}

async fn a_reset_code_arrives_through_a_real_mail_server(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let server = MailServer::open("take");
    let visitor = clinic.visitor();
    ask(&visitor, "rosa", "rosa@example.org").await;
    ask(&clinic.visitor(), "zoe", "zoe@example.org").await;
    let worker = clinic.worker(&server.url());
    clinic.all_are(praxis::mail::queued::MailStatus::Sent).await;
    worker.stop().await;
    assert_eq!(server.seen(), ["rosa@example.org"]);
    let mail = server.received().pop().expect("a mail").replace("=\r\n", "");
    let code = mail.lines().find_map(|line| line.strip_prefix("    ")).expect("a code").trim().to_string();
    assert_eq!(set(&visitor, &code, NEW).await.location(), "/login");
}
