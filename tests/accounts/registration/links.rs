//! An administrator invites people who have no account, and they create one.

use diesel::prelude::*;
use praxis::db::schema::{patients, registration_links, users};
use time::Duration;

use crate::stories;
use crate::support::page::Page;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Clinic};

stories![
    an_invited_visitor_creates_an_account,
    a_registration_link_works_once_for_one_address,
    registration_links_end_by_expiry_replacement_or_revocation,
    a_registration_link_used_twice_at_once_creates_one_account,
    only_users_who_may_add_users_send_registration_links,
    a_closed_clinic_accepts_no_registration_link,
    an_invitation_names_a_role,
    an_invitation_can_belong_to_a_record,
    an_invitation_can_belong_to_the_record_of_a_doctor,
    an_expired_invitation_is_sent_again,
];

const TYPED: [(&str, &str); 4] = [("username", "emile"), ("first_name", "Émile"), ("password", PASSWORD), ("password_again", PASSWORD)];

async fn by_invitation(clinic: &Clinic) -> Clinic {
    Clinic::open_with(clinic.backend, &[("REGISTRATION", "invitation")]).await
}

/// Sends the form with the usual role.
async fn send(browser: &Browser, address: &str) -> Page {
    let role = browser.open("/admin/invitations").await.value("role");
    browser.post("/admin/invitations", &[("email", address), ("role", &role)]).await
}

/// Invites an address through the page; returns the path in the email.
async fn invite(clinic: &Clinic, browser: &Browser, address: &str) -> String {
    let page = send(browser, address).await;
    browser.open(page.location()).await.see(&format!("Invitation sent to {address}"));
    let mail = clinic.outbox().await.pop().expect("a mail");
    assert_eq!((mail.kind.as_str(), mail.recipient.as_str()), ("registration link", address));
    let base = clinic.app.settings.public_url.as_str().trim_end_matches('/');
    let link = mail.text_body.lines().find(|line| line.contains("/register/")).expect("a link").to_string();
    assert!(mail.html_body.contains(&format!("href=\"{link}\"")) && mail.text_body.contains("ada invites you"), "{}", mail.html_body);
    link.strip_prefix(base).expect("our address").to_string()
}

async fn an_invited_visitor_creates_an_account(clinic: Clinic) {
    let clinic = by_invitation(&clinic).await;
    let ada = clinic.administrator().await;
    let visitor = clinic.visitor();
    visitor.open("/login").await.miss("Create an account");
    visitor.get("/register").await.is(404);
    visitor.post("/register", &TYPED).await.is(404);
    ada.open("/admin").await.see("Invitations");
    ada.open("/admin/invitations").await.see("Pending invitations None");
    let path = invite(&clinic, &ada, "emile@example.org").await;
    ada.open("/admin/invitations").await.see("emile@example.org");
    ada.open("/admin/log").await.see("Invited emile@example.org to create an account");
    let token = path.rsplit('/').next().expect("a token").to_string();
    let kept = clinic.ask(|c| registration_links::table.select(registration_links::token_hash).first::<String>(c)).await;
    assert!(token.len() >= 40 && kept != token);
    let page = visitor.open(&path).await;
    page.see("For emile@example.org , the email address that was invited");
    assert!(!page.has("#email"));
    let page =
        visitor.fill(&path, &[("username", "emile"), ("password", "emile@example.org"), ("password_again", "emile@example.org")]).await;
    assert!(page.is(422).error("password").contains("too similar to your"));
    visitor.complete(&path, &TYPED).await.see("Account created").miss("not confirmed yet");
    let made = clinic
        .ask(|c| {
            let emile = users::table.filter(users::username.eq("emile"));
            emile.select((users::email, users::email_confirmed_at.is_not_null(), users::is_staff)).first::<(String, bool, bool)>(c)
        })
        .await;
    assert_eq!(made, ("emile@example.org".into(), true, false));
    let kinds: Vec<_> = clinic.outbox().await.into_iter().map(|mail| mail.kind).collect();
    assert_eq!(kinds, ["registration link", "welcome"]);
    visitor.get(&path).await.is(404).see("This link has expired");
    clinic.server.stop(false).await;
}

