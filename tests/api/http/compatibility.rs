//! Compatibility with clients of a Django REST framework backend, case by case: the same statuses, members and types.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::Clinic;

stories![clients_of_the_reference_backend_get_the_same_json];

/// A request, the status, and the response. The messages are our own, so they are not compared.
struct Case {
    method: Method,
    path: &'static str,
    body: Option<Value>,
    status: u16,
    shape: Value,
}

fn case(method: Method, path: &'static str, body: impl Into<Option<Value>>, status: u16, shape: Value) -> Case {
    Case { method, path, body: body.into(), status, shape }
}

/// Texts match any text, numbers any number; members and lengths are compared, and further members are allowed.
fn fits(shape: &Value, answer: &Value) -> bool {
    match (shape, answer) {
        (Value::Object(shape), Value::Object(answer)) => {
            shape.iter().all(|(name, shape)| answer.get(name).is_some_and(|answer| fits(shape, answer)))
        }
        (Value::Array(shape), Value::Array(answer)) => {
            shape.len() == answer.len() && shape.iter().zip(answer).all(|(shape, answer)| fits(shape, answer))
        }
        (Value::String(_), Value::String(_)) | (Value::Number(_), Value::Number(_)) => true,
        (shape, answer) => shape == answer,
    }
}

async fn clients_of_the_reference_backend_get_the_same_json(clinic: Clinic) {
    let user = rosa(&clinic).await;
    clinic.doctor("Dr Grace Hopper").await;
    clinic.patient("Émile Zola", user).await;
    clinic.assignment(1, 1).await;
    let program = clinic.program_of("rosa").await;
    let patient = json!({ "id": 1, "name": "", "age": 1, "gender": "", "address": "", "created_at": "", "updated_at": "" });
    let doctor = json!({ "id": 1, "name": "", "specialization": "", "created_at": "", "updated_at": "" });
    let mapping = json!({ "id": 1, "patient": 1, "doctor": 1, "created_at": "", "updated_at": "" });
    let detail = json!({ "detail": "" });
    let whole = json!({ "non_field_errors": [""] });
    let curie = json!({ "name": "Marie Curie", "age": 40, "gender": "female", "address": "Paris" });
    let cases = [
        case(Method::GET, "/api/patients/", None, 200, json!([patient])),
        case(Method::GET, "/api/doctors/", None, 200, json!([doctor])),
        case(Method::GET, "/api/mappings/", None, 200, json!([mapping])),
        case(Method::GET, "/api/mappings/1/", None, 200, json!([mapping])),
        case(Method::GET, "/api/patients/1/", None, 200, patient.clone()),
        case(Method::GET, "/api/doctors/1/", None, 200, doctor.clone()),
        case(Method::POST, "/api/patients/", curie.clone(), 201, patient.clone()),
        case(Method::POST, "/api/doctors/", json!({ "name": "Dr X", "specialization": 5 }), 201, doctor.clone()),
        case(Method::POST, "/api/mappings/", json!({ "patient": 2, "doctor": 1 }), 201, mapping.clone()),
        case(Method::PUT, "/api/patients/2/", curie.clone(), 200, patient.clone()),
        case(Method::PUT, "/api/patients/2/", json!({ "age": 3 }), 400, json!({ "name": [""], "gender": [""] })),
        case(Method::PATCH, "/api/patients/2/", json!({ "age": 41 }), 200, patient.clone()),
        case(Method::PATCH, "/api/patients/2/", json!({}), 200, patient.clone()),
        case(Method::PATCH, "/api/patients/2/", json!({ "id": 9, "created_at": "x", "unknown": {} }), 200, patient.clone()),
        case(Method::POST, "/api/patients/", json!({}), 400, json!({ "name": [""], "age": [""], "gender": [""] })),
        case(Method::POST, "/api/patients/", None, 400, json!({ "name": [""], "age": [""], "gender": [""] })),
        case(
            Method::POST,
            "/api/doctors/",
            json!({ "name": null, "specialization": "" }),
            400,
            json!({ "name": [""], "specialization": [""] }),
        ),
        case(Method::POST, "/api/doctors/", json!({ "name": "x".repeat(500), "specialization": "a" }), 400, json!({ "name": [""] })),
        case(
            Method::POST,
            "/api/patients/",
            json!({ "name": "a", "age": "old", "gender": "Z" }),
            400,
            json!({ "age": [""], "gender": [""] }),
        ),
        case(
            Method::POST,
            "/api/patients/",
            json!({ "name": "a\u{0}", "age": -1, "gender": "male" }),
            400,
            json!({ "name": [""], "age": [""] }),
        ),
        case(Method::POST, "/api/mappings/", json!({ "patient": 99, "doctor": "x" }), 400, json!({ "patient": [""], "doctor": [""] })),
        case(Method::POST, "/api/mappings/", json!({ "patient": 1, "doctor": 1 }), 400, whole.clone()),
        case(Method::POST, "/api/patients/", json!([]), 400, whole.clone()),
        case(Method::PUT, "/api/patients/2/", json!([curie]), 400, whole.clone()),
        case(Method::POST, "/api/patients/", json!("text"), 400, whole),
        case(Method::GET, "/api/patients/99/", None, 404, detail.clone()),
        case(Method::GET, "/api/patients/x/", None, 404, detail.clone()),
        case(Method::DELETE, "/api/patients/", None, 405, detail.clone()),
        case(Method::GET, "/api/patients/?page=9", None, 404, detail.clone()),
        case(Method::GET, "/api/patients/?cursor=x", None, 404, detail.clone()),
        case(
            Method::GET,
            "/api/patients/?page=1",
            None,
            200,
            json!({ "count": 2, "next": null, "previous": null, "results": [patient, patient] }),
        ),
        case(Method::DELETE, "/api/doctors/1/", None, 409, detail.clone()),
        case(Method::DELETE, "/api/doctors/2/", None, 204, Value::Null),
        case(Method::DELETE, "/api/doctors/2/", None, 404, detail.clone()),
        case(Method::DELETE, "/api/mappings/1/", None, 204, Value::Null),
        case(Method::GET, "/api/mappings/1/", None, 200, json!([])),
        case(Method::DELETE, "/api/patients/1/", None, 204, Value::Null),
    ];
    for one in cases {
        let answer = program.call(one.method.clone(), one.path, one.body.clone()).await;
        let what = format!("{} {} {:?}", one.method, one.path, one.body);
        assert_eq!(answer.status, one.status, "{what}: {}", answer.body);
        let said = if answer.body.is_empty() { Value::Null } else { answer.json() };
        assert!(fits(&one.shape, &said), "{what}: {said} is not like {}", one.shape);
        assert_eq!(answer.header("vary"), "Accept", "{what}");
        assert!(!answer.header("allow").is_empty(), "{what}");
        let names = |json: &Value| json.as_object().map(|members| members.keys().cloned().collect::<Vec<_>>());
        assert!(one.status != 400 || names(&one.shape) == names(&said), "{what}: {said}");
    }
}
