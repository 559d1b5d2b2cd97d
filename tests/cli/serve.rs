//! Starting and stopping.

use std::io::Write;
use std::time::Duration;

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{Running, praxis, told};
use crate::support::database::Database;

stories![
    a_stranger_starts_a_clinic_with_one_command,
    a_stopping_clinic_finishes_requests_in_progress,
    a_killed_clinic_keeps_acknowledged_changes,
    a_killed_clinic_logs_whoever_looked,
    a_stopping_clinic_logs_unfinished_searches,
    a_clinic_on_every_address_says_how_it_is_reached,
    an_unreadable_address_of_a_visitor_is_logged_once,
];

async fn a_stopping_clinic_logs_unfinished_searches(clinic: Clinic) {
    use crate::support::Browser;
    clinic.account("rosa", crate::support::people::Rights { groups: &["Staff"], ..Default::default() }).await;
    let mut running = Running::start(&clinic.database);
    running.line();
    let browser = Browser::new(([127, 0, 0, 1], running.port).into());
    browser.fill("/login", &[("username", "rosa"), ("password", crate::support::people::PASSWORD)]).await.is(303);
    browser.open("/options/patients?q=zol").await;
    running.signal("TERM");
    assert!(running.end(Duration::from_secs(20)).success());
    use diesel::prelude::*;
    use praxis::db::schema::log_entries;
    let notes = clinic.ask(|c| log_entries::table.filter(log_entries::note.ne("")).select(log_entries::note).load::<String>(c)).await;
    assert_eq!(notes, ["zol"]);
}

async fn a_stranger_starts_a_clinic_with_one_command(clinic: Clinic) {
    let empty = Database::empty(clinic.backend);
    let mut running = Running::start(&empty);
    assert_eq!(
        running.line(),
        format!("Praxis is ready on http://localhost:{} ({}).", running.port, clinic.app.settings.database_url.name())
    );
    assert_eq!(running.line(), "There is no administrator yet. Create the first one with this link, which works once:");
    let link = running.line();
    let path = link.trim_start_matches(&format!("http://localhost:{}", running.port));
    assert!(path.starts_with("/setup/") && path.len() > 40, "{link}");
    assert!(running.get(path).contains("Set up this clinic"));
    assert!(running.get("/login").contains("This clinic is not set up yet"));
    running.signal("TERM");
    assert!(running.end(Duration::from_secs(10)).success());
}

async fn a_stopping_clinic_finishes_requests_in_progress(clinic: Clinic) {
    let mut running = Running::start(&clinic.database);
    running.line();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", running.port)).expect("a connection");
    let body = "username=rosa&password=wrong-password";
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    std::thread::sleep(Duration::from_millis(1000));
    running.signal("INT");
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(body.as_bytes()).expect("sent");
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(running.end(Duration::from_secs(10)).success());
}

async fn a_killed_clinic_keeps_acknowledged_changes(clinic: Clinic) {
    use crate::support::Browser;
    clinic.account("rosa", crate::support::people::Rights { groups: &["Staff"], ..Default::default() }).await;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let mut running = Running::start(&clinic.database);
        running.line();
        let browser = Browser::new(([127, 0, 0, 1], running.port).into());
        browser.fill("/login", &[("username", "rosa"), ("password", crate::support::people::PASSWORD)]).await.is(303);
        for number in 0..5 {
            let name = format!("Dr {round}-{number}");
            browser.fill("/doctors/new", &[("name", &name), ("specialization", "Urology")]).await.is(303);
            acknowledged.push(name);
        }
        running.signal("KILL");
        running.end(Duration::from_secs(5));
    }
    use diesel::prelude::*;
    use praxis::db::schema::{doctors, log_entries};
    let stored = clinic.ask(|c| doctors::table.order(doctors::id).select(doctors::name).load::<String>(c)).await;
    assert_eq!(stored, acknowledged);
    assert_eq!(clinic.ask(|c| log_entries::table.filter(log_entries::resource.eq("doctor")).count().get_result::<i64>(c)).await, 15);
    let output = praxis(&clinic.database, &["audit", "verify"], &[], "");
    assert!(output.status.success(), "{}", told(&output));
}

