//! The first administrator.

use diesel::prelude::*;
use praxis::accounts::registration::policy;
use praxis::accounts::sign_in::first_admin::make_link;
use praxis::db::schema::{log_entries, users};
use serde_json::json;

use crate::stories;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    the_first_administrator_is_created_through_the_link,
    only_the_newest_setup_link_works_and_only_once,
    a_setup_link_used_twice_at_once_creates_one_administrator,
    an_invented_setup_link_is_not_found,
    the_set_up_asks_who_sees_patients_and_who_may_register,
    a_public_clinic_is_closed_until_it_is_set_up,
];

/// The address of a public clinic.
const PUBLIC: &str = "https://clinic.example.org";

const ADA: [(&str, &str); 6] = [
    ("username", "ada"),
    ("email", "ada@example.org"),
    ("first_name", "Ada"),
    ("last_name", "Okafor"),
    ("password", PASSWORD),
    ("password_again", PASSWORD),
];

async fn link(clinic: &Clinic) -> Option<String> {
    let link = make_link(&clinic.app).await.expect("a link or none");
    link.map(|link| link.trim_start_matches(clinic.app.settings.public_url.as_str().trim_end_matches('/')).to_string())
}

async fn the_first_administrator_is_created_through_the_link(clinic: Clinic) {
    let visitor = clinic.visitor();
    let path = link(&clinic).await.expect("nobody administers yet");
    let page =
        visitor.fill(&path, &[("username", ""), ("email", "nowhere"), ("password", "12345678"), ("password_again", "12345678")]).await;
    page.is(422);
    assert!(!page.has("[autofocus]"), "the summary of the errors has the focus");
    assert_eq!(page.error("username"), "Enter the username");
    assert!(page.error("email").contains("like name@example.org"));
    assert!(page.error("password").contains("too easy to guess"));
    assert_eq!(page.value("email"), "nowhere");
    visitor.complete(&path, &ADA).await.see("Your administrator account is ready").see("Good ");
    visitor.open("/admin").await.see("Users");
    let made = clinic
        .ask(|c| users::table.select((users::is_superuser, users::is_staff, users::password_hash)).first::<(bool, bool, String)>(c))
        .await;
    assert!(made.0 && made.1 && clinic.app.passwords.is_current(&made.2), "{made:?}");
    let logged = clinic.ask(|c| log_entries::table.select(log_entries::changes).first::<String>(c)).await;
    assert!(!logged.contains("argon2"), "the log holds the hash");
    assert_eq!(link(&clinic).await, None, "a second administrator is made by the first");
}

async fn only_the_newest_setup_link_works_and_only_once(clinic: Clinic) {
    let first = link(&clinic).await.expect("a link");
    let second = link(&clinic).await.expect("another");
    let visitor = clinic.visitor();
    visitor.get(&first).await.is(404);
    visitor.complete(&second, &ADA).await;
    let other = clinic.visitor();
    let page = other.get(&second).await;
    assert_eq!(page.is(404).see("Praxis is already set up").attributes("main a.primary", "href"), ["/login"]);
    other.post(&second, &ADA).await.is(404);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
}

async fn a_setup_link_used_twice_at_once_creates_one_administrator(clinic: Clinic) {
    let path = link(&clinic).await.expect("a link");
    let (one, two) = (clinic.visitor(), clinic.visitor());
    let mut other = ADA;
    (other[0], other[1]) = (("username", "eve"), ("email", "eve@example.org"));
    let (first, second) = futures_util::future::join(one.fill(&path, &ADA), two.fill(&path, &other)).await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    assert_eq!(clinic.ask(|c| users::table.filter(users::is_superuser.eq(true)).count().get_result::<i64>(c)).await, 1);
}

