//! Finding a patient by what is on the slip of paper: a name, a number, a date of birth.

use diesel::prelude::*;
use praxis::db::schema::patients;
use time::macros::date;

use crate::stories;
use crate::support::Clinic;

stories![
    a_receptionist_finds_a_patient_by_number,
    a_receptionist_finds_a_patient_by_date_of_birth,
    the_start_of_a_word_in_a_name_comes_first,
];

async fn a_receptionist_finds_a_patient_by_number(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    clinic.patient("Marie Curie", owner).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    for typed in [format!("P-{zola:06}"), format!("p{zola}"), format!("{zola:06}"), zola.to_string()] {
        rosa.open(&format!("/patients?q={typed}")).await.see("Émile Zola").miss("Marie Curie");
        rosa.open(&format!("/search?q={typed}")).await.see("Émile Zola").see("P-000002").miss("Marie Curie");
    }
    rosa.open("/patients?q=P-000099").await.see("No patient you can see matches");
    let found = clinic.program_of("rosa").await.read("/api/patients/?search=P-000002").await;
    assert_eq!((found[0]["name"].as_str(), found.as_array().map(Vec::len)), (Some("Émile Zola"), Some(1)));
    // Somebody else's number is as unknown as one that does not exist.
    let other = clinic.account("colin", crate::support::people::Rights { groups: &["Staff"], ..Default::default() }).await;
    let hidden = clinic.patient("Claude Monet", other).await;
    rosa.open(&format!("/patients?q=P-{hidden:06}")).await.see("No patient you can see matches").miss("Monet");
}

async fn a_receptionist_finds_a_patient_by_date_of_birth(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    clinic.patient("Marie Curie", owner).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let born = date!(1958 - 01 - 23);
    let known = patients::table.find(zola);
    clinic.arrange(move |c| diesel::update(known).set(patients::date_of_birth.eq(born)).execute(c)).await.expect("a birthday");
    for typed in ["23+Jan+1958", "23.1.1958", "23%2F01%2F1958", "1%2F23%2F1958", "1958-01-23", "23011958"] {
        rosa.open(&format!("/patients?q={typed}")).await.see("Émile Zola").miss("Marie Curie");
    }
    rosa.open("/search?q=23.1.1958").await.see("Born 23 Jan 1958");
    rosa.open("/patients?q=24.1.1958").await.see("No patient you can see matches");
}

async fn the_start_of_a_word_in_a_name_comes_first(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for name in ["Elena De Luca", "Anna Weiss", "Lena Novak", "Milena Rossi"] {
        clinic.patient(name, owner).await;
    }
    let weiss = patients::table.filter(patients::name.eq("Anna Weiss"));
    let set = (patients::address.eq("Lena Street 4"), patients::search_text.eq("anna weiss\nlena street 4"));
    clinic.arrange(move |c| diesel::update(weiss).set(set).execute(c)).await.expect("an address");
    let page = rosa.open("/patients?q=lena").await;
    assert_eq!(page.all("td.main-cell"), ["Lena Novak", "Elena De Luca", "Milena Rossi", "Anna Weiss"]);
}
