//! The commands of the binary.

use std::io::Read;
use std::process::Stdio;

use diesel::prelude::*;
use praxis::db::schema::{patient_doctor_mappings, patients, sessions, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{command, praxis, told};
use crate::support::people::{PASSWORD, Rights};

stories![
    the_help_lists_every_command,
    an_operator_creates_an_administrator,
    an_operator_says_who_sees_patients,
    settings_in_a_file_are_taken_as_written,
    a_check_in_a_new_folder_finds_no_problem,
    an_operator_sets_a_password,
    an_operator_removes_expired_sessions,
    a_demo_seed_gives_the_same_people,
    demo_data_is_refused_in_a_clinic_with_people,
    a_deployment_check_lists_unsafe_settings,
    an_invalid_setting_stops_the_start_with_one_line,
    a_description_of_which_the_beginning_is_read_ends_quietly,
];

async fn the_help_lists_every_command(clinic: Clinic) {
    let output = praxis(&clinic.database, &["--help"], &[], "");
    assert!(output.status.success());
    for command in ["serve", "migrate", "create-admin", "set-password", "check", "access", "audit", "sessions", "backup", "demo"] {
        assert!(told(&output).contains(command), "{command}");
        let output = praxis(&clinic.database, &[command, "--help"], &[], "");
        assert!(output.status.success() && told(&output).contains("Usage"), "{command}");
    }
    assert_eq!(praxis(&clinic.database, &["nonsense"], &[], "").status.code(), Some(2));
}

async fn settings_in_a_file_are_taken_as_written(clinic: Clinic) {
    let file = clinic.database.folder.path().join(".env");
    std::fs::write(&file, "# ours\nCLINIC_NAME=\"Dr. O'Brien & $ons\"\nDEFAULT_GROUP=a$b${HOME}c\n").expect("a file");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(told(&output).contains("Dr. O'Brien & $ons") && told(&output).contains("a$b${HOME}c"), "{}", told(&output));
    std::fs::write(&file, "TIME_ZONE=UTC\n\nCLINIC_NAME=Dr. O'Brien\n").expect("a file");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).starts_with("praxis: .env: line 3: the value of CLINIC_NAME has a quotation mark"), "{}", told(&output));
}

async fn a_check_in_a_new_folder_finds_no_problem(clinic: Clinic) {
    let empty = crate::support::database::Database::empty(clinic.backend);
    let output = praxis(&empty, &["check"], &[], "");
    if clinic.backend == crate::support::database::Backend::Sqlite {
        assert!(output.status.success() && told(&output).contains("does not exist yet"), "{}", told(&output));
    }
}

