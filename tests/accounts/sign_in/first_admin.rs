//! The first administrator.

use diesel::prelude::*;
use praxis::accounts::sign_in::first_admin::make_link;
use praxis::db::schema::{log_entries, users};

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
    for (answer, open, link_works) in [("invitation", false, true), ("open", true, true), ("closed", false, false)] {
        let public = Clinic::open_with(clinic.backend, &[("PUBLIC_URL", PUBLIC)]).await;
        let registration = || public.app.registration().as_str();
        assert_eq!(registration(), "closed");
        praxis::accounts::registration::policy::refresh(&public.app).await.expect("a look");
        assert!(public.app.decided.needs_set_up() && registration() == "closed");
        let stored = public.arrange(move |c| {
            let choice = praxis::settings::Registration::parse(answer).expect("a choice");
            praxis::accounts::registration::policy::decide(
                c,
                choice,
                praxis::db::UtcDateTime::parse("2026-11-30T08:00:00Z").expect("a time"),
            )
        });
        stored.await.expect("a decision");
        praxis::accounts::registration::policy::refresh(&public.app).await.expect("a look");
        assert!(!public.app.decided.needs_set_up());
        assert_eq!((registration() == "open", registration() != "closed"), (open, link_works));
        public.server.stop(false).await;
        // The setting overrides what the clinic decided.
        let fixed = Clinic::open_with(clinic.backend, &[("PUBLIC_URL", PUBLIC), ("REGISTRATION", "open")]).await;
        assert_eq!(fixed.app.registration().as_str(), "open");
        fixed.server.stop(false).await;
    }
}
