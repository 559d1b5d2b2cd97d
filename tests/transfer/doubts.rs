//! What a file leaves open: whose number it is, which date it is, who it is. The trial run says what would be stored, or asks.

use diesel::prelude::*;
use praxis::db::schema::patients;
use time::Date;
use time::macros::date;

use super::{checked, confirmed, counts, settled, uploaded};
use crate::stories;
use crate::support::Clinic;

stories![
    the_order_of_dates_comes_from_the_column_or_the_reader,
    a_column_that_mixes_both_orders_is_told,
    numbers_of_another_system_are_not_ours,
    a_file_without_birth_dates_asks_before_it_adds_people_twice,
    a_row_without_a_birth_date_may_repeat_one_far_above,
    a_blank_birth_date_does_not_match_a_namesake,
    an_age_that_contradicts_the_birth_date_is_an_error,
    a_name_with_a_mistake_is_probably_known,
    a_doctor_who_is_there_is_not_imported_unnoticed,
    names_are_matched_however_they_are_spelled,
    blank_cells_change_nothing_unless_asked,
    headings_and_codes_of_other_programs_are_known,
];

async fn born(clinic: &Clinic) -> Vec<(String, Option<Date>)> {
    clinic.ask(|c| patients::table.order(patients::id).select((patients::name, patients::date_of_birth)).load(c)).await
}

async fn reads_as(clinic: &Clinic, name: &'static str, locale: &'static str) {
    use praxis::db::schema::users;
    clinic
        .arrange(move |c| diesel::update(users::table.filter(users::username.eq(name))).set(users::locale.eq(locale)).execute(c))
        .await
        .expect("changed");
}

async fn the_order_of_dates_comes_from_the_column_or_the_reader(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "Name,Date of birth,Gender\r\nAda,02/04/1964,female\r\nBea,12/31/1964,female\r\n";
    let here = uploaded(&ines, "patients", file.as_bytes()).await;
    let page = ines.open(&here).await;
    page.see("Month first, as in 12/31/1964");
    assert_eq!(page.attributes("input[name=dates][checked]", "value"), ["month"]);
    ines.fill(&here, &[]).await.is(303);
    settled(&ines, &here).await.see("4 February 1964").see("31 December 1964").miss("2 April 1964");
    confirmed(&ines, &here, &[]).await.see("2 added");
    assert_eq!(born(&clinic).await, [("Ada".into(), Some(date!(1964 - 02 - 04))), ("Bea".into(), Some(date!(1964 - 12 - 31)))]);
    // A column that does not say is read as its reader writes dates.
    let file = b"Name,Date of birth,Gender\r\nCleo,02/04/1964,female\r\n";
    let page = ines.open(&uploaded(&ines, "patients", file).await).await;
    assert_eq!(page.attributes("input[name=dates][checked]", "value"), ["day"]);
    reads_as(&clinic, "ines", "en-US").await;
    let page = ines.open(&uploaded(&ines, "patients", file).await).await;
    assert_eq!(page.attributes("input[name=dates][checked]", "value"), ["month"]);
}

async fn a_column_that_mixes_both_orders_is_told(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "Name,Date of birth,Gender\r\nAda,31/12/1964,female\r\nBea,12/31/1964,female\r\n";
    let here = uploaded(&ines, "patients", file.as_bytes()).await;
    ines.open(&here).await.see("Mixes day first (31/12/1964) and month first (12/31/1964)");
    ines.fill(&here, &[]).await.is(303);
    let page = settled(&ines, &here).await;
    assert_eq!(counts(&page), ["1", "0", "0", "1"]);
    page.see("The column ‘Date of birth’ mixes dates with the day first").see("12/31/1964 has the month first");
}

