//! What was typed is not lost, and a form that is sent twice adds one record.

use actix_web::http::Method;

use crate::stories;
use crate::support::page::Page;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Clinic};

stories![
    a_form_sent_twice_at_once_adds_one_patient,
    a_form_sent_twice_adds_one_record_wherever_it_stands,
    a_form_survives_the_end_of_its_session_over_plain_http,
    a_form_is_given_back_only_to_the_user_who_opened_it,
    a_form_survives_a_sign_in_in_another_tab,
    a_sign_in_page_with_a_form_survives_a_sign_in_in_another_tab,
    a_form_survives_a_busy_database,
    a_form_survives_a_permission_that_is_taken_away,
    a_form_survives_a_fault_of_the_program,
    a_form_survives_a_database_that_is_gone,
];

type Pairs = Vec<(String, String)>;

async fn filled(browser: &Browser, name: &str) -> (String, Pairs) {
    let (action, mut data) = browser.open("/patients/new").await.form();
    data.retain(|(known, _)| !["name", "age"].contains(&known.as_str()));
    let typed = [("name", name), ("age", "62"), ("gender", "male")];
    data.extend(typed.map(|(name, value)| (name.to_string(), value.to_string())));
    (action, data)
}

fn signing_in(page: &Page, username: &str) -> (String, Pairs) {
    let (action, mut data) = page.form();
    data.retain(|(name, _)| !["username", "password"].contains(&name.as_str()));
    data.extend([("username", username), ("password", PASSWORD)].map(|(name, value)| (name.to_string(), value.to_string())));
    (action, data)
}

async fn a_form_sent_twice_at_once_adds_one_patient(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let (action, data) = filled(&rosa, "Émile Zola").await;
    let (one, two) = tokio::join!(rosa.post_pairs(&action, &data), rosa.post_pairs(&action, &data));
    assert_eq!(one.location(), two.location());
    let again = rosa.post_pairs(&action, &data).await;
    assert_eq!(again.location(), one.location());
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    // Another name in the same form is another patient, and so is a namesake in a form of their own.
    let other: Pairs =
        data.iter().map(|(name, value)| (name.clone(), if name == "name" { "Marie Curie".into() } else { value.clone() })).collect();
    rosa.post_pairs(&action, &other).await.is(303);
    let (action, data) = filled(&rosa, "Émile Zola").await;
    let namesake = [data, vec![("_similar".into(), "1".into())]].concat();
    rosa.post_pairs(&action, &namesake).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Marie Curie", "Émile Zola", "Émile Zola"]);
}