async fn an_operator_creates_an_administrator(clinic: Clinic) {
    let output = praxis(&clinic.database, &["create-admin"], &[], "");
    assert!(told(&output).contains("use --username, and --password-stdin"), "{}", told(&output));
    let arguments = ["create-admin", "--username", "ada", "--email", "ada@example.org", "--password-stdin"];
    let output = praxis(&clinic.database, &arguments, &[], "12345678\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("too easy to guess"), "{}", told(&output));
    let output = praxis(&clinic.database, &arguments, &[], &format!("{PASSWORD}\n"));
    assert!(output.status.success(), "{}", told(&output));
    let ada = clinic.sign_in("ada").await;
    ada.open("/admin").await;
    // What the set-up page has chosen already: all staff see patients.
    ada.open("/admin/log").await.see("Set-up: Who sees patients? All staff. Registration: invitation.");
    assert!(clinic.granted("Staff").await.contains(&"clinic.view_all_patients".to_string()));
    let late = [&arguments[..], &["--who-sees-patients", "own"]].concat();
    assert!(told(&praxis(&clinic.database, &late, &[], PASSWORD)).contains("the clinic is set up already"));
    let output = praxis(&clinic.database, &arguments, &[], &format!("{PASSWORD}\n"));
    assert!(told(&output).contains("is taken") || told(&output).contains("already exists"), "{}", told(&output));
    let output = praxis(&clinic.database, &["create-admin", "--username", "eve", "--email", "nowhere", "--password-stdin"], &[], PASSWORD);
    assert!(told(&output).contains("name@example.org"), "{}", told(&output));
    let output = praxis(&clinic.database, &["create-admin", "--password-stdin"], &[], &format!("grace\ngrace@example.org\n{PASSWORD}\n"));
    assert!(output.status.success(), "{}", told(&output));
}

async fn an_operator_says_who_sees_patients(clinic: Clinic) {
    let made = |who: &str| {
        let arguments = ["create-admin", "--username", "ada", "--email", "ada@example.org", "--password-stdin", "--who-sees-patients", who];
        praxis(&clinic.database, &arguments, &[], &format!("{PASSWORD}\n"))
    };
    assert!(told(&made("everybody")).contains("--who-sees-patients must be all or own"));
    let output = made("own");
    assert!(output.status.success(), "{}", told(&output));
    clinic.sign_in("ada").await.open("/admin/log").await.see("Who sees patients? Only reception, nurses, billing");
    assert!(!clinic.granted("Staff").await.contains(&"clinic.view_all_patients".to_string()));
}

async fn an_operator_sets_a_password(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let output = praxis(&clinic.database, &["set-password", "ROSA@example.org", "--password-stdin"], &[], "seven-green-kettles\n");
    assert!(output.status.success() && told(&output).contains("Password set for rosa"), "{}", told(&output));
    assert!(clinic.outbox().await[0].text_body.contains("The system administrator set a new password for your account"));
    assert!(rosa.get("/").await.location().starts_with("/login"));
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 0);
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", "seven-green-kettles")]).await.is(303);
    let output = praxis(&clinic.database, &["set-password", "rosa"], &[], "");
    let hint = "cannot ask for a password without a terminal; use --password-stdin";
    assert!(!output.status.success() && told(&output).contains(hint), "{}", told(&output));
    let output = praxis(&clinic.database, &["set-password", "nobody", "--password-stdin"], &[], "seven-green-kettles\n");
    assert!(!output.status.success() && told(&output).contains("there is no user nobody"));
}

async fn an_operator_removes_expired_sessions(clinic: Clinic) {
    clinic.receptionist().await;
    clinic.colleague().await;
    let clear = || told(&praxis(&clinic.database, &["sessions", "clear"], &[], ""));
    assert_eq!(clear().trim(), "No expired sessions.");
    let long_ago = clinic.app.now().plus(-time::Duration::hours(13));
    let one = sessions::table.select(diesel::dsl::min(sessions::id));
    let first = clinic.ask(move |c| one.first::<Option<i64>>(c)).await.expect("a session");
    let rows = sessions::table.filter(sessions::id.eq(first));
    clinic.arrange(move |c| diesel::update(rows).set(sessions::last_seen_at.eq(long_ago)).execute(c)).await.expect("long ago");
    assert_eq!(clear().trim(), "Removed 1 expired session.");
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 1);
    let cookie = told(&praxis(&clinic.database, &["sessions", "clear"], &[("SESSION_STORE", "cookie")], ""));
    assert!(cookie.contains("expire on their own"), "{cookie}");
    assert!(!praxis(&clinic.database, &["sessions"], &[], "").status.success());
}

type People = Vec<(String, Option<time::Date>, i32, String)>;

async fn people(clinic: &Clinic) -> People {
    clinic
        .ask(|c| {
            patients::table.order(patients::id).select((patients::name, patients::date_of_birth, patients::age, patients::address)).load(c)
        })
        .await
}

