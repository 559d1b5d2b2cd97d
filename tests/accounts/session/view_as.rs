//! A superuser views Praxis as another user, and cannot change anything.

use actix_web::http::Method;
use diesel::prelude::*;
use praxis::db::DbError;
use praxis::db::schema::{api_tokens, calendar_feeds, log_entries, patients, sessions, users};
use praxis::resource::Actor;
use praxis::routes::routes;

use crate::stories;
use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    a_superuser_sees_what_a_receptionist_sees,
    every_changing_route_is_refused_while_impersonating,
    nothing_offers_to_change_anything_while_impersonating,
    no_page_has_a_button_that_changes_anything_while_impersonating,
    the_writer_refuses_changes_while_impersonating,
    only_superusers_impersonate,
    a_superuser_impersonates_one_active_user_at_a_time,
    impersonation_ends_after_half_an_hour,
    impersonation_ends_with_the_superuser_flag_or_the_viewed_account,
    signing_out_ends_impersonation
];

/// Superuser and receptionist, the first viewing as the second.
async fn impersonating(clinic: &Clinic) -> (Browser, i64) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.patient("Rosa's Patient", rosa).await;
    clinic.patient("Somebody Else", clinic.user_id("ada").await).await;
    let page = ada.complete(&format!("/users/{rosa}/view-as"), &[]).await;
    banner(&page);
    (ada, rosa)
}

#[track_caller]
fn banner(page: &Page) {
    assert_eq!(page.all(".viewing-as p"), ["You are viewing Praxis as rosa . You cannot make changes."], "{}", page.text());
}

type Line = (Option<i64>, String, i64, String);

/// The log entries: who, as whom, and the note.
async fn log(clinic: &Clinic) -> Vec<Line> {
    clinic
        .ask(|c| {
            log_entries::table
                .filter(log_entries::action.eq("view_as"))
                .filter(log_entries::resource.eq("user"))
                .order(log_entries::id)
                .select((log_entries::actor_id, log_entries::actor, log_entries::object_id, log_entries::note))
                .load(c)
        })
        .await
}

async fn a_superuser_sees_what_a_receptionist_sees(clinic: Clinic) {
    let (ada, rosa) = impersonating(&clinic).await;
    let page = ada.open("/patients").await;
    banner(page.see("Patient, Rosa's").miss("Else, Somebody").miss("Administration"));
    banner(ada.get("/admin").await.is(403));
    banner(ada.get("/nothing-here").await.is(404));
    let page = ada.complete_stop().await;
    assert!(!page.see("You are no longer viewing Praxis as").has(".viewing-as"));
    assert_eq!(page.path, format!("/admin/users/{rosa}"));
    ada.open("/patients").await.see("Else, Somebody");
    let id = Some(clinic.user_id("ada").await);
    assert_eq!(
        log(&clinic).await,
        [(id, "ada".into(), rosa, "Began, for at most 30 minutes".into()), (id, "ada as rosa".into(), rosa, "Ended".into())]
    );
    ada.open(&format!("/admin/users/{rosa}/history")).await.see("Viewed as").see("ada as rosa");
}

trait Stop {
    async fn complete_stop(&self) -> Page;
}

impl Stop for Browser {
    async fn complete_stop(&self) -> Page {
        let page = self.post("/view-as/stop", &[]).await;
        self.open(page.location()).await
    }
}