async fn a_form_sent_twice_adds_one_record_wherever_it_stands(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let patient = [("name", "Émile Zola"), ("age", "62"), ("gender", "male")];
    let doctor = [("name", "Grace Hopper"), ("specialization", "Cardiology")];
    for (path, typed) in [("/admin/patients/new", &patient[..]), ("/doctors/new", &doctor[..]), ("/admin/doctors/new", &doctor[..])] {
        let (action, mut data) = ada.open(path).await.form();
        data.retain(|(name, _)| !typed.iter().any(|(known, _)| known == name));
        data.extend(typed.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
        if path == "/admin/doctors/new" {
            // There is one of this name already.
            data.push(("_similar".into(), "1".into()));
        }
        let (one, two) = tokio::join!(ada.post_pairs(&action, &data), ada.post_pairs(&action, &data));
        let again = ada.post_pairs(&action, &data).await;
        assert_eq!((two.location(), again.location()), (one.location(), one.location()), "{path}");
    }
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    use diesel::prelude::*;
    use praxis::db::schema::doctors;
    assert_eq!(clinic.ask(|c| doctors::table.count().get_result::<i64>(c)).await, 2);
}

/// Browsers say nothing about the origin of a request there, or that it is unknown.
async fn a_form_survives_the_end_of_its_session_over_plain_http(clinic: Clinic) {
    let rosa = clinic.receptionist().await.saying("origin", "null");
    let (action, data) = filled(&rosa, "Émile Zola").await;
    rosa.clone().post("/logout", &[]).await.is(303);
    let page = rosa.post_pairs(&action, &data).await;
    page.is(401).see("Sign in to save what you typed");
    let (action, data) = signing_in(&page, "rosa");
    let (action, data) = rosa.post_pairs(&action, &data).await.is(200).see("is not saved yet").form();
    rosa.post_pairs(&action, &data).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn a_form_is_given_back_only_to_the_user_who_opened_it(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.colleague().await;
    let (action, data) = filled(&rosa, "Émile Zola").await;
    rosa.clone().post("/logout", &[]).await.is(303);
    let page = rosa.post_pairs(&action, &data).await;
    let (action, sent) = signing_in(page.is(401), "colin");
    rosa.post_pairs(&action, &sent).await.is(303);
    // Without a token of ours nothing is carried along.
    let visitor = clinic.visitor();
    let forged: Pairs =
        data.into_iter().map(|(name, value)| (name.clone(), if name == "csrf_token" { "A".repeat(118) } else { value })).collect();
    assert_eq!(visitor.post_pairs("/patients/new", &forged).await.location(), "/login");
}

async fn a_form_survives_a_sign_in_in_another_tab(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let (action, data) = filled(&rosa, "Émile Zola").await;
    let other_tab = rosa.clone();
    other_tab.post("/logout", &[]).await.is(303);
    other_tab.fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(303);
    let page = rosa.post_pairs(&action, &data).await;
    page.is(403).see("what you typed is not lost");
    let (action, data) = page.form();
    rosa.post_pairs(&action, &data).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    // A form of somebody else is refused as before.
    let colin = clinic.colleague().await;
    let (action, data) = filled(&colin, "Marie Curie").await;
    let page = rosa.post_pairs(&action, &data).await;
    assert!(page.is(403).see("Nothing was changed").attributes("main form[method=post]", "action").is_empty());
}

async fn a_sign_in_page_with_a_form_survives_a_sign_in_in_another_tab(clinic: Clinic) {
    let rosa = clinic.receptionist().await.saying("sec-fetch-site", "same-origin");
    let (action, data) = filled(&rosa, "Émile Zola").await;
    let other_tab = rosa.clone();
    other_tab.post("/logout", &[]).await.is(303);
    let page = rosa.post_pairs(&action, &data).await;
    let (action, data) = signing_in(page.is(401), "rosa");
    other_tab.fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(303);
    let (action, data) = rosa.post_pairs(&action, &data).await.is(200).see("is not saved yet").form();
    rosa.post_pairs(&action, &data).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn a_form_survives_a_busy_database(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let (action, data) = filled(&rosa, "Émile & Zola").await;
    let busy = clinic.busy().await;
    let page = rosa.post_pairs(&action, &data).await;
    page.is(503).see("temporarily unavailable");
    busy.end().await;
    let (again, kept) = page.form();
    assert_eq!(again, "/patients/new");
    let saved = rosa.post_pairs(&again, &kept).await.is(303).location().to_string();
    assert_eq!(clinic.patient_names().await, ["Émile & Zola"]);
    // Had the first one been saved without an answer, it would be the same patient: it is the same form, sent from either page.
    assert_eq!(rosa.post_pairs(&action, &data).await.location(), saved);
    assert_eq!(rosa.post_pairs(&again, &kept).await.location(), saved);
    assert_eq!(clinic.patient_names().await, ["Émile & Zola"]);
    rosa.send(Method::GET, "/patients", &[], Vec::new()).await.is(200);
}

/// Sends what the error page holds, and it is saved.
async fn send_again(clinic: &Clinic, browser: &Browser, page: &Page) {
    let (action, data) = page.form();
    assert_eq!(action, "/patients/new");
    browser.post_pairs(&action, &data).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile & Zola"]);
}

async fn a_form_survives_a_permission_that_is_taken_away(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let ada = clinic.administrator().await;
    let (action, data) = filled(&rosa, "Émile & Zola").await;
    let path = format!("/admin/users/{}", clinic.user_id("rosa").await);
    let groups = ada.open(&path).await.form().1.into_iter().filter(|(name, _)| name == "groups").collect::<Pairs>();
    let change = async |groups: &Pairs| {
        let (action, mut form) = ada.open(&path).await.form();
        form.retain(|(name, _)| name != "groups");
        form.extend(groups.iter().cloned());
        ada.post_pairs(&action, &form).await.is(303);
    };
    change(&Pairs::new()).await;
    let page = rosa.post_pairs(&action, &data).await;
    page.is(403).see("You do not have permission").see("what you typed is not lost");
    assert_eq!(clinic.patient_names().await, [""; 0]);
    change(&groups).await;
    send_again(&clinic, &rosa, &page).await;
    // What another site sends is never put before the user.
    change(&Pairs::new()).await;
    let elsewhere = rosa.clone().saying("sec-fetch-site", "cross-site").post_pairs(&action, &data).await;
    assert!(elsewhere.is(403).attributes("main form[method=post]", "action").is_empty());
    let forged: Pairs =
        data.into_iter().map(|(name, value)| (name.clone(), if name == "csrf_token" { "A".repeat(118) } else { value })).collect();
    assert!(rosa.post_pairs(&action, &forged).await.is(403).attributes("main form[method=post]", "action").is_empty());
}

async fn a_form_survives_a_fault_of_the_program(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let (action, data) = filled(&rosa, "Émile & Zola").await;
    // A statement that fails, in the handler.
    clinic.tamper("ALTER TABLE api_replies RENAME TO elsewhere").await;
    let page = rosa.post_pairs(&action, &data).await;
    page.is(500).see("Something went wrong").see("Send again");
    clinic.tamper("ALTER TABLE elsewhere RENAME TO api_replies").await;
    assert_eq!(page.form().0, "/patients/new");
    // A panic, with which the request is lost: every reading of the clock overflows.
    clinic.wait(time::Duration::seconds(i64::MAX));
    let page = rosa.post_pairs(&action, &data).await;
    clinic.wait(time::Duration::seconds(-i64::MAX));
    page.is(500).see("Something went wrong").see("Send again");
    send_again(&clinic, &rosa, &page).await;
}

/// Without it nobody knows who sends the form.
async fn a_form_survives_a_database_that_is_gone(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let (action, data) = filled(&rosa, "Émile & Zola").await;
    let wrong = match clinic.backend {
        crate::support::database::Backend::Sqlite => "sqlite:///nowhere/at/all/clinic.db",
        crate::support::database::Backend::Postgres => "postgres://postgres@127.0.0.1:1/nothing",
    };
    let away = Clinic::open_with(clinic.backend, &[("DATABASE_URL", wrong)]).await;
    let there = Browser::new(away.address);
    there.set_cookie("sid", &rosa.cookie("sid").expect("a cookie"));
    let page = there.post_pairs(&action, &data).await;
    page.is(503).see("temporarily unavailable").see("Send again");
    assert_eq!(page.header("retry-after"), "5");
    send_again(&clinic, &rosa, &page).await;
    // A form with a file: its texts.
    let parts: Vec<(&str, &str)> = data.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = there.upload_with(&action, &parts, "scan.pdf", &[b'x'; 100_000]).await;
    assert_eq!(page.is(503).value("name"), "Émile & Zola");
    assert!(page.has("form[enctype='multipart/form-data']"), "it is sent as it came");
    // Nothing is given back that no page of ours has made.
    let forged: Pairs = data.into_iter().filter(|(name, _)| name != "csrf_token").collect();
    let page = there.post_pairs(&action, &forged).await;
    assert!(page.is(503).attributes("form[method=post]", "action").is_empty());
    away.server.stop(false).await;
}
