//! One-time codes: how long, how often and where they work. The pages that send them have their own stories.

use std::collections::BTreeSet;

use diesel::prelude::*;
use praxis::accounts::code::one_time::{Issue, Outcome, Owner, Place, clear_old, consume, issue, void};
use praxis::accounts::code::purpose::Purpose;
use praxis::db::schema::codes;
use time::Duration;

use crate::support::Clinic;
use crate::support::people::Rights;
use crate::{facts, stories};

facts![every_code_purpose_ends_with_the_others];
stories![
    a_code_works_once_within_ten_minutes_however_it_is_typed,
    five_wrong_attempts_end_a_code,
    a_code_used_by_sixty_four_at_once_works_once,
    sixty_four_guessers_share_five_attempts,
    a_code_belongs_to_one_purpose_one_browser_and_one_account,
    a_new_code_ends_the_old_one,
    an_account_gets_three_codes_an_hour_and_six_a_day_whether_it_exists_or_not,
    simultaneous_requests_for_codes_share_the_limit,
    a_network_gets_thirty_codes_an_hour,
    the_database_holds_no_usable_code,
    old_codes_and_codes_of_deleted_accounts_are_removed,
];

const HERE: &str = "192.0.2.1";

impl Clinic {
    fn place(&self, number: i64) -> Place {
        Place::account(&self.app.keys, number, HERE)
    }

    async fn code_at(&self, purpose: Purpose, user: i64, place: Place) -> Result<String, Duration> {
        let (keys, now) = (self.app.keys.clone(), self.app.now());
        let issued = self.arrange(move |c| issue(c, &keys, purpose, &Owner::User(user), "new@example.org", &place, now)).await;
        match issued.expect("an answer") {
            Issue::Issued(code) => Ok(code),
            Issue::Capped(until) => Err(until.since(now)),
        }
    }

    async fn code(&self, user: i64) -> String {
        self.code_at(Purpose::Email, user, self.place(user)).await.expect("a code")
    }

    async fn type_at(&self, purpose: Purpose, user: Option<i64>, typed: &str, place: Place) -> Outcome {
        let (keys, now, typed) = (self.app.keys.clone(), self.app.now(), typed.to_string());
        self.arrange(move |c| consume(c, &keys, purpose, user, &typed, &place, now)).await.expect("an answer")
    }

    async fn type_code(&self, user: i64, typed: &str) -> Outcome {
        self.type_at(Purpose::Email, Some(user), typed, self.place(user)).await
    }
}

fn right(user_id: i64) -> Outcome {
    Outcome::Right { user_id, target: "new@example.org".into() }
}

fn every_code_purpose_ends_with_the_others() {
    assert_eq!(Purpose::ALL.map(Purpose::as_str).as_slice(), Purpose::CHOICES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

async fn a_code_works_once_within_ten_minutes_however_it_is_typed(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    let code = clinic.code(rosa).await;
    assert!(code.len() == 11 && code.chars().nth(5) == Some('-'), "{code}");
    clinic.wait(Duration::minutes(10) - Duration::SECOND);
    let typed = format!(" {} ", code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
    assert_eq!(clinic.type_code(rosa, &typed).await, right(rosa));
    assert_eq!(clinic.type_code(rosa, &code).await, Outcome::Ended);
    let late = clinic.code(rosa).await;
    clinic.wait(Duration::minutes(10));
    assert_eq!(clinic.type_code(rosa, &late).await, Outcome::Ended);
}

async fn five_wrong_attempts_end_a_code(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let code = clinic.code(rosa).await;
    assert_eq!(clinic.type_code(rosa, "what is it?").await, Outcome::Malformed, "that is no try");
    for left in [4, 3, 2, 1] {
        let outcome = clinic.type_code(rosa, "00000-00000").await;
        assert_eq!(outcome, Outcome::Wrong { left });
        assert!(outcome.problem().is_some_and(|text| text.contains(if left == 1 { "1 attempt left" } else { "attempts left" })));
    }
    let one = clinic.code(rosa).await;
    for _ in 0..4 {
        clinic.type_code(rosa, "00000-00000").await;
    }
    assert_eq!(clinic.type_code(rosa, &one).await, right(rosa), "the fifth try may be the right one");
    let other = clinic.code(rosa).await;
    for _ in 0..4 {
        clinic.type_code(rosa, "00000-00000").await;
    }
    assert_eq!(clinic.type_code(rosa, "00000-00000").await, Outcome::Ended);
    for dead in [&other, &one, &code] {
        assert_eq!(clinic.type_code(rosa, dead).await, Outcome::Ended);
    }
}

async fn a_code_used_by_sixty_four_at_once_works_once(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let code = clinic.code(rosa).await;
    let outcomes = futures_util::future::join_all((0..64).map(|_| clinic.type_code(rosa, &code))).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == right(rosa)).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Ended).count(), 63, "{outcomes:?}");
}