/// The log is locked from the sign-in on, so that the killed process cannot have stored what it answered.
async fn a_killed_clinic_logs_whoever_looked(clinic: Clinic) {
    use crate::support::Browser;
    use diesel::prelude::*;
    use praxis::db::schema::{log_entries, waiting_reads};
    let rosa = clinic.account("rosa", crate::support::people::Rights { groups: &["Staff"], ..Default::default() }).await;
    let id = clinic.patient("Émile Zola", rosa).await;
    let mut running = Running::start(&clinic.database);
    running.line();
    let browser = Browser::new(([127, 0, 0, 1], running.port).into());
    browser.fill("/login", &[("username", "rosa"), ("password", crate::support::people::PASSWORD)]).await.is(303);
    browser.open("/").await;
    let busy = clinic.busy().await;
    browser.open(&format!("/patients/{id}")).await.see("Émile Zola");
    for typed in ["zo", "zol", "zola"] {
        browser.open(&format!("/options/patients?q={typed}")).await;
    }
    running.signal("KILL");
    running.end(Duration::from_secs(5));
    busy.end().await;
    let reads = || {
        let reads = log_entries::table.filter(log_entries::action.eq_any(["view", "search"])).order(log_entries::id);
        clinic.ask(move |c| {
            reads.select((log_entries::actor, log_entries::object_label, log_entries::note)).load::<(String, String, String)>(c)
        })
    };
    assert!(reads().await.is_empty(), "only what waited outside the process can be logged now");
    for _ in 0..2 {
        let mut running = Running::start(&clinic.database);
        running.line();
        let logged = reads().await;
        let known = |one: &(String, String, String)| (one.1.clone(), one.2.clone());
        let opened = ("Émile Zola".to_string(), String::new());
        assert_eq!(logged.iter().map(known).collect::<Vec<_>>(), [opened, (String::new(), "zola".into())]);
        assert!(logged.iter().all(|(who, _, _)| who.contains("rosa")), "{logged:?}");
        running.signal("TERM");
        assert!(running.end(Duration::from_secs(10)).success());
    }
    assert_eq!(clinic.ask(|c| waiting_reads::table.count().get_result::<i64>(c)).await, 0);
    let output = praxis(&clinic.database, &["audit", "verify"], &[], "");
    assert!(output.status.success(), "{}", told(&output));
}

async fn a_clinic_on_every_address_says_how_it_is_reached(clinic: Clinic) {
    clinic.administrator().await;
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a name").trim().to_lowercase();
    // The second is every address of both families, where the machine has both.
    let has_both = std::net::TcpListener::bind("[::]:0").is_ok();
    for ip in ["0.0.0.0", "[::]"].into_iter().take(1 + usize::from(has_both)) {
        let mut running = Running::start_on(&clinic.database, ip, &[]);
        let port = running.port;
        assert!(running.line().starts_with(&format!("Praxis is ready on http://localhost:{port} (")), "{ip}");
        // Nobody can open 0.0.0.0, in a browser or from an email.
        assert_eq!(
            running.line(),
            format!("On this network it may be reached as http://{machine}:{port}. Set PUBLIC_URL for links in emails.")
        );
        for host in [format!("{machine}:{port}"), format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")] {
            assert!(running.get_from(&host, "/login").starts_with("HTTP/1.1 200"), "{ip}: {host}");
        }
        for host in [format!("{ip}:{port}"), "elsewhere.example.org".into()] {
            assert!(running.get_from(&host, "/login").starts_with("HTTP/1.1 400"), "{ip}: {host}");
        }
        running.signal("TERM");
        assert!(running.end(Duration::from_secs(10)).success());
    }
    let check = |settings: &[(&str, &str)]| told(&praxis(&clinic.database, &["check", "--deploy"], settings, ""));
    let warning = "PUBLIC_URL is not set: links in emails lead to localhost.";
    for bind in ["0.0.0.0:8000", "[::]:8000"] {
        let without = check(&[("BIND", bind)]);
        assert!(without.contains(warning), "{without}");
        let with = check(&[("BIND", bind), ("PUBLIC_URL", "https://clinic.example.org")]);
        assert!(!with.contains(warning), "{with}");
    }
}

async fn an_unreadable_address_of_a_visitor_is_logged_once(clinic: Clinic) {
    use crate::support::Browser;
    clinic.account("rosa", crate::support::people::Rights::default()).await;
    let mut running = Running::start_with(&clinic.database, &[("TRUSTED_PROXIES", "127.0.0.1")]);
    running.line();
    let browser = Browser::new(([127, 0, 0, 1], running.port).into());
    for address in ["203.0.113.7:51234", "unknown", "_hidden"] {
        let visitor = browser.clone().saying("x-forwarded-for", address);
        visitor.fill("/login", &[("username", "rosa"), ("password", "wrong-password")]).await.is(422);
    }
    let warnings = running.logged("X-Forwarded-For holds no address");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("WARN") && warnings[0].contains("unknown"), "{warnings:?}");
    running.signal("TERM");
    assert!(running.end(Duration::from_secs(10)).success());
}
