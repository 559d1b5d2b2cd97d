//! The content of emails about an account.

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;
use praxis::accounts::mail::model::AccountMail;
use praxis::accounts::mail::{self, PasswordChange, Recipient};
use praxis::accounts::origin::Origin;
use praxis::resource::Resource;

stories![every_email_about_an_account_says_what_happened_when_where_and_what_to_do];

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async fn every_email_about_an_account_says_what_happened_when_where_and_what_to_do(clinic: Clinic) {
    clinic.stop_the_clock();
    let id = clinic.account("rosa", Rights::default()).await;
    let data = clinic.app.clone();
    let owner = clinic
        .ask(move |c| {
            let user: &Resource = data.registry.get("user").expect("users");
            user.find(c, id, None)
        })
        .await
        .expect("rosa");
    let (app, ends) = (&clinic.app, clinic.app.now().plus(time::Duration::days(7)));
    let origin = Origin { ip: "203.0.113.9".into(), user_agent: AGENT.into() };
    let with_code = [
        mail::password_reset_requested(app, "4F7QK-2MXR9"),
        mail::first_password_requested(app, "4F7QK-2MXR9"),
        mail::email_change_requested(app, "4F7QK-2MXR9"),
    ];
    let with_link = [
        mail::email_confirmation_requested(app, "4F7QK-2MXR9"),
        mail::invitation(app, "token", ends),
        mail::registration_invitation(app, "ada", "token", ends),
        mail::registration_requested(app, "token", ends),
        mail::account_exists(app),
        mail::welcome(app),
    ];
    let notices = [
        mail::password_changed(app, &PasswordChange::ByOwner),
        mail::password_changed(app, &PasswordChange::WithCode),
        mail::password_changed(app, &PasswordChange::By("ada")),
        mail::email_changed(app),
        mail::account_deactivated(app),
        mail::new_sign_in(app),
        mail::sign_in_blocked(app),
        mail::recovery_code_used(app, 1),
        mail::authenticator_added(app),
        mail::authenticator_removed(app),
        mail::passkey_added(app, "Phone"),
        mail::passkey_removed(app, "Phone"),
        mail::recovery_codes_replaced(app),
        mail::second_factor_removed(app, "ada"),
        mail::account_linked(app, "Clinic ID"),
        mail::account_unlinked(app, "Clinic ID"),
        mail::account_unlinked_by(app, "Clinic ID", "ada"),
        mail::access_token_created(app, "Nightly export", ends),
    ];
    let when = format!("When: {} (UTC)", app.settings.time_zone.show(app.now()));
    let check = |mail: AccountMail, has_link: bool| {
        let mail = mail.from(&origin).to(&Recipient::owner(app, &owner)).expect("a mail");
        let (subject, text, html) = (mail.subject(), mail.text(), mail.html());
        assert!(
            subject.ends_with(" at Praxis") && !["rosa", "ada", "Phone", "4F7QK"].iter().any(|word| subject.contains(word)),
            "{subject}"
        );
        for words in ["Hello ", "Username: rosa\n", &when, "Browser: Firefox on Linux\n", "IP address: 203.0.113.9\n", "\n\nIf "] {
            assert!(text.contains(words), "{subject}: no {words:?} in {text}");
        }
        for words in ["Hello ", "<strong>rosa</strong>", "Firefox on Linux", "203.0.113.9", "If "] {
            assert!(html.contains(words), "{subject}: no {words:?} in {html}");
        }
        assert_eq!((text.contains("http"), html.contains("href")), (has_link, has_link), "{subject}");
        assert!(!text.contains("\n\n\n") && !html.contains("<script"), "{text}");
    };
    with_link.into_iter().for_each(|mail| check(mail, true));
    with_code.into_iter().chain(notices).for_each(|mail| check(mail, false));
}
