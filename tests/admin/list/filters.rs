//! Long lists: filters, orders, columns, keyset pagination, saved views.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, patients, saved_views};

use crate::stories;
use crate::support::Clinic;
use crate::support::browser::Browser;
use crate::support::people::Rights;

stories![
    filters_combine_and_are_removed_one_by_one,
    a_list_is_filtered_by_ranges_and_blanks,
    a_reference_filter_searches_its_choices,
    filter_counts_match_the_filtered_list,
    a_date_hierarchy_narrows_a_list,
    a_list_is_ordered_by_several_columns,
    a_computed_column_shows_its_value,
    a_user_chooses_columns_and_rows_per_page,
    every_page_of_a_list_links_to_its_neighbours,
    a_page_survives_deletion_of_its_first_record,
    a_search_finds_parts_of_words_and_phrases,
    a_search_covers_referenced_records,
    a_saved_view_can_be_shared_and_made_the_default,
    only_its_owner_changes_a_saved_view,
    invalid_query_parameters_are_reported_and_ignored
];

/// Patients with a number in their name that is also their age.
async fn many_patients(clinic: &Clinic, count: i32) -> Browser {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    clinic
        .arrange(move |c| {
            let now = patients::created_at.eq(praxis::db::UtcDateTime::midnight(time::macros::date!(2026 - 03 - 14)));
            for number in 1..=count {
                let name = format!("Person {number:04}");
                diesel::insert_into(patients::table)
                    .values((
                        patients::owner_id.eq(owner),
                        patients::name.eq(&name),
                        patients::age.eq(number % 100),
                        patients::gender.eq(if number % 2 == 0 { "female" } else { "male" }),
                        patients::date_of_birth.eq((number % 3 == 0).then_some(time::macros::date!(1964 - 04 - 02))),
                        patients::search_text.eq(name.to_lowercase()),
                        now,
                        patients::updated_at.eq(praxis::db::UtcDateTime::midnight(time::macros::date!(2026 - 03 - 14))),
                    ))
                    .execute(c)?;
            }
            Ok(())
        })
        .await
        .expect("a crowd");
    ada
}

async fn filters_combine_and_are_removed_one_by_one(clinic: Clinic) {
    let ada = many_patients(&clinic, 20).await;
    let page = ada.open("/admin/patients?gender=female&gender=male&age__from=5&age__to=8").await;
    page.see("4 results").see("Gender: Female").see("Gender: Male").see("Age: 5 to 8");
    assert_eq!(page.all("td.main-cell"), ["Person 0005", "Person 0006", "Person 0007", "Person 0008"]);
    assert!(page.has("input[name=gender][value=female][checked]") && page.has("input[name=gender][value=male][checked]"));
    assert_eq!((page.value("age__from").as_str(), page.value("age__to").as_str()), ("5", "8"));
    let off = page.attributes(".chip a", "href");
    assert_eq!(
        off,
        [
            "/admin/patients?gender=male&age__from=5&age__to=8",
            "/admin/patients?gender=female&age__from=5&age__to=8",
            "/admin/patients?gender=female&gender=male"
        ]
    );
    ada.open(&off[0]).await.see("2 results");
    // One form has all filters, and keeps the other parameters of the address.
    let page = ada.open("/admin/patients?sort=-age&size=25&columns=name,age").await;
    for (name, value) in [("sort", "-age"), ("size", "25"), ("columns", "name,age")] {
        assert!(page.has(&format!(".filters input[type=hidden][name={name}][value='{value}']")), "{name}");
    }
}

async fn a_list_is_filtered_by_ranges_and_blanks(clinic: Clinic) {
    let ada = many_patients(&clinic, 9).await;
    ada.open("/admin/patients?date_of_birth=none").await.see("6 results").see("Date of birth: empty");
    ada.open("/admin/patients?date_of_birth=some").await.see("3 results").see("Date of birth: not empty");
    ada.open("/admin/patients?date_of_birth__from=1964-04-02&date_of_birth__to=1964-04-02").await.see("3 results");
    ada.open("/admin/patients?date_of_birth__from=1964-04-03").await.see("No results");
    ada.open("/admin/patients?created_at__to=2026-03-13").await.see("No results");
    ada.open("/admin/patients?created_at__from=2026-03-13&created_at__to=2026-03-14").await.see("9 results");
    ada.open("/admin/patients?primary_doctor_id=none").await.see("9 results").see("Primary doctor: empty");
    ada.open("/admin/patients?user_id=none&gender=female").await.see("4 results");
}