async fn numbers_of_another_system_are_not_ours(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    let one = clinic.patient("Ann Lee", owner).await;
    let two = clinic.patient("Bob Ray", owner).await;
    let file = format!("ID,Name,Age,Gender\r\n{one},Zoe New,3,female\r\n{two},Max New,4,male\r\n");
    let here = uploaded(&ines, "patients", file.as_bytes()).await;
    assert_eq!(ines.open(&here).await.value("column-0"), "");
    // Chosen in spite of that, the trial run asks.
    ines.fill(&here, &[("column-0", "id")]).await.is(303);
    settled(&ines, &here).await.see("2 rows give the patient of this number another name. Are these the numbers of another system?");
    confirmed(&ines, &here, &[]).await.see("Answer the questions above the button");
    assert_eq!(clinic.patient_names().await, ["Ann Lee", "Bob Ray"]);
    confirmed(&ines, &here, &[("renames", "1")]).await.see("0 added, 2 changed");
    // Where the names agree they are ours.
    let file = format!("ID,Name,Age,Gender\r\n{one},Zoe New,3,female\r\n{two},Max New,5,male\r\n");
    let here = uploaded(&ines, "patients", file.as_bytes()).await;
    assert_eq!(ines.open(&here).await.value("column-0"), "id");
}

const NO_DATES: &str = "Name,Age,Gender,Address\r\nAda One,40,female,Here\r\nBob Two,41,male,\r\nada one,40,F,There\r\n";

async fn a_file_without_birth_dates_asks_before_it_adds_people_twice(clinic: Clinic) {
    let ines = clinic.importer().await;
    let page = checked(&ines, "patients", NO_DATES.as_bytes()).await;
    assert_eq!(counts(&page), ["3", "0", "0", "0"]);
    page.see("1 row is probably known").see("Probably the same as line 2");
    confirmed(&ines, &page.path, &[]).await.see("Answer the questions above the button");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    confirmed(&ines, &page.path, &[("known", "match")]).await.see("2 added, 1 changed");
    let stored =
        clinic.ask(|c| patients::table.order(patients::id).select((patients::name, patients::address)).load::<(String, String)>(c));
    assert_eq!(stored.await, [("Ada One".into(), "There".into()), ("Bob Two".into(), String::new())]);
    // The same file again: nobody is added unless that is chosen.
    let page = checked(&ines, "patients", NO_DATES.as_bytes()).await;
    page.see("3 rows are probably known").see("Probably the patient with the number");
    ines.open(&format!("{}?outcome=known", page.path)).await.see("Bob Two");
    confirmed(&ines, &page.path, &[("known", "leave")]).await.see("0 added, 0 changed");
    assert_eq!(clinic.patient_names().await, ["Ada One", "Bob Two"]);
    let page = checked(&ines, "patients", NO_DATES.as_bytes()).await;
    confirmed(&ines, &page.path, &[("known", "add")]).await.see("3 added, 0 changed");
    assert_eq!(clinic.patient_names().await, ["Ada One", "Ada One", "Bob Two", "Bob Two", "ada one"]);
}

async fn a_row_without_a_birth_date_may_repeat_one_far_above(clinic: Clinic) {
    let ines = clinic.importer().await;
    let zola = ("Émile Zola,1940-04-02,,male,Paris\r\n", "émile zola,,86,male,Médan\r\n");
    let others = |count| (0..count).map(|number| format!("Person {number},2000-01-01,,female,\r\n")).collect::<String>();
    let file = |between| format!("Name,Date of birth,Age,Gender,Address\r\n{}{}{}", zola.0, others(between), zola.1);
    let page = checked(&ines, "patients", file(520).as_bytes()).await;
    assert_eq!(counts(&page), ["522", "0", "0", "0"]);
    page.see("1 row is probably known");
    ines.open(&format!("{}?outcome=known", page.path)).await.see("Probably the same as line 2");
    confirmed(&ines, &page.path, &[("known", "match")]).await.see("521 added, 1 changed");
    let stored = clinic
        .ask(|c| patients::table.filter(patients::age.eq(86)).select((patients::name, patients::address)).load::<(String, String)>(c));
    assert_eq!(stored.await, [("Émile Zola".to_string(), "Médan".to_string())]);
    // In the neighbouring row as well, and the one that is added stays one of its own.
    let other = file(0).replace("Émile", "Denise").replace("émile", "Denise");
    let page = checked(&ines, "patients", other.as_bytes()).await;
    page.see("1 row is probably known").see("Probably the same as line 2");
    confirmed(&ines, &page.path, &[("known", "add")]).await.see("2 added, 0 changed");
}