async fn sixty_four_guessers_share_five_attempts(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    clinic.code(rosa).await;
    let outcomes = futures_util::future::join_all((0..64).map(|_| clinic.type_code(rosa, "00000-00000"))).await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Wrong { .. })).count(), 4, "{outcomes:?}");
    assert_eq!(clinic.ask(|c| codes::table.select(codes::tries).first::<i32>(c)).await, 5);
}

async fn a_code_belongs_to_one_purpose_one_browser_and_one_account(clinic: Clinic) {
    let (rosa, colin) = (clinic.account("rosa", Rights::default()).await, clinic.account("colin", Rights::default()).await);
    let code = clinic.code(rosa).await;
    let elsewhere = clinic.type_at(Purpose::Email, Some(rosa), &code, clinic.place(colin)).await;
    assert_eq!(elsewhere, Outcome::Ended, "nothing waits in another browser");
    assert_eq!(clinic.type_at(Purpose::Reset, Some(rosa), &code, clinic.place(rosa)).await, Outcome::Ended);
    // Colin requests a code in his own browser and types what he saw on Rosa's screen.
    clinic.code(colin).await;
    assert_eq!(clinic.type_code(colin, &code).await, Outcome::Wrong { left: 4 });
    // Two users of one browser.
    assert_eq!(clinic.type_at(Purpose::Email, Some(colin), &code, clinic.place(rosa)).await, Outcome::Wrong { left: 4 });
    assert_eq!(clinic.type_at(Purpose::Email, None, &code, clinic.place(rosa)).await, right(rosa));
}

async fn a_new_code_ends_the_old_one(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let first = clinic.code(rosa).await;
    let kept = clinic.code_at(Purpose::Password, rosa, clinic.place(rosa)).await.expect("a code");
    let second = clinic.code_at(Purpose::Email, rosa, clinic.place(77)).await.expect("a code");
    assert_eq!(clinic.type_code(rosa, &first).await, Outcome::Ended);
    assert_eq!(clinic.type_at(Purpose::Email, Some(rosa), &second, clinic.place(77)).await, right(rosa));
    assert_eq!(clinic.type_at(Purpose::Password, Some(rosa), &kept, clinic.place(rosa)).await, right(rosa));
    let third = clinic.code(rosa).await;
    assert_eq!(clinic.arrange(move |c| void(c, rosa, &[Purpose::Email])).await.expect("voided"), 1);
    assert_eq!(clinic.type_code(rosa, &third).await, Outcome::Ended);
}