async fn a_registration_link_works_once_for_one_address(clinic: Clinic) {
    let clinic = by_invitation(&clinic).await;
    let ada = clinic.administrator().await;
    let path = invite(&clinic, &ada, "emile@example.org").await;
    let mut sent = TYPED.to_vec();
    sent.extend([("email", "mallory@example.org"), ("is_superuser", "on"), ("groups", "1")]);
    clinic.visitor().fill(&path, &sent).await.is(303);
    let made: (String, bool) =
        clinic.ask(|c| users::table.filter(users::username.eq("emile")).select((users::email, users::is_superuser)).first(c)).await;
    assert_eq!(made, ("emile@example.org".to_string(), false));
    clinic.visitor().post(&path, &TYPED).await.is(404);
    clinic.visitor().get("/register/nonsense").await.is(404);
    let page = send(&ada, "EMILE@example.org").await;
    assert_eq!(page.is(422).error("email"), "An account with this email address already exists");
    assert_eq!(page.value("email"), "EMILE@example.org");
    assert!(send(&ada, "nonsense").await.is(422).error("email").contains("name@example.org"));
    clinic.server.stop(false).await;
}

async fn registration_links_end_by_expiry_replacement_or_revocation(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let visitor = clinic.visitor();
    let first = invite(&clinic, &ada, "emile@example.org").await;
    let second = invite(&clinic, &ada, "Emile@example.org").await;
    visitor.get(&first).await.is(404);
    visitor.open(&second).await;
    let id = clinic.ask(|c| registration_links::table.select(registration_links::id).first::<i64>(c)).await;
    let page = ada.post(&format!("/admin/invitations/{id}/withdraw"), &[]).await;
    ada.open(page.location()).await.see("Invitation to Emile@example.org withdrawn").see("Pending invitations None");
    visitor.get(&second).await.is(404);
    visitor.post(&second, &TYPED).await.is(404);
    ada.post(&format!("/admin/invitations/{id}/withdraw"), &[]).await.is(404);
    let third = invite(&clinic, &ada, "emile@example.org").await;
    clinic.wait(Duration::days(7));
    visitor.get(&third).await.is(404);
    visitor.post(&third, &TYPED).await.is(404);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
}

async fn a_registration_link_used_twice_at_once_creates_one_account(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let path = invite(&clinic, &ada, "emile@example.org").await;
    let (one, other) = (clinic.visitor(), clinic.visitor());
    let theirs = [("username", "zola"), ("password", PASSWORD), ("password_again", PASSWORD)];
    let (first, second) = futures_util::future::join(one.fill(&path, &TYPED), other.fill(&path, &theirs)).await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 2);
}

async fn only_users_who_may_add_users_send_registration_links(clinic: Clinic) {
    let clerk = clinic.clerk("clara", &["user.view", "user.change"]).await;
    clerk.get("/admin/invitations").await.is(403);
    clerk.post("/admin/invitations", &[("email", "emile@example.org")]).await.is(403);
    clerk.post("/admin/invitations/1/withdraw", &[]).await.is(403);
    clerk.open("/admin").await.miss("Invitations");
    assert!(clinic.outbox().await.is_empty());
}

async fn a_closed_clinic_accepts_no_registration_link(clinic: Clinic) {
    let open = clinic;
    let ada = open.administrator().await;
    let path = invite(&open, &ada, "emile@example.org").await;
    let clinic = Clinic::open_with(open.backend, &[("REGISTRATION", "closed"), ("DATABASE_URL", open.database.url.as_str())]).await;
    clinic.visitor().get(&path).await.is(404);
    clinic.visitor().post(&path, &TYPED).await.is(404);
    let ada = clinic.sign_in("ada").await;
    let page = ada.open("/admin/invitations").await;
    assert!(!page.see("Registration is closed").has("#email"));
    ada.post("/admin/invitations", &[("email", "zola@example.org")]).await.is(404);
    clinic.server.stop(false).await;
}