async fn a_blank_birth_date_does_not_match_a_namesake(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    clinic.patient("Ann Lee", owner).await;
    let file = "Name,Date of birth,Age,Gender\r\nAnn Lee,,7,male\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["1", "0", "0", "0"]);
    page.miss("probably known");
    confirmed(&ines, &page.path, &[]).await.see("1 added");
    let ages = clinic.ask(|c| patients::table.order(patients::id).select((patients::age, patients::gender)).load::<(i32, String)>(c)).await;
    assert_eq!(ages, [(40, "female".into()), (7, "male".into())]);
}

async fn a_name_with_a_mistake_is_probably_known(clinic: Clinic) {
    let ines = clinic.importer().await;
    let first = "Name,Date of birth,Gender,Address,Phone\r\nÉmile Zola,1940-04-02,male,Paris,+33 1 42 68 53 00\r\n";
    let page = checked(&ines, "patients", first.as_bytes()).await;
    confirmed(&ines, &page.path, &[]).await.see("1 added");
    // One mistake in the name, then another name with the same given name and phone; each is told and linked.
    let file = "Name,Date of birth,Gender,Address,Phone\r\nÉmile Zolla,1940-04-02,male,Médan,\r\n\
        Émile Zola-Rozerot,1940-04-03,male,Aix,01 42 68 53 00\r\nDenise Zola,1940-04-02,female,Paris,01 42 68 53 00\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["3", "0", "0", "0"]);
    page.see("2 rows are probably known").see("Probably the patient with the number");
    confirmed(&ines, &page.path, &[("known", "leave")]).await.see("1 added, 0 changed");
    assert_eq!(clinic.patient_names().await, ["Denise Zola", "Émile Zola"]);
    // Matched, both change the same record, and it keeps its name.
    let page = checked(&ines, "patients", file.as_bytes()).await;
    confirmed(&ines, &page.path, &[("known", "match")]).await.see("0 added, 2 changed");
    let zola = patients::table.filter(patients::name.like("%mile%")).select((patients::name, patients::address, patients::date_of_birth));
    let stored = clinic.ask(move |c| zola.load::<(String, String, Option<Date>)>(c)).await;
    assert_eq!(stored, [("Émile Zola".into(), "Aix".into(), Some(date!(1940 - 04 - 03)))]);
    let page = checked(&ines, "patients", file.as_bytes()).await;
    page.see("1 row is probably known");
    confirmed(&ines, &page.path, &[("known", "add")]).await.see("2 added, 0 changed");
}

/// A doctor is known by name and specialty, and warned of by the name alone.
async fn a_doctor_who_is_there_is_not_imported_unnoticed(clinic: Clinic) {
    use praxis::db::schema::doctors;
    let ada = clinic.administrator().await;
    let grace = clinic.doctor("Grace Hopper").await;
    let file = b"Name,Specialty\r\nGrace Hopper,Neurology\r\nGrace Hoper,Cardiology\r\nAlan Turing,Cardiology\r\n";
    let page = checked(&ada, "doctors", file).await;
    assert_eq!(counts(&page), ["3", "0", "0", "0"]);
    page.see("2 rows are probably known");
    let known = ada.open(&format!("{}?outcome=known", page.path)).await;
    assert_eq!(known.text().matches(&format!("Probably the doctor with the number {grace}")).count(), 2, "{}", known.text());
    known.see("Grace Hopper").see("Grace Hoper").miss("Alan Turing");
    confirmed(&ada, &page.path, &[]).await.see("Answer the questions above the button");
    let names = async || clinic.ask(|c| doctors::table.order(doctors::id).select(doctors::name).load::<String>(c)).await;
    assert_eq!(names().await, ["Grace Hopper"]);
    confirmed(&ada, &page.path, &[("known", "leave")]).await.see("1 added, 0 changed");
    assert_eq!(names().await, ["Grace Hopper", "Alan Turing"]);
}