async fn an_account_gets_three_codes_an_hour_and_six_a_day_whether_it_exists_or_not(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    let mut told = Vec::new();
    for user_id in [Some(rosa), None] {
        let mut waits = Vec::new();
        for minutes in [0, 10, 20, 5, 30, 0, 0, 5, 600, 840, 0] {
            clinic.wait(Duration::minutes(minutes));
            let (keys, now, place) = (clinic.app.keys.clone(), clinic.app.now(), clinic.place(1));
            let name = if user_id.is_some() { "rosa rosa@example.org" } else { "zoe zoe@example.org" };
            let issued = clinic
                .arrange(move |c| issue(c, &keys, Purpose::Reset, &Owner::Typed { name, user_id }, "", &place, now))
                .await
                .expect("an answer");
            waits.push(match issued {
                Issue::Issued(code) => {
                    let outcome = clinic.type_at(Purpose::Reset, None, &code, clinic.place(1)).await;
                    assert_eq!(matches!(outcome, Outcome::Right { .. }), user_id.is_some(), "a code for nobody fits nothing");
                    0
                }
                Issue::Capped(until) => until.since(now).whole_minutes(),
            });
        }
        clinic.wait(Duration::days(2));
        told.push(waits);
    }
    // Three, then a wait until the hour is over; three more, and a wait until the day is over.
    assert_eq!(told[0], [0, 0, 0, 25, 0, 5, 5, 0, 0, 0, 0]);
    assert_eq!(told[0], told[1]);
    // Another purpose has its own limit.
    clinic.code(rosa).await;
}

async fn simultaneous_requests_for_codes_share_the_limit(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let asked = (0..32).map(|place| clinic.code_at(Purpose::Email, rosa, clinic.place(place)));
    let given = futures_util::future::join_all(asked).await;
    assert_eq!(given.iter().filter(|given| given.is_ok()).count(), 3);
}

async fn a_network_gets_thirty_codes_an_hour(clinic: Clinic) {
    clinic.stop_the_clock();
    let ask = async |user: i64, ip: String| {
        let (keys, now) = (clinic.app.keys.clone(), clinic.app.now());
        let place = Place::account(&keys, user, &ip);
        let name = format!("nobody{user}");
        let issued =
            clinic.arrange(move |c| issue(c, &keys, Purpose::Reset, &Owner::Typed { name: &name, user_id: None }, "", &place, now)).await;
        matches!(issued.expect("an answer"), Issue::Issued(_))
    };
    for number in 0..30 {
        assert!(ask(number, format!("2001:db8:1:2::{number}")).await);
    }
    assert!(!ask(30, "2001:db8:1:2:ffff::1".into()).await, "a network has many addresses");
    assert!(ask(30, "2001:db8:1:3::1".into()).await);
    clinic.wait(Duration::hours(1));
    assert!(ask(31, "2001:db8:1:2::1".into()).await);
}

async fn the_database_holds_no_usable_code(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let code = clinic.code(rosa).await;
    let again = clinic.code_at(Purpose::Password, rosa, clinic.place(rosa)).await.expect("a code");
    let kept = clinic
        .ask(|c| {
            codes::table.order(codes::id).select((codes::code_hash, codes::budget, codes::browser)).load::<(String, String, String)>(c)
        })
        .await;
    let all = format!("{kept:?}").to_lowercase();
    for code in [&code, &again] {
        let plain = code.replace('-', "").to_lowercase();
        assert!(!all.contains(&plain));
        assert!(!all.contains(&praxis::crypto::keys::digest(code)) && !all.contains(&praxis::crypto::keys::digest(&code.replace('-', ""))));
    }
    assert_eq!(kept.iter().map(|row| &row.0).collect::<BTreeSet<_>>().len(), 2);
    for sql in [
        "UPDATE codes SET tries = 6",
        "UPDATE codes SET code_hash = 'short'",
        "UPDATE codes SET user_id = 77",
        "UPDATE codes SET user_id = NULL, used_at = created_at",
    ] {
        clinic.refuses(sql).await;
    }
}

async fn old_codes_and_codes_of_deleted_accounts_are_removed(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (rosa, colin) = (clinic.account("rosa", Rights::default()).await, clinic.account("colin", Rights::default()).await);
    clinic.code(rosa).await;
    ada.complete(&format!("/admin/users/{rosa}/delete"), &[]).await.see("was deleted");
    assert_eq!(clinic.ask(|c| codes::table.count().get_result::<i64>(c)).await, 0);
    clinic.code(colin).await;
    clinic.wait(Duration::hours(23));
    clinic.code(colin).await;
    clinic.wait(Duration::hours(1));
    let now = clinic.app.now();
    assert_eq!(clinic.arrange(move |c| clear_old(c, now)).await.expect("cleared"), 1, "what the caps still count stays");
}