async fn a_reference_filter_searches_its_choices(clinic: Clinic) {
    let ada = many_patients(&clinic, 2).await;
    for number in 0..40 {
        clinic.doctor(&format!("Dr Number {number:02}")).await;
    }
    let grace = clinic.doctor("Dr Grace Hopper").await;
    let page = ada.open("/admin/patients").await;
    assert!(!page.has(&format!("input[name=primary_doctor_id][value='{grace}']")), "41 doctors are not all offered");
    let page = ada.open("/admin/patients?primary_doctor_id__find=grace").await;
    assert!(page.has(&format!("input[name=primary_doctor_id][value='{grace}']")));
    assert!(page.see("1 result").has(".panel[open]"), "the panel stays open while one looks");
    ada.open("/admin/patients?primary_doctor_id__find=nobody").await.see("No results for ‘nobody’");
    let page = ada.open(&format!("/admin/patients?primary_doctor_id={grace}")).await;
    assert!(page.see("No results").has(&format!("input[name=primary_doctor_id][value='{grace}'][checked]")));
}

async fn filter_counts_match_the_filtered_list(clinic: Clinic) {
    let ada = many_patients(&clinic, 9).await;
    assert_eq!(ada.open("/admin/patients").await.all(".filter .count"), [""; 0]);
    let page = ada.open("/admin/patients?facets=1&age__from=4&gender=female").await;
    let labels = page.all(".filter-choices .tick");
    assert!(labels.iter().any(|label| label.contains("Male") && label.contains('3')), "{labels:?}");
    assert!(labels.iter().any(|label| label.contains("Other") && label.contains('0')), "{labels:?}");
}

async fn a_date_hierarchy_narrows_a_list(clinic: Clinic) {
    let ada = many_patients(&clinic, 3).await;
    assert!(!ada.open("/patients").await.has(".date-hierarchy"), "nobody at a desk filters by the year of registration");
    let page = ada.open("/admin/patients").await;
    assert_eq!(page.attributes(".date-hierarchy a", "href"), ["/admin/patients?created_at=2026"]);
    let page = ada.open("/admin/patients?created_at=2026").await;
    assert_eq!(page.see("Added: 2026").attributes(".date-hierarchy a", "href"), ["/admin/patients", "/admin/patients?created_at=2026-03"]);
    let page = ada.open("/admin/patients?created_at=2026-03").await;
    assert_eq!(page.see("3 results").all(".date-hierarchy a"), ["Back", "14"]);
    ada.open("/admin/patients?created_at=2026-03-14").await.see("3 results").see("Added: 14 Mar 2026");
    ada.open("/admin/patients?created_at=2026-03-15").await.see("No results");
}

async fn a_list_is_ordered_by_several_columns(clinic: Clinic) {
    let ada = many_patients(&clinic, 6).await;
    let page = ada.open("/admin/patients?sort=gender,-age").await;
    assert_eq!(page.all("td.main-cell"), ["Person 0006", "Person 0004", "Person 0002", "Person 0005", "Person 0003", "Person 0001"]);
    assert_eq!(page.all(".sort-place"), [", order 2 , descending", ", order 1"]);
    let add = page.attributes("th a", "data-sort-add");
    assert!(add.contains(&"/admin/patients?sort=gender,age".to_string()), "a second click turns one order round: {add:?}");
    assert!(add.contains(&"/admin/patients?sort=gender,-age,sort_name".to_string()), "{add:?}");
    // Without script the panel sends each order as a parameter of its own.
    let sent = ada.get("/admin/patients?sort=gender&sort=-age&sort=").await;
    let page = ada.open(sent.location()).await;
    assert_eq!(page.all("td.main-cell").first().map(String::as_str), Some("Person 0006"));
}

async fn a_computed_column_shows_its_value(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.account("rosa", Rights::default()).await;
    let rosa = clinic.user_id("rosa").await;
    let names = [("first_name", "Rosa"), ("last_name", "Franklin")];
    ada.fill(&format!("/admin/users/{rosa}"), &names).await.is(303);
    let list = ada.open("/admin/users?q=rosa").await;
    assert!(list.all("tbody td").contains(&"Rosa Franklin".to_string()), "{:?}", list.all("tbody td"));
    // The column is computed, so it can be neither sorted nor filtered.
    assert!(!list.attributes("th a", "href").iter().any(|href| href.contains("sort=full_name")));
    ada.open("/admin/users?sort=full_name").await.see("rosa").see("Name");
    let file = ada.fill("/admin/users/export?q=rosa", &[]).await;
    assert!(file.text().contains("Rosa Franklin"), "{}", file.text());
}

async fn a_user_chooses_columns_and_rows_per_page(clinic: Clinic) {
    let ada = many_patients(&clinic, 60).await;
    let page = ada.open("/admin/patients?columns=name&columns=address&size=25").await;
    assert_eq!(page.all("thead th"), ["Name", "Address"]);
    page.see("1–25 of 60");
    let page = ada.open("/admin/patients?columns=age,name&q=0001").await;
    assert_eq!(page.all("tbody td a").first().map(String::as_str), Some("1"), "the first column is the link, whichever it is");
    ada.open("/admin/users?columns=password_hash").await.see("One column ignored").see("ada");
}