async fn every_changing_route_is_refused_while_impersonating(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let eve = clinic.account("eve", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    clinic.patient("Émile Zola", eve).await;
    ada.complete(&format!("/users/{eve}/view-as"), &[]).await;
    let tab = ada.copy();
    let before = clinic.ask(|c| log_entries::table.count().get_result::<i64>(c)).await;
    let sent = [("name", "Other"), ("age", "3"), ("gender", "male"), ("username", "x"), ("email", "x@example.org")];
    for route in routes()
        .into_iter()
        .filter(|route| route.method != Method::GET && !["/logout", "/view-as/stop", "/sessions/stay"].contains(&&*route.path))
    {
        let path = route.path.replace("{resource}", "patients").replace("{id}", "1").replace("{mapping}", "1").replace("{token}", "x");
        tab.post(&path, &sent).await.is(403).see("You cannot make changes");
    }
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    assert_eq!(clinic.ask(|c| log_entries::table.count().get_result::<i64>(c)).await, before);
}

async fn nothing_offers_to_change_anything_while_impersonating(clinic: Clinic) {
    let (ada, _) = impersonating(&clinic).await;
    let id = clinic.ask(|c| patients::table.filter(patients::name.eq("Rosa's Patient")).select(patients::id).first::<i64>(c)).await;
    for path in ["/", "/patients", "/doctors", &format!("/patients/{id}")] {
        let page = ada.open(path).await;
        for words in ["New patient", "New doctor", "Add the first", "Assign"] {
            page.miss(words);
        }
        assert_eq!(page.attributes("main form[method=post]", "action"), [""; 0], "{path}");
        assert!(!page.has("main a[href$='/edit']") && !page.has("main a[href$='/delete']") && !page.has("main a[href$='/new']"), "{path}");
    }
    ada.get("/patients/new").await.is(403).see("You cannot make changes");
    assert!(!ada.open("/password").await.has("main .button.primary"));
    ada.complete_stop().await;
    ada.open("/patients").await.see("New patient");
}

/// The address with its placeholders filled in: records of this list, and the first of whatever else it names.
fn filled(path: &str, list: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{resource}" => list,
        _ if part.starts_with('{') => "1",
        _ => part,
    });
    parts.collect::<Vec<&str>>().join("/")
}

