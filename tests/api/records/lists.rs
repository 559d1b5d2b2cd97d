//! Lists of records.

use std::io::{Read, Write};
use std::net::TcpStream;

use praxis::resource::Value as Stored;
use serde_json::{Value, json};

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::{Clinic, Program};

stories![
    a_program_filters_and_orders_a_list,
    an_invalid_filter_is_reported,
    a_program_selects_the_fields_it_gets,
    a_program_pages_through_a_long_list_in_any_order,
    an_older_program_pages_through_a_long_list,
];

async fn patient(clinic: &Clinic, owner: i64, name: &str, age: i64, gender: &str) -> i64 {
    let values = vec![
        ("name", Stored::Text(name.into())),
        ("age", Stored::Integer(age)),
        ("gender", Stored::Text(gender.into())),
        ("owner_id", Stored::Integer(owner)),
    ];
    clinic.record("patient", values).await
}

async fn names(program: &Program, path: &str) -> Vec<String> {
    let list = program.read(path).await;
    list.as_array().unwrap_or_else(|| panic!("{path}: {list}")).iter().map(|one| one["name"].as_str().expect("a name").into()).collect()
}

async fn a_program_filters_and_orders_a_list(clinic: Clinic) {
    let owner = rosa(&clinic).await;
    let zola = patient(&clinic, owner, "Émile Zola", 62, "male").await;
    let curie = patient(&clinic, owner, "Marie Curie", 40, "female").await;
    patient(&clinic, owner, "Ada Lovelace", 36, "female").await;
    let program = clinic.program_of("rosa").await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    program.patch(&format!("/api/patients/{zola}/"), json!({ "primary_doctor": doctor })).await;
    for (query, expected) in [
        ("", vec!["Émile Zola", "Marie Curie", "Ada Lovelace"]),
        ("ordering=name", vec!["Ada Lovelace", "Émile Zola", "Marie Curie"]),
        ("ordering=-age", vec!["Émile Zola", "Marie Curie", "Ada Lovelace"]),
        ("ordering=gender,-age", vec!["Marie Curie", "Ada Lovelace", "Émile Zola"]),
        ("ordering=-id", vec!["Ada Lovelace", "Marie Curie", "Émile Zola"]),
        ("ordering=password,search_text", vec!["Émile Zola", "Marie Curie", "Ada Lovelace"]),
        ("search=emile", vec!["Émile Zola"]),
        ("search=zola+%C3%A9mile", vec!["Émile Zola"]),
        ("search=%25", vec![]),
        ("gender=female&ordering=age", vec!["Ada Lovelace", "Marie Curie"]),
        ("gender__in=female,male&age__lte=40&ordering=age", vec!["Ada Lovelace", "Marie Curie"]),
        ("age__gte=36&age__lte=36", vec!["Ada Lovelace"]),
        ("age=36&age=40&ordering=age", vec!["Ada Lovelace", "Marie Curie"]),
        ("age__in=62,36&ordering=age", vec!["Ada Lovelace", "Émile Zola"]),
        ("age__lte=99999999999999", vec!["Émile Zola", "Marie Curie", "Ada Lovelace"]),
        ("age__gte=99999999999999", vec![]),
        ("primary_doctor__isnull=true&ordering=name", vec!["Ada Lovelace", "Marie Curie"]),
        ("primary_doctor__isnull=false", vec!["Émile Zola"]),
        ("date_of_birth__isnull=false", vec![]),
        ("created_at__gte=2000-01-01&created_at__lte=2999-01-01T00:00:00Z", vec!["Émile Zola", "Marie Curie", "Ada Lovelace"]),
        ("created_at__gte=2999-01-01", vec![]),
        ("gender=&unknown=1&password__startswith=a", vec!["Émile Zola", "Marie Curie", "Ada Lovelace"]),
    ] {
        assert_eq!(names(&program, &format!("/api/patients/?{query}")).await, expected, "{query}");
    }
    assert_eq!(names(&program, &format!("/api/patients/?primary_doctor={doctor}")).await, ["Émile Zola"]);
    assert_eq!(names(&program, &format!("/api/patients/?id__in={zola},{curie}&ordering=-id")).await, ["Marie Curie", "Émile Zola"]);
    assert_eq!(names(&program, &format!("/api/patients/?owner={owner}&search=curie")).await, ["Marie Curie"]);
}