async fn an_invitation_names_a_role(clinic: Clinic) {
    let ada = clinic.administrator().await;
    use praxis::db::schema::{groups, user_groups};
    let id = |name: &'static str| clinic.ask(move |c| groups::table.filter(groups::name.eq(name)).select(groups::id).first::<i64>(c));
    let (nurse, staff) = (id("Nurse").await, id("Staff").await);
    let form = ada.open("/admin/invitations").await;
    assert_eq!(form.value("role"), staff.to_string());
    let page = ada.post("/admin/invitations", &[("email", "nora@example.org"), ("role", &nurse.to_string())]).await;
    ada.open(page.location()).await.see("nora@example.org").see("Nurse");
    let mail = clinic.outbox().await.pop().expect("a mail");
    let link = mail.text_body.lines().find(|line| line.contains("/register/")).expect("a link").to_string();
    let path = link.split_once("/register/").map(|(_, token)| format!("/register/{token}")).expect("a path");
    let nora = clinic.visitor();
    nora.complete(&path, &[("username", "nora"), ("password", PASSWORD), ("password_again", PASSWORD)]).await.see("Account created");
    let joined = clinic.ask(|c| user_groups::table.select(user_groups::group_id).load::<i64>(c)).await;
    assert!(joined.contains(&nurse) && !joined.contains(&staff), "{joined:?}");
    // A nurse sees every patient, whoever registered them.
    clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    nora.open("/patients").await.see("Zola, Émile");

    // Somebody who may add users gives no more than they have.
    let clara = clinic.clerk("clara", &["user.view", "user.add"]).await;
    for role in [nurse, 999] {
        let page = clara.post("/admin/invitations", &[("email", "zoe@example.org"), ("role", &role.to_string())]).await;
        assert!(!page.is(422).error("role").is_empty());
    }
    send(&clara, "zoe@example.org").await.is(303);
}

/// The path in the latest mail.
async fn mailed(clinic: &Clinic) -> String {
    let mail = clinic.outbox().await.pop().expect("a mail");
    let base = clinic.app.settings.public_url.as_str().trim_end_matches('/');
    mail.text_body.lines().find_map(|line| line.strip_prefix(base).filter(|path| path.starts_with("/register/"))).expect("a link").into()
}

async fn an_invitation_can_belong_to_a_record(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let zola = clinic.patient("Émile Zola", owner).await;
    clinic.patient("Victor Hugo", owner).await;
    ada.complete(&format!("/patients/{zola}/edit"), &[("email", "emile@example.org")]).await;
    let invite = ada.open(&format!("/patients/{zola}")).await.attributes(".page-head a[href*='/admin/invitations']", "href");
    let page = ada.open(&invite[0]).await;
    page.see("The account will belong to the record of Émile Zola");
    let typed = ["email", "first_name", "last_name"].map(|field| page.value(field));
    assert_eq!(typed, ["emile@example.org", "Émile", "Zola"]);
    let page = ada.fill(&invite[0], &[("email", "nonsense")]).await;
    page.is(422).see("The account will belong to the record of Émile Zola");
    let page = ada.complete(&invite[0], &[]).await;
    page.see("Invitation sent to emile@example.org").see("Émile Zola").see("Patient’s record");
    let (visitor, path) = (clinic.visitor(), mailed(&clinic).await);
    // A second address for the same record: whoever is first has it, and the other link is not sent again for it.
    let page = ada.complete(&invite[0], &[("email", "zola@example.org")]).await;
    let again = page.attributes("form[action$='/again']", "action");
    assert_eq!(visitor.open(&path).await.value("last_name"), "Zola");
    visitor.complete(&path, &[TYPED[0], TYPED[2], TYPED[3]]).await.see("Account created").see("Émile Zola").miss("Victor Hugo");
    let emile = clinic.user_id("emile").await;
    assert_eq!(clinic.ask(move |c| patients::table.find(zola).select(patients::user_id).first::<Option<i64>>(c)).await, Some(emile));
    // Who has an account is not invited again, and nobody gives away a record that they do not see or may not change.
    ada.open(&format!("/patients/{zola}")).await.miss("Invite");
    ada.get(&invite[0]).await.is(404);
    let page = ada.post(&again[0], &[]).await;
    ada.open(page.location()).await.see("The record already has an account").see("Nothing was sent");
    let colin = clinic.clerk("colin", &["user.add", "user.view", "group.view", "patient.view", "patient.change"]).await;
    let hidden = clinic.patient("Claude Monet", owner).await;
    for record in [format!("patient.{hidden}"), "doctor.1".into(), "patient.999999".into()] {
        colin.get(&format!("/admin/invitations?record={record}")).await.is(404);
        let role = colin.open("/admin/invitations").await.value("role");
        let sent = [("email", "c@example.org"), ("role", role.as_str()), ("record", record.as_str())];
        colin.post("/admin/invitations", &sent).await.is(404);
    }
    clinic.refuses("UPDATE registration_links SET doctor_id = 1, patient_id = 1").await;
}

