//! Finding a patient by what is on the slip of paper: a name, a number, a date of birth.

use diesel::prelude::*;
use praxis::db::schema::patients;
use time::macros::date;

use crate::stories;
use crate::support::Clinic;

stories![
    a_receptionist_finds_a_patient_by_number,
    a_receptionist_finds_a_patient_by_date_of_birth,
    a_receptionist_finds_a_patient_by_phone_or_document,
    the_start_of_a_word_in_a_name_comes_first,
    a_name_is_found_however_it_is_spelled,
    a_name_is_found_with_one_mistake,
    a_name_and_a_date_find_one_of_many,
    the_palette_says_how_many_there_are,
    a_page_is_found_by_what_people_call_it,
    whoever_sees_part_of_the_patients_is_told_so_everywhere,
    every_box_finds_the_same_people_in_the_same_order,
    a_name_with_invisible_letters_is_found_in_every_box,
];

async fn a_receptionist_finds_a_patient_by_number(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    clinic.patient("Marie Curie", owner).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    for typed in [format!("P-{zola:06}"), format!("p{zola}"), format!("{zola:06}"), zola.to_string()] {
        rosa.open(&format!("/patients?q={typed}")).await.see("Zola, Émile").miss("Marie");
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
    for typed in [
        "23+Jan+1958",
        "23.1.1958",
        "23%2F01%2F1958",
        "1%2F23%2F1958",
        "1958-01-23",
        "23011958",
        "23+Jan+58",
        "23%2F1%2F58",
        "zola+23.1.58",
    ] {
        rosa.open(&format!("/patients?q={typed}")).await.see("Zola, Émile").miss("Marie");
    }
    rosa.open("/search?q=23.1.1958").await.see("Born 23 Jan 1958");
    // Each hit shows what tells people of one name apart: in the list, the palette, and where a patient is chosen.
    let list = rosa.open("/patients?q=zola").await;
    list.see("23 Jan 1958").see("P-000002");
    for place in ["/palette", "/options/patients"] {
        let found = rosa.get(&format!("{place}?q=zola")).await.body;
        assert!(found.contains("Born 23 Jan 1958 (") && found.contains("male · P-000002"), "{place}: {found}");
    }
    rosa.open("/patients?q=24.1.1958").await.see("No patient you can see matches");
}

async fn a_receptionist_finds_a_patient_by_phone_or_document(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    clinic.patient("Marie Curie", owner).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    rosa.complete(&format!("/patients/{zola}/edit"), &[("phone", "+33 1 42 68 53 00")]).await;
    let passport = [("kind", "passport"), ("issuer", "France"), ("value", "P1234567")];
    rosa.complete(&format!("/patients/{zola}/identifiers/new"), &passport).await;
    rosa.open("/search?q=685300").await.see("Phone: +33 1 42 68 53 00");
    // Both look like a number of a patient: one begins with a zero, the other with its letter.
    for typed in ["0142685300", "142685300", "685300", "%2B33142685300", "P1234567", "p+1234567"] {
        rosa.open(&format!("/patients?q={typed}")).await.see("Zola, Émile").miss("Marie");
    }
}

async fn the_start_of_a_word_in_a_name_comes_first(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for name in ["Elena De Luca", "Anna Weiss", "Lena Novak", "Milena Rossi"] {
        clinic.patient(name, owner).await;
    }
    let weiss = clinic.ask(|c| patients::table.filter(patients::name.eq("Anna Weiss")).select(patients::id).first::<i64>(c)).await;
    rosa.complete(&format!("/patients/{weiss}/edit"), &[("address", "Lena Street 4")]).await;
    let page = rosa.open("/patients?q=lena").await;
    assert_eq!(page.all("td.main-cell a"), ["Novak, Lena", "De Luca, Elena", "Rossi, Milena", "Weiss, Anna"]);
    // Whoever is found by something else than the name is marked with it.
    assert_eq!(page.all("td.main-cell small"), ["P-000003", "P-000001", "P-000004", "P-000002 · Address: Lena Street 4"]);
    rosa.open("/search?q=lena").await.see("Anna Weiss").see("P-000002 · Address: Lena Street 4");
    let offered = rosa.get("/options/patients?q=lena+street").await.body;
    assert!(offered.contains("Address: Lena Street 4"), "{offered}");
    rosa.open("/patients?q=weiss").await.miss("Address: Lena");
}

async fn a_name_is_found_however_it_is_spelled(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for name in ["Sean O'Brien", "Jean-Luc Picard", "Piet van der Berg", "André Müller", "Ralf Mueller", "محمد علي", "Sérgio Espinoza"]
    {
        clinic.patient(name, owner).await;
    }
    for (typed, found) in [
        ("obrien", "O'Brien, Sean"),
        ("o’brien", "O'Brien, Sean"),
        ("jeanluc", "Picard, Jean-Luc"),
        ("jean luc", "Picard, Jean-Luc"),
        ("sergioespinoza", "Espinoza, Sérgio"),
        ("vanderberg", "van der Berg, Piet"),
        ("mueller", "Müller, André"),
        ("muller", "Mueller, Ralf"),
        ("Müller", "Mueller, Ralf"),
        ("مُحَمَّد", "علي, محمد"),
    ] {
        let typed = form_urlencoded::byte_serialize(typed.as_bytes()).collect::<String>();
        let page = rosa.open(&format!("/patients?q={typed}")).await;
        assert!(page.all("td.main-cell a").iter().any(|name| name == found), "{typed}: {:?}", page.all("td.main-cell a"));
        assert!(!page.text().contains("similar name"), "{typed}");
    }
}

async fn a_name_is_found_with_one_mistake(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for name in ["Émile Zola", "Marie Curie", "Sean O'Brien"] {
        clinic.patient(name, owner).await;
    }
    for (typed, found) in [
        ("zolla", "Zola, Émile"),
        ("zoal", "Zola, Émile"),
        ("emile+zoka", "Zola, Émile"),
        ("obrein", "O'Brien, Sean"),
        ("mari+curue", "Curie, Marie"),
    ] {
        let page = rosa.open(&format!("/patients?q={typed}")).await;
        page.see("These have a similar name.");
        assert_eq!(page.all("td.main-cell a"), [found], "{typed}");
        rosa.open(&format!("/search?q={typed}")).await.see("These have a similar name.");
        let answer = rosa.get(&format!("/palette?q={typed}")).await;
        assert!(answer.body.contains("\"is_similar\":true"), "{typed}");
    }
    rosa.open("/patients?q=zxlxa").await.see("No patient you can see matches");
    // A later patient is found as well, and a hidden one never.
    clinic.patient("Berthe Morisot", owner).await;
    rosa.open("/patients?q=morizot").await.see("Morisot, Berthe");
    let other = clinic.account("colin", crate::support::people::Rights { groups: &["Staff"], ..Default::default() }).await;
    clinic.patient("Claude Monet", other).await;
    rosa.open("/patients?q=monnet").await.see("No patient you can see matches").miss("Claude");
}

async fn a_name_and_a_date_find_one_of_many(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for (year, name) in [(1958, "Maria Silva"), (1959, "Maria Silva"), (1958, "Anna Weiss")] {
        let id = clinic.patient(name, owner).await;
        let born = time::Date::from_calendar_date(year, time::Month::January, 23).expect("a date");
        clinic
            .arrange(move |c| diesel::update(patients::table.find(id)).set(patients::date_of_birth.eq(born)).execute(c))
            .await
            .expect("born");
    }
    for typed in ["silva+23.1.1958", "23+jan+1958+silva", "maria+1958", "sylva+23.1.1958"] {
        let page = rosa.open(&format!("/patients?q={typed}")).await;
        assert_eq!(page.all("td.main-cell a"), ["Silva, Maria"], "{typed}");
        page.see("23 Jan 1958");
    }
}

async fn the_palette_says_how_many_there_are(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for number in 0..9 {
        clinic.patient(&format!("Anna{number} Weiss"), owner).await;
    }
    let answer: serde_json::Value = serde_json::from_str(&rosa.get("/palette?q=weiss").await.body).expect("JSON");
    let group = answer["groups"].as_array().into_iter().flatten().find(|group| group["title"] == "Patients").expect("patients");
    assert_eq!((group["items"].as_array().map(Vec::len), group["total"].as_str()), (Some(5), Some("9")));
}

async fn a_page_is_found_by_what_people_call_it(clinic: Clinic) {
    let ada = clinic.administrator().await;
    for (typed, page) in [
        ("new patient", "/patients/new"),
        ("dark", "/cookies"),
        ("invite", "/admin/invitations"),
        ("import", "/admin/patients/import"),
        ("trash", "/patients/trash"),
        ("reset password", "/password"),
        ("new", "/patients/new"),
        ("password", "/password"),
        ("help", "/help"),
        ("help", "/admin/system"),
    ] {
        let typed = form_urlencoded::byte_serialize(typed.as_bytes()).collect::<String>();
        let answer = ada.get(&format!("/palette?q={typed}")).await;
        assert!(answer.body.contains(&format!("\"href\":\"{page}\"")), "{typed}: {}", answer.body);
    }
}

/// Whether a hidden patient matches or none does, and whatever else does.
async fn whoever_sees_part_of_the_patients_is_told_so_everywhere(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let ada = clinic.administrator().await;
    clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    clinic.doctor("Dr Zola").await;
    clinic.doctor("Dr Nobody").await;
    for typed in ["zola", "nobody"] {
        rosa.open(&format!("/search?q={typed}")).await.see(&format!("No patient you can see matches ‘{typed}’")).see("Dr ");
        for place in ["/palette", "/options/patients"] {
            let answer: serde_json::Value = serde_json::from_str(&rosa.get(&format!("{place}?q={typed}")).await.body).expect("JSON");
            assert_eq!(answer["nothing"], "No patient you can see matches", "{place} {typed}");
        }
    }
    // A form without script.
    let clerk = clinic.clerk("clerk", &["mapping.view", "mapping.add", "patient.view", "doctor.view"]).await;
    let page = clerk.post("/admin/mappings/new", &[("patient_id__find", "zola"), ("_find", "patient_id")]).await;
    page.is(200).see("No patient you can see matches ‘zola’");
    // Whoever sees all of them is told plainly.
    let answer: serde_json::Value = serde_json::from_str(&ada.get("/palette?q=nobody").await.body).expect("JSON");
    assert_eq!(answer["nothing"], "");
    ada.open("/search?q=nobodyatall").await.see("No results for ‘nobodyatall’").miss("you can see");
}

/// The records of an answer, in its order.
fn ids(rows: &serde_json::Value) -> Vec<i64> {
    rows.as_array().into_iter().flatten().map(|row| row["id"].as_i64().expect("an id")).collect()
}

/// The patients that links lead to, in their order.
fn led_to(links: impl IntoIterator<Item = String>) -> Vec<i64> {
    let id = |link: String| link.strip_prefix("/patients/")?.split('?').next()?.parse().ok();
    links.into_iter().filter_map(id).collect()
}

/// The patients that the palette offers.
fn offered(answer: &serde_json::Value) -> Vec<i64> {
    let group = answer["groups"].as_array().into_iter().flatten().find(|group| group["title"] == "Patients");
    let items = group.into_iter().flat_map(|group| group["items"].as_array().cloned().unwrap_or_default());
    led_to(items.filter_map(|item| item["href"].as_str().map(String::from)))
}

/// A word joiner, and the blank that does not break.
async fn a_name_with_invisible_letters_is_found_in_every_box(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    clinic.patient("Marie Curie", owner).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let doctor = clinic.doctor("Grace Hopper").await;
    clinic.doctor("Alan Turing").await;
    let program = clinic.program_of("rosa").await;
    for typed in ["Zo\u{2060}la", "\u{2060}zola\u{2060}", "Émile\u{a0}Zola", "émile\u{a0}\u{a0}zo\u{2060}la", "\u{a0}zola"] {
        let query: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        assert_eq!(ids(&rosa.get(&format!("/options/patients?q={query}")).await.json()["results"]), [zola], "{typed:?} in a picker");
        assert_eq!(offered(&rosa.get(&format!("/palette?q={query}")).await.json()), [zola], "{typed:?} in the palette");
        assert_eq!(led_to(rosa.open(&format!("/patients?q={query}")).await.attributes("td.main-cell a", "href")), [zola], "{typed:?}");
        assert_eq!(ids(&program.read(&format!("/api/patients/?search={query}")).await), [zola], "{typed:?} in the API");
    }
    // The picker on the record, with script and without.
    for typed in ["Hop\u{2060}per", "grace\u{a0}hopper"] {
        let query: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        assert_eq!(ids(&rosa.get(&format!("/options/doctors?q={query}")).await.json()["results"]), [doctor], "{typed:?}");
        let sent = [("doctor_id__find", typed), ("_find", "doctor_id")];
        let page = rosa.post(&format!("/patients/{zola}/doctors/new"), &sent).await;
        page.is(200).see("Grace Hopper · Cardiology").miss("Alan Turing");
    }
}

async fn every_box_finds_the_same_people_in_the_same_order(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    // Whoever comes first by name, by number or by rank is somebody else each time.
    let names =
        ["Sean O'Brien", "Jean-Luc Picard", "André Müller", "Zoe Mueller", "Émile Zola", "Emil Zolnay", "Milena Rossi", "Lena Novak"];
    let mut known = std::collections::BTreeMap::new();
    for name in names {
        known.insert(name, clinic.patient(name, owner).await);
    }
    let (zola, picard) = (known["Émile Zola"], known["Jean-Luc Picard"]);
    rosa.complete(&format!("/patients/{zola}/edit"), &[("phone", "+33 1 42 68 53 00")]).await;
    let born = diesel::update(patients::table.find(picard)).set(patients::date_of_birth.eq(date!(1958 - 01 - 23)));
    clinic.arrange(move |c| born.execute(c)).await.expect("a birthday");
    let number = format!("P-{zola:06}");
    let program = clinic.program_of("rosa").await;
    for (typed, found) in [
        ("zolla", &["Émile Zola"][..]),
        ("jeanluc", &["Jean-Luc Picard"]),
        ("mueller", &["Zoe Mueller", "André Müller"]),
        ("müller", &["Zoe Mueller", "André Müller"]),
        ("obrien", &["Sean O'Brien"]),
        ("o’brien", &["Sean O'Brien"]),
        ("5300", &["Émile Zola"]),
        ("23.1.1958", &["Jean-Luc Picard"]),
        ("1958-01-23", &["Jean-Luc Picard"]),
        (&number, &["Émile Zola"]),
        (&format!("p{zola}"), &["Émile Zola"]),
        (&zola.to_string(), &["Émile Zola"]),
        ("lena", &["Lena Novak", "Milena Rossi"]),
    ] {
        let query: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        let by_program = ids(&program.read(&format!("/api/patients/?search={query}")).await);
        let by_picker = ids(&rosa.get(&format!("/options/patients?q={query}")).await.json()["results"]);
        assert_eq!(by_program, by_picker, "{typed}");
        let mut wanted: Vec<i64> = found.iter().map(|name| known[name]).collect();
        let mut sorted = by_picker.clone();
        if typed != "lena" {
            wanted.sort_unstable();
            sorted.sort_unstable();
        }
        assert_eq!(sorted, wanted, "{typed}");
        let by_list = led_to(rosa.open(&format!("/patients?q={query}")).await.attributes("td.main-cell a", "href"));
        assert_eq!(by_list, by_picker, "{typed} in the list");
        // One letter finds pages only.
        if typed.chars().count() > 1 {
            assert_eq!(offered(&rosa.get(&format!("/palette?q={query}")).await.json()), by_picker, "{typed} in the palette");
        }
        // The pages of a program keep the order.
        let page = program.read(&format!("/api/patients/?search={query}&page=1")).await;
        assert_eq!(ids(&page["results"]), by_picker, "{typed}");
    }
}