async fn every_page_of_a_list_links_to_its_neighbours(clinic: Clinic) {
    let ada = many_patients(&clinic, 130).await;
    for sort in [
        "",
        "&sort=-name",
        "&sort=date_of_birth",
        "&sort=-date_of_birth",
        "&sort=gender,-age",
        "&sort=primary_doctor_id",
        "&sort=-date_of_birth,age",
    ] {
        let start = format!("/admin/patients?size=25{sort}");
        let mut page = ada.open(&start).await;
        let mut seen = page.all("td.main-cell");
        let mut pages = vec![seen.clone()];
        while let Some(next) = link(&page, "Next") {
            page = ada.open(&next).await;
            pages.push(page.all("td.main-cell"));
            seen.extend(page.all("td.main-cell"));
        }
        assert_eq!((seen.len(), pages.len()), (130, 6), "{sort}");
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 130, "nobody twice, nobody left out: {sort}");
        // And back again.
        for expected in pages.iter().rev().skip(1) {
            page = ada.open(&link(&page, "Previous").expect("a way back")).await;
            assert_eq!(&page.all("td.main-cell"), expected, "{sort}");
        }
        // The last page is read from the end, and a page can be opened by its number.
        let last = ada.open(&link(&page, "6").expect("the last page")).await;
        assert_eq!(last.all("td.main-cell"), pages[5], "{sort}");
        last.see("126–130 of 130");
        assert_eq!(ada.open(&format!("{start}&page=4")).await.all("td.main-cell"), pages[3], "{sort}");
    }
}

fn link(page: &crate::support::page::Page, label: &str) -> Option<String> {
    let found = page.all(".pages a").iter().position(|text| text == label)?;
    page.attributes(".pages a", "href").into_iter().nth(found)
}

async fn a_page_survives_deletion_of_its_first_record(clinic: Clinic) {
    let ada = many_patients(&clinic, 60).await;
    let page = ada.open("/admin/patients?size=25").await;
    let next = link(&page, "Next").expect("a next page");
    let anchor: i64 = next.rsplit_once("after=").and_then(|(_, id)| id.parse().ok()).expect("an anchor");
    clinic.arrange(move |c| diesel::delete(patients::table.filter(patients::id.eq(anchor))).execute(c)).await.expect("gone");
    let page = ada.open(&next).await;
    assert_eq!(page.all("td.main-cell").first().map(String::as_str), Some("Person 0027"), "the page is counted instead");
}

async fn a_search_finds_parts_of_words_and_phrases(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    for name in ["Émile Zola", "Zoë Laemmle", "Ana 100% Lima_Silva"] {
        clinic.patient(name, owner).await;
    }
    let found = async |q: &str| ada.open(&format!("/admin/patients?q={q}")).await.all("td.main-cell a");
    assert_eq!(found("mil").await, ["Zola, Émile"]);
    assert_eq!(found("EMILE+zo").await, ["Zola, Émile"]);
    assert_eq!(found("%22mile+zol%22").await, ["Zola, Émile"]);
    assert_eq!(found("%22zola+emile%22").await, [""; 0]);
    assert_eq!(found("zo").await, ["Laemmle, Zoë", "Zola, Émile"], "two letters are looked for as well");
    assert_eq!(found("0%25+l").await, ["Lima_Silva, Ana 100%"], "a percent sign is a letter");
    assert_eq!(found("lima_s").await, ["Lima_Silva, Ana 100%"]);
    assert_eq!(found("lima%25s").await, [""; 0]);
    assert_eq!(found("%22%22%22+AND+NOT+*").await, [""; 0], "words of the index are letters too");
    assert_eq!(found(&"x".repeat(10_000)).await, [""; 0]);
    // A renamed record is found by its new name only, and a record in the trash not at all.
    let id = clinic.ask(|c| patients::table.filter(patients::name.eq("Émile Zola")).select(patients::id).first::<i64>(c)).await;
    ada.fill(&format!("/admin/patients/{id}"), &[("name", "Alexandrine Meley")]).await.is(303);
    assert_eq!((found("emile").await, found("alexandr").await), (vec![], vec!["Meley, Alexandrine".to_string()]));
    ada.complete(&format!("/admin/patients/{id}/delete"), &[]).await;
    assert_eq!(found("alexandr").await, [""; 0]);
}

async fn a_search_covers_referenced_records(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let (zola, silva) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await);
    let (hopper, curie) = (clinic.doctor("Grace Hopper").await, clinic.doctor("Marie Curie").await);
    for (patient, doctor) in [(zola, hopper), (silva, hopper), (silva, curie)] {
        clinic.assignment(patient, doctor).await;
    }
    ada.open("/admin/mappings?q=hopper").await.see("2 results");
    ada.open("/admin/mappings?q=silva+hopper").await.see("1 result");
    ada.open("/admin/mappings?q=zola+curie").await.see("No results");
}