async fn no_page_has_a_button_that_changes_anything_while_impersonating(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let eve = clinic.account("eve", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    // What the pages of a user and of records would have buttons for.
    let (patient, doctor) = (clinic.patient("Émile Zola", eve).await, clinic.doctor("Dr Grace Hopper").await);
    clinic.assignment(patient, doctor).await;
    for name in ["api_token", "calendar_feed", "identity", "mail"] {
        clinic.sample_record(name).await;
    }
    let theirs = move |c: &mut praxis::db::Connection| {
        diesel::update(api_tokens::table).set(api_tokens::user_id.eq(eve)).execute(c)?;
        diesel::update(calendar_feeds::table).set(calendar_feeds::user_id.eq(eve)).execute(c)
    };
    clinic.arrange(theirs).await.expect("a token and a feed of their own");
    let own = clinic.sign_in("eve").await;
    for (path, button) in [("/tokens", "Revoke"), ("/calendar-feeds", "Revoke"), ("/profile", "Edit")] {
        own.open(path).await.see(button);
    }
    ada.complete(&format!("/users/{eve}/view-as"), &[]).await;
    // Signing out, and to stop; without script a picker has a button of its own, which looks for a record.
    const BUTTONS: &str = "form[method=post]:not([action='/logout']):not([action='/view-as/stop']) \
                           button:not([type=button]):not([formaction='/logout']):not([name=_find])";
    const LINKS: &str =
        "main a[href$='/new'], main a[href*='/new?'], main a[href*='/edit'], main a[href*='/delete'], main a[href='/profile/email']";
    let mut opened = 0;
    for route in routes().into_iter().filter(|route| route.method == Method::GET) {
        let lists: &[&str] =
            if route.path.contains("{resource}") { &["patients", "doctors", "mappings", "users", "mails", "log"] } else { &[""] };
        for list in lists {
            let path = filled(&route.path, list);
            let page = ada.get(&path).await;
            assert!(page.status < 500, "{path}: {}", page.status);
            assert_eq!(page.all(BUTTONS), [""; 0], "{path}");
            assert_eq!(page.attributes(LINKS, "href"), [""; 0], "{path}");
            opened += usize::from(page.status == 200 && page.has(".viewing-as"));
        }
    }
    assert!(opened > 40, "only {opened} pages opened");
}

async fn the_writer_refuses_changes_while_impersonating(clinic: Clinic) {
    let app = clinic.app.clone();
    let behind = Actor { id: 7, ..Actor::program("ada") };
    let patient = clinic.patient("Émile Zola", clinic.account("owner", Rights::default()).await).await;
    let done = clinic.app.db.write(move |c| {
        let patients = app.registry.get("patient").expect("patients");
        let actor = Actor::system().viewed_by(&behind);
        app.act(c, &actor, |c, writer| writer.delete(c, patients, patient)).map(|_| ()).map_err(|error| match error {
            praxis::resource::write::writer::WriteError::Db(error) => error,
            other => panic!("{other:?}"),
        })
    });
    assert!(matches!(done.await, Err(DbError::LookingOn)));
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn only_superusers_impersonate(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let boss = clinic.member_of_administrators().await;
    let path = format!("/users/{rosa}/view-as");
    boss.get(&path).await.is(403).see("Only superusers");
    boss.post(&path, &[]).await.is(403);
    assert!(!boss.open(&format!("/admin/users/{rosa}")).await.has(&format!("a[href='{path}']")));
    let ada = clinic.administrator().await;
    assert!(ada.open(&format!("/admin/users/{rosa}")).await.has(&format!("a[href='{path}']")));
    assert_eq!(log(&clinic).await, []);
}

trait Administrators {
    async fn member_of_administrators(&self) -> Browser;
}

impl Administrators for Clinic {
    async fn member_of_administrators(&self) -> Browser {
        self.account("boss", Rights { is_staff: true, groups: &["Administrator"], ..Rights::default() }).await;
        self.sign_in("boss").await
    }
}

async fn a_superuser_impersonates_one_active_user_at_a_time(clinic: Clinic) {
    let (ada, rosa) = impersonating(&clinic).await;
    let eve = clinic.account("eve", Rights { is_superuser: true, ..Rights::default() }).await;
    ada.get(&format!("/users/{eve}/view-as")).await.is(403).see("Stop viewing before you make changes");
    ada.complete_stop().await;
    let own = clinic.user_id("ada").await;
    ada.open(&format!("/users/{own}/view-as")).await.see("This is your own account");
    ada.post(&format!("/users/{own}/view-as"), &[]).await.is(409);
    clinic.arrange(move |c| diesel::update(users::table.find(rosa)).set(users::is_active.eq(false)).execute(c)).await.expect("out");
    ada.post(&format!("/users/{rosa}/view-as"), &[]).await.is(409).see("not active");
    ada.post("/users/99999/view-as", &[]).await.is(404);
    assert!(!ada.open("/").await.has(".viewing-as"));
}

async fn impersonation_ends_after_half_an_hour(clinic: Clinic) {
    let (ada, _) = impersonating(&clinic).await;
    clinic.wait(time::Duration::minutes(29));
    banner(&ada.open("/patients").await);
    clinic.wait(time::Duration::minutes(2));
    let page = ada.open("/patients").await;
    assert!(!page.see("Else, Somebody").has(".viewing-as"));
    ada.open("/patients").await;
    let log = log(&clinic).await;
    assert_eq!(log.len(), 2);
    assert_eq!((log[1].1.as_str(), log[1].3.as_str()), ("ada", "Ended automatically"));
}

async fn impersonation_ends_with_the_superuser_flag_or_the_viewed_account(clinic: Clinic) {
    let (ada, rosa) = impersonating(&clinic).await;
    let set = |c: &mut praxis::db::Connection, yes: bool| {
        diesel::update(users::table.filter(users::username.eq("ada"))).set(users::is_superuser.eq(yes)).execute(c)
    };
    clinic.arrange(move |c| set(c, false)).await.expect("no longer a superuser");
    assert!(!ada.open("/").await.has(".viewing-as"));
    ada.get(&format!("/users/{rosa}/view-as")).await.is(403);
    clinic.arrange(move |c| set(c, true)).await.expect("a superuser again");
    assert!(!ada.open("/").await.has(".viewing-as"), "it came back with the flag");
    ada.complete(&format!("/users/{rosa}/view-as"), &[]).await;
    clinic.arrange(move |c| diesel::update(users::table.find(rosa)).set(users::is_active.eq(false)).execute(c)).await.expect("out");
    assert!(!ada.open("/").await.see("Somebody Else").has(".viewing-as"));
    let notes: Vec<String> = log(&clinic).await.into_iter().map(|line| line.3).collect();
    let began = "Began, for at most 30 minutes";
    assert_eq!(notes, [began, "Ended: no longer a superuser", began, "Ended: the account is deactivated"]);
}

async fn signing_out_ends_impersonation(clinic: Clinic) {
    let (ada, _) = impersonating(&clinic).await;
    ada.post("/logout", &[]).await.is(303);
    assert!(ada.get("/patients").await.location().starts_with("/login"));
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 0);
    assert_eq!(log(&clinic).await[1].3, "Ended");
    let ada = clinic.sign_in("ada").await;
    assert!(!ada.open("/").await.has(".viewing-as"));
}