async fn a_demo_seed_gives_the_same_people(clinic: Clinic) {
    let demo = |clinic: &Clinic, seed: &str| {
        let output = praxis(&clinic.database, &["demo", "--patients", "40", "--doctors", "5", "--seed", seed], &[], "");
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    let (other, third) = (Clinic::open(clinic.backend).await, Clinic::open(clinic.backend).await);
    let printed = demo(&clinic, "7");
    assert!(printed.contains("receptionist, sees every patient"), "{printed}");
    demo(&other, "7");
    demo(&third, "8");
    let first = people(&clinic).await;
    assert_eq!(first.len(), 40);
    assert_eq!(first, people(&other).await);
    assert_ne!(first, people(&third).await);
    assert_eq!(clinic.ask(|c| patient_doctor_mappings::table.count().get_result::<i64>(c)).await, 60);
    let people = [
        ("admin", "Administration"),
        ("reception", "New patient"),
        ("manager", "Your patients"),
        ("member-03", "Your patients"),
        ("doctor", "My patients"),
        ("patient", "Maya Lindqvist"),
    ];
    for (username, sees) in people {
        assert!(printed.contains(username), "{printed}");
        let browser = clinic.visitor();
        browser.complete("/login", &[("username", username), ("password", praxis::demo::PASSWORD)]).await.see(sees);
        let list = browser.get("/patients").await;
        list.is(if username == "patient" { 404 } else { 200 });
        // A desk finds everybody, whoever registered them.
        assert_eq!(list.text().contains("40 patients"), ["admin", "reception"].contains(&username), "{username}: {}", list.text());
    }
    other.server.stop(false).await;
    third.server.stop(false).await;
}

async fn demo_data_is_refused_in_a_clinic_with_people(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let output = praxis(&clinic.database, &["demo"], &[], "");
    assert!(!output.status.success() && told(&output).contains("demo data needs an empty database"), "{}", told(&output));
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
}

async fn a_deployment_check_lists_unsafe_settings(clinic: Clinic) {
    let nothing = crate::support::database::Database::empty(crate::support::database::Backend::Sqlite);
    let output = praxis(&nothing, &["check", "--deploy"], &[], "");
    assert!(told(&output).contains("does not exist yet") && told(&output).contains("SMTP_URL is not set"), "{}", told(&output));
    assert!(!nothing.folder.path().join("clinic.db").exists(), "looking made a database");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(output.status.success(), "{}", told(&output));
    assert!(!told(&output).contains(crate::support::database::KEY), "the check prints the key");
    assert!(!told(&output).contains("no such group"), "{}", told(&output));
    let output = praxis(&clinic.database, &["check"], &[("DEFAULT_GROUP", "Nobody knows")], "");
    assert!(
        !output.status.success() && told(&output).contains("DEFAULT_GROUP is “Nobody knows”, but there is no such group"),
        "{}",
        told(&output)
    );
    let output = praxis(&clinic.database, &["check", "--deploy"], &[("DEBUG", "true"), ("ALLOWED_HOSTS", "*")], "");
    assert_eq!(output.status.code(), Some(1));
    for word in ["DEBUG is on", "PUBLIC_URL is not https", "ALLOWED_HOSTS allows any host name", "SMTP_URL is not set"] {
        assert!(told(&output).contains(word), "{word}: {}", told(&output));
    }
    #[cfg(unix)]
    if let Some(path) = clinic.app.settings.database_url.path() {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("closed to others");
    }
    let safe = [
        ("PUBLIC_URL", "https://clinic.example.org"),
        ("REGISTRATION", "closed"),
        ("SMTP_URL", "smtps://me:secret@mail.example.org"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
        ("ALLOWED_HOSTS", "clinic.example.org"),
    ];
    let output = praxis(&clinic.database, &["check", "--deploy"], &safe, "");
    assert!(output.status.success(), "{}", told(&output));
    assert!(!told(&output).contains("secret@"), "the check prints the mail password");
}

async fn an_invalid_setting_stops_the_start_with_one_line(clinic: Clinic) {
    for (name, value) in [
        ("SESSION_DAYS", "many"),
        ("BIND", "here"),
        ("DATABASE_URL", "clinic.db"),
        ("PUBLIC_URL", "clinic"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "postgres://localhost/x?sslmode=require"),
    ] {
        let output = praxis(&clinic.database, &[], &[(name, value)], "");
        let told = told(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.starts_with(&format!("praxis: {name}: ")) && told.trim().lines().count() == 1, "{told}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = praxis(&clinic.database, &["serve"], &[("BIND", &address)], "");
    let port = address.rsplit(':').next().expect("a port");
    assert!(told(&output).contains(&format!("port {port} is in use. Set BIND to another address")), "{}", told(&output));
}

/// As `praxis openapi | head -n 1` does: the reader goes before everything is written.
async fn a_description_of_which_the_beginning_is_read_ends_quietly(clinic: Clinic) {
    for arguments in [&["openapi"][..], &["openapi", "--yaml"]] {
        let whole = praxis(&clinic.database, arguments, &[], "").stdout;
        assert!(whole.len() > 128 << 10, "a pipe would hold all of it");
        let mut child =
            command(&clinic.database, arguments, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
        let mut begun = [0; 16];
        child.stdout.take().expect("its output").read_exact(&mut begun).expect("the beginning");
        assert!(whole.starts_with(&begun));
        let ended = child.wait_with_output().expect("an end");
        assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""), "{arguments:?}");
    }
}