async fn names_are_matched_however_they_are_spelled(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "Name,Date of birth,Gender,Address\r\nÉmile Zola,1940-04-02,male,Paris\r\nSam Dob,1950-01-01,male,\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    confirmed(&ines, &page.path, &[]).await.see("2 added");
    for name in ["Émile\u{a0}Zola", "Émile  Zola", "émile zola", "\u{2060}Émile Zo\u{200d}la"] {
        let file = format!("Name,Date of birth,Gender,Address\r\n{name},1940-04-02,male,Paris\r\nsam  dob,1950-01-01,male,Rue\r\n");
        let page = checked(&ines, "patients", file.as_bytes()).await;
        assert_eq!(counts(&page), ["0", "1", "1", "0"], "{name}");
        page.miss("sam dob → ");
    }
    assert_eq!(clinic.patient_names().await, ["Sam Dob", "Émile Zola"]);
    // Blanks are folded where they are stored, too, and a line break in a name is a blank.
    let file = "Name,Date of birth,Gender,Address\r\n\"Ada\u{a0}\u{a0}Lou\r\nKing\",1941-01-01,female,\"Rue 1\u{b}Paris\"\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    confirmed(&ines, &page.path, &[]).await.see("1 added");
    let stored =
        clinic.ask(|c| patients::table.order(patients::id.desc()).select((patients::name, patients::address)).first::<(String, String)>(c));
    assert_eq!(stored.await, ("Ada Lou King".into(), "Rue 1\nParis".into()));
}

async fn blank_cells_change_nothing_unless_asked(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "Name,Date of birth,Gender,Address\r\nÉmile Zola,1940-04-02,male,Paris\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    confirmed(&ines, &page.path, &[]).await;
    let blank = file.replace("Paris", "");
    let page = checked(&ines, "patients", blank.as_bytes()).await;
    assert_eq!(counts(&page), ["0", "0", "1", "0"]);
    let here = uploaded(&ines, "patients", blank.as_bytes()).await;
    ines.fill(&here, &[("clears_blanks", "1")]).await.is(303);
    settled(&ines, &here).await.see("Paris → blank");
    confirmed(&ines, &here, &[]).await.see("1 changed");
    assert_eq!(clinic.ask(|c| patients::table.select(patients::address).first::<String>(c)).await, "");
}

async fn headings_and_codes_of_other_programs_are_known(clinic: Clinic) {
    let ines = clinic.importer().await;
    clinic.doctor("Dr Grace Hopper").await;
    let file = "Full name;DOB;Sex;Street;GP\r\nÉmile Zola;2.4.1940;M;Rue 1;dr  grace hopper\r\nAda King;1.2.1941;f;;\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["2", "0", "0", "0"]);
    confirmed(&ines, &page.path, &[]).await.see("2 added");
    let stored = clinic.ask(|c| {
        patients::table
            .order(patients::id)
            .select((patients::gender, patients::address, patients::primary_doctor_id.is_not_null()))
            .load::<(String, String, bool)>(c)
    });
    assert_eq!(stored.await, [("male".into(), "Rue 1".into(), true), ("female".into(), String::new(), false)]);
}

async fn an_age_that_contradicts_the_birth_date_is_an_error(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "Name,Date of birth,Age,Gender\r\nAda,1964-04-02,30,female\r\nBea,1964-04-02,,female\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["1", "0", "0", "1"]);
    page.see("The date of birth makes the age").see("not 30. Correct one of them");
    confirmed(&ines, &page.path, &[("skip_errors", "1")]).await.see("1 added");
    assert_eq!(born(&clinic).await, [("Bea".into(), Some(date!(1964 - 04 - 02)))]);
    // A row that only changes the age of somebody whose birth date is known contradicts it, too.
    let file = "Name,Date of birth,Age,Gender\r\nBea,1964-04-02,30,female\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["0", "0", "0", "1"]);
    page.see("not 30. Correct one of them");
}