async fn an_invalid_filter_is_reported(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    for (query, parameter) in [
        ("age__gte=old", "age__gte"),
        ("age=1.5", "age"),
        ("gender=Z", "gender"),
        ("gender__in=female,Z", "gender__in"),
        ("primary_doctor=x", "primary_doctor"),
        ("primary_doctor__isnull=perhaps", "primary_doctor__isnull"),
        ("created_at__gte=yesterday", "created_at__gte"),
        ("date_of_birth=2020-02-30", "date_of_birth"),
        ("search=a%00b", "search"),
        ("id__in=1,two", "id__in"),
    ] {
        let answer = program.get(&format!("/api/patients/?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
        assert!(answer.json()[parameter][0].is_string(), "{query}: {}", answer.body);
    }
    let answer = program.get("/api/patients/?age=a&gender=b").await;
    assert_eq!(answer.json().as_object().expect("an object").len(), 2, "all are told at once");
}

async fn a_program_selects_the_fields_it_gets(clinic: Clinic) {
    let owner = rosa(&clinic).await;
    let zola = patient(&clinic, owner, "Émile Zola", 62, "male").await;
    let program = clinic.program_of("rosa").await;
    assert_eq!(program.read("/api/patients/?fields=name,id").await, json!([{ "id": zola, "name": "Émile Zola" }]));
    let path = format!("/api/patients/{zola}/?fields=age,password_hash&fields=version");
    assert_eq!(program.read(&path).await, json!({ "age": 62, "version": 1 }));
    assert_eq!(program.read(&format!("/api/patients/{zola}/?fields=nothing")).await, json!({}));
}

/// More than one batch, so that gaps between batches would be noticed.
async fn a_program_pages_through_a_long_list_in_any_order(clinic: Clinic) {
    let owner = rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    for start in [0, 700] {
        let rows: Vec<Value> = (start..start + 700)
            .map(|number| json!({ "name": format!("Patient {:04}", (number * 7919) % 1400), "age": number % 90, "gender": "other" }))
            .collect();
        let made = program.post("/api/patients/", rows.into()).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let all = program.read("/api/patients/").await;
    let ids: Vec<i64> = all.as_array().expect("a list").iter().filter_map(|one| one["id"].as_i64()).collect();
    assert_eq!(ids.len(), 1400);
    assert!(ids.is_sorted(), "by their numbers");
    assert!(all.as_array().expect("a list").iter().all(|one| one["owner"] == json!(owner)));
    let by_name = names(&program, "/api/patients/?ordering=name").await;
    assert_eq!(by_name, (0..1400).map(|number| format!("Patient {number:04}")).collect::<Vec<_>>());
    let by_age = program.read("/api/patients/?ordering=-age&fields=id,age").await;
    let ages: Vec<i64> = by_age.as_array().expect("a list").iter().filter_map(|one| one["age"].as_i64()).collect();
    assert!(ages.len() == 1400 && ages.is_sorted_by(|one, next| one >= next));
    let head = program.call(actix_web::http::Method::HEAD, "/api/patients/", None).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    clinic.settle().await;
    let log = clinic
        .ask(|c| {
            use diesel::prelude::*;
            use praxis::db::schema::log_entries;
            log_entries::table.filter(log_entries::action.eq("export")).order(log_entries::id).select(log_entries::note).load::<String>(c)
        })
        .await;
    assert_eq!(log.first().map(String::as_str), Some("A list of patients as JSON"), "who takes all of them is written down");
}

/// HTTP/1.0 has no chunks: the list ends with the connection.
async fn an_older_program_pages_through_a_long_list(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let rows: Vec<Value> = (0..700).map(|number| json!({ "name": format!("Dr {number}"), "specialization": "Surgery" })).collect();
    assert_eq!(program.post("/api/doctors/", rows.into()).await.status, 201);
    let said = format!("GET /api/doctors/?fields=id HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", program.access);
    let address = clinic.address;
    let answer = actix_web::web::block(move || {
        let (mut stream, mut answer) = (TcpStream::connect(address).expect("a connection"), String::new());
        stream.write_all(said.as_bytes()).expect("sent");
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    });
    let answer = answer.await.expect("an end");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
    let list: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(700));
}