async fn an_invented_setup_link_is_not_found(clinic: Clinic) {
    link(&clinic).await;
    clinic.visitor().get("/setup/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.is(404).see("Page not found");
}

/// Fills in the set-up with these answers.
async fn set_up(clinic: &Clinic, visitor: &Browser, answers: &[(&str, &str)]) {
    let path = make_link(&clinic.app).await.expect("a link or none").expect("nobody administers yet");
    let path = path.split_once("/setup/").map(|(_, token)| format!("/setup/{token}")).expect("a path");
    visitor.complete(&path, &[&ADA[..], answers].concat()).await.see("Your administrator account is ready");
}

async fn the_set_up_asks_who_sees_patients_and_who_may_register(clinic: Clinic) {
    let visitor = clinic.visitor();
    let path = link(&clinic).await.expect("nobody administers yet");
    let form = visitor.open(&path).await;
    assert_eq!(form.attributes("[autofocus]", "name"), ["username"]);
    form.see("Who sees patients?").see("Who may create an account?");
    assert!(form.has("input[name=staff][value=all][checked]") && form.has("input[name=registration][value=invitation][checked]"));
    set_up(&clinic, &visitor, &[]).await;
    visitor.open("/admin/log").await.see("Set-up: Who sees patients? All staff. Registration: invitation.");
    let ada = clinic.user_id("ada").await;
    clinic.patient("Émile Zola", ada).await;
    for group in ["Staff", "Doctor"] {
        clinic.account(group, Rights { groups: &[group], ..Rights::default() }).await;
        clinic.sign_in(group).await.open("/patients").await.see("Zola, Émile");
    }

    let other = Clinic::open(clinic.backend).await;
    set_up(&other, &other.visitor(), &[("staff", "own")]).await;
    other.patient("Émile Zola", other.user_id("ada").await).await;
    for (group, sees) in [("Staff", false), ("Doctor", false), ("Receptionist", true), ("Nurse", true)] {
        other.account(group, Rights { groups: &[group], ..Rights::default() }).await;
        let page = other.sign_in(group).await.open("/patients").await;
        if sees {
            page.see("Zola, Émile")
        } else {
            page.miss("Zola, Émile")
        };
    }
    other.server.stop(false).await;
}

async fn a_public_clinic_is_closed_until_it_is_set_up(clinic: Clinic) {
    for answer in ["invitation", "open", "closed"] {
        let public = Clinic::open_with(clinic.backend, &[("PUBLIC_URL", PUBLIC)]).await;
        assert_eq!(public.app.registration().as_str(), "closed", "before anything is known");
        policy::refresh(&public.app).await.expect("a look");
        let first_page = public.visitor().open("/login").await;
        first_page.see("This clinic is not set up yet").see("Open the latest set-up link in Praxis’s terminal or log.");
        registers(&public, "zoe", None).await;

        let ada = public.visitor();
        set_up(&public, &ada, &[("registration", answer)]).await;
        public.visitor().open("/login").await.miss("This clinic is not set up yet");
        registers(&public, "rosa", (answer == "open").then_some("Staff")).await;
        if answer == "closed" {
            ada.open("/admin/invitations").await.see("Registration is closed");
        } else {
            let role = ada.open("/admin/invitations").await.value("role");
            ada.post("/admin/invitations", &[("email", "emile@example.org"), ("role", &role)]).await.is(303);
            let mail = public.outbox().await.into_iter().find(|mail| mail.recipient == "emile@example.org").expect("a mail");
            let link = mail.text_body.lines().find(|line| line.contains("/register/")).expect("a link").to_string();
            let path = link.strip_prefix(PUBLIC).expect("our address");
            let typed = [("username", "emile"), ("password", PASSWORD), ("password_again", PASSWORD)];
            public.visitor().complete(path, &typed).await.see("Account created");
        }
        public.server.stop(false).await;
    }
    // The setting overrides what the clinic decides, and that it decided nothing yet.
    let fixed = Clinic::open_with(clinic.backend, &[("PUBLIC_URL", PUBLIC), ("REGISTRATION", "open")]).await;
    assert_eq!(fixed.app.registration().as_str(), "open");
    fixed.server.stop(false).await;
}

/// Whether somebody can create an account by themselves, by the page and by a program, and the group that they join.
async fn registers(clinic: &Clinic, name: &str, group: Option<&str>) {
    let (visitor, address) = (clinic.visitor(), format!("{name}@example.org"));
    let (link, typed) =
        ("a[href='/register']", [("username", name), ("email", &address), ("password", PASSWORD), ("password_again", PASSWORD)]);
    let sent = json!({ "name": name, "email": format!("{name}.api@example.org"), "password": PASSWORD });
    let by_program = clinic.program().post("/api/auth/register/", sent).await;
    assert_eq!(visitor.open("/login").await.has(link), group.is_some(), "{name}");
    let Some(group) = group else {
        visitor.get("/register").await.is(404);
        visitor.post("/register", &typed).await.is(404);
        by_program.refuses(403, "registration_closed");
        let known = users::table.filter(users::username.like(format!("{name}%")));
        assert_eq!(clinic.ask(move |c| known.count().get_result::<i64>(c)).await, 0);
        return;
    };
    by_program.is(201);
    visitor.complete("/register", &typed).await.see("Account created");
    let groups = clinic.program_of(name).await.me().await.json()["groups"].clone();
    assert_eq!(groups, json!([group]));
}