async fn an_invitation_can_belong_to_the_record_of_a_doctor(clinic: Clinic) {
    use praxis::db::schema::{doctors, groups, user_groups};
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let (hers, _other) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Victor Hugo", owner).await);
    let grace = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(hers, grace).await;
    let record = format!("/doctors/{grace}");
    let invite = ada.open(&record).await.attributes(".page-head a[href*='/admin/invitations']", "href");
    let page = ada.open(&invite[0]).await;
    page.see("The account will belong to the record of Dr Grace Hopper");
    let role = clinic.ask(|c| groups::table.filter(groups::name.eq("Doctor")).select(groups::id).first::<i64>(c)).await;
    let typed = ["email", "first_name", "last_name", "role"].map(|field| page.value(field));
    assert_eq!(typed, ["", "Grace", "Hopper", role.to_string().as_str()]);
    let page = ada.complete(&invite[0], &[("email", "grace@example.org")]).await;
    page.see("Invitation sent to grace@example.org").see("Doctor’s record");
    assert!(page.attributes("main a", "href").contains(&record), "the list leads to the record");
    let (visitor, path) = (clinic.visitor(), mailed(&clinic).await);
    visitor.complete(&path, &[("username", "grace"), TYPED[2], TYPED[3]]).await.see("Account created");
    let account = clinic.user_id("grace").await;
    assert_eq!(clinic.ask(move |c| doctors::table.find(grace).select(doctors::user_id).first::<Option<i64>>(c)).await, Some(account));
    let of_hers = user_groups::table.filter(user_groups::user_id.eq(account)).select(user_groups::group_id);
    assert_eq!(clinic.ask(move |c| of_hers.load::<i64>(c)).await, [role]);
    // The doctor sees the patients who are assigned to them, and no others.
    visitor.open("/patients").await.see("Zola, Émile").miss("Hugo, Victor");
    visitor.open(&format!("/patients/{hers}")).await.see("Dr Grace Hopper");
    // Who has an account is not invited again.
    ada.open(&record).await.miss("Invite");
    ada.get(&invite[0]).await.is(404);
}

async fn an_expired_invitation_is_sent_again(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let visitor = clinic.visitor();
    let first = invite(&clinic, &ada, "emile@example.org").await;
    clinic.wait(Duration::days(8));
    visitor.get(&first).await.is(404);
    let ada = clinic.sign_in("ada").await;
    let page = ada.open("/admin/invitations").await;
    let again = page.see("Expired").attributes("form[action$='/again']", "action");
    let page = ada.post(&again[0], &[]).await;
    ada.open(page.location()).await.see("Invitation sent to emile@example.org").miss("Expired");
    let second = mailed(&clinic).await;
    assert_ne!(first, second);
    visitor.complete(&second, &TYPED).await.see("Account created");
    ada.post(&again[0], &[]).await.is(404);
    let open = ada.open("/admin/invitations").await;
    assert!(open.attributes("form[action$='/again']", "action").is_empty());
}