async fn a_saved_view_can_be_shared_and_made_the_default(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    for name in ["Émile Zola", "Maria Silva"] {
        clinic.patient(name, id).await;
    }
    let page = rosa.open("/patients?q=zola&sort=-age").await;
    let save = page.attributes("a.button.quiet", "href").into_iter().find(|href| href.contains("/views/new")).expect("a way to keep it");
    let page = rosa.fill(&save, &[("name", " ")]).await;
    assert_eq!(page.is(422).error("name"), "Enter a name for this view");
    let page = rosa.complete(&save, &[("name", "The Zolas"), ("is_default", "on")]).await;
    page.see("View saved").see("The Zolas").see("1 result").see("Search: zola");
    assert_eq!(rosa.fill(&save, &[("name", "The Zolas")]).await.is(422).error("name"), "You already have a view with this name");
    // It is shown first, and all patients are one click away.
    let page = rosa.open("/patients").await;
    page.see("1 result");
    assert_eq!(page.all(".tabs a[aria-current]"), ["The Zolas"]);
    rosa.open("/patients?view=0").await.see("2 patients");
    // Shared with her group, it is available to her colleague, and shows what the colleague may view.
    let view = clinic.ask(|c| saved_views::table.select(saved_views::id).first::<i64>(c)).await;
    let group = clinic.ask(|c| {
        use praxis::db::schema::groups;
        groups::table.filter(groups::name.eq("Staff")).select(groups::id).first::<i64>(c)
    });
    let group = group.await.to_string();
    let changed = [("name", "The Zolas"), ("group", &group), ("is_default", "on"), ("list", "q=zola"), ("back", "/patients")];
    assert_eq!(rosa.post(&format!("/lists/patients/views/{view}/edit"), &changed).await.location(), format!("/patients?view={view}"));
    let colleague = clinic.colleague().await;
    colleague.open("/patients").await.see("The Zolas").see("shared");
    colleague.open(&format!("/patients?view={view}")).await.see("Search: zola").see("No patient you can see matches");
    assert_eq!(clinic.ask(|c| log_entries::table.filter(log_entries::note.like("Saved the view%")).count().get_result::<i64>(c)).await, 2);
}

async fn only_its_owner_changes_a_saved_view(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let saved = "/lists/patients/views/new?list=gender%3Dfemale&back=%2Fpatients";
    rosa.complete(saved, &[("name", "Women")]).await.see("Women");
    let view = clinic.ask(|c| saved_views::table.select(saved_views::id).first::<i64>(c)).await;
    let colleague = clinic.colleague().await;
    colleague.open("/patients").await.miss("Women");
    colleague.get(&format!("/lists/patients/views/{view}/edit")).await.is(404);
    colleague.post(&format!("/lists/patients/views/{view}/delete"), &[]).await.is(404);
    colleague.open(&format!("/patients?view={view}")).await.miss("Gender: Female");
    clinic.account("nobody", Rights::default()).await;
    let page = rosa.post(&format!("/lists/patients/views/{view}/delete"), &[("back", "/patients")]).await;
    assert_eq!(page.location(), "/patients?view=0");
    assert_eq!(clinic.ask(|c| saved_views::table.count().get_result::<i64>(c)).await, 0);
    // A return address on another site is ignored.
    let page = rosa.post("/lists/patients/views/new", &[("name", "Men"), ("back", "//evil.example")]).await;
    assert!(page.is(303).location().starts_with("/?view="), "{}", page.location());
    rosa.get("/lists/users/views/new").await.is(404);
}

async fn invalid_query_parameters_are_reported_and_ignored(clinic: Clinic) {
    let ada = many_patients(&clinic, 3).await;
    for (query, told) in [
        ("password__startswith=a", "Filter ‘password__startswith’ ignored"),
        ("gender=dragon", "Gender filter ignored: choose one of the options"),
        ("age__from=old", "Age filter ignored: enter a whole number"),
        ("created_at=2026-13", "Added filter ignored: enter a date"),
        ("created_at=today&created_at=7d", "Added filter ignored: enter a date"),
        ("sort=owner_id.password", "Order ignored"),
        ("columns=search_text", "One column ignored"),
        ("size=100000", "Rows per page can be 25, 50, 100 or 250"),
        ("page=2&after=99999999999999999999", "That page does not exist"),
        ("page=7&after=-1", "That page does not exist"),
        ("page=3&before=end&skip=999999999", "That page does not exist"),
        ("view=99", "3 patients"),
    ] {
        ada.open(&format!("/admin/patients?{query}")).await.see(told).see("Person 0001");
    }
}
