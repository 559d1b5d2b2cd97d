//! The least that each page can cost: its statements in one crossing into blocking code, and its table or form. No session, no
//! permissions, no log, no links to other pages of a list.

mod fragment;
mod rows;
mod statements;
mod templates;

use std::sync::LazyLock;

use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use askama::Template;
use praxis::db::Connection;
use serde::{Deserialize, Serialize};

use crate::catalog::ROWS;
use crate::support::bare::{BarePatient, Pool, blocking, json};

/// Doctors that the form of a patient offers.
const OFFERED: i64 = 100;

pub fn routes(app: &mut ServiceConfig) {
    app.route("/sign-in", web::get().to(sign_in))
        .route("/start", web::get().to(start))
        .route("/patient/{id}", web::get().to(patient))
        .route("/form/{id}", web::get().to(form))
        .route("/doctor/{id}", web::get().to(doctor))
        .route("/list", web::get().to(list))
        .route("/api", web::get().to(api_list))
        .route("/api/{id}", web::get().to(api_one));
}

#[derive(Deserialize)]
struct Asked {
    /// Bytes around the content.
    #[serde(default)]
    frame: usize,
    #[serde(default)]
    offset: i64,
    #[serde(default)]
    rows: i64,
    q: Option<String>,
}

/// What a real page has around its content is rendered in long pieces too.
fn frame(bytes: usize) -> &'static str {
    static FRAME: LazyLock<String> = LazyLock::new(|| "<a class=\"frame\" href=\"/\">Praxis</a>\n".repeat(10_000));
    &FRAME[..bytes]
}

fn html(page: impl Template) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.render().expect("a page"))
}

async fn sign_in(asked: Query<Asked>) -> impl Responder {
    html(templates::SignIn { frame: frame(asked.frame) })
}

async fn start(pool: Data<Pool>, asked: Query<Asked>) -> impl Responder {
    let (patients, doctors) = blocking(pool, |c| {
        let patients = (statements::count(c, &statements::condition(c, None))?, statements::newest_patients(c)?);
        Ok((patients, (statements::doctors(c)?, statements::newest_doctors(c)?)))
    })
    .await;
    html(templates::Start { frame: frame(asked.frame), patients, doctors })
}

async fn patient(pool: Data<Pool>, id: Path<i64>, asked: Query<Asked>) -> impl Responder {
    let (patient, primary, doctors) = blocking(pool, move |c| {
        let patient = statements::patient(c, *id)?;
        let primary = statements::names(c, patient.primary_doctor_id)?.pop();
        Ok((patient, primary, statements::doctors_of(c, *id)?))
    })
    .await;
    html(templates::Patient { frame: frame(asked.frame), patient, primary, doctors })
}

async fn form(pool: Data<Pool>, id: Path<i64>, asked: Query<Asked>) -> impl Responder {
    let (patient, primary, offered) = blocking(pool, move |c| {
        let patient = statements::patient(c, *id)?;
        let primary = statements::names(c, patient.primary_doctor_id)?.pop();
        Ok((patient, primary, statements::doctors_by_name(c, OFFERED)?))
    })
    .await;
    html(templates::Form { frame: frame(asked.frame), patient, primary, offered })
}

async fn doctor(pool: Data<Pool>, id: Path<i64>, asked: Query<Asked>) -> impl Responder {
    let rows = asked.rows;
    let (doctor, total, patients) =
        blocking(pool, move |c| Ok((statements::doctor(c, *id)?, statements::assigned(c, *id)?, statements::patients_of(c, *id, rows)?)))
            .await;
    html(templates::Doctor { frame: frame(asked.frame), doctor, total, patients })
}

async fn list(pool: Data<Pool>, asked: Query<Asked>) -> impl Responder {
    let asked = asked.into_inner();
    let (offset, term) = (asked.offset, asked.q.clone());
    let (total, patients, doctors) = blocking(pool, move |c| {
        let condition = statements::condition(c, term.as_deref());
        let patients = statements::list(c, condition.clone(), ROWS, offset)?;
        let doctors = statements::names(c, patients.iter().filter_map(|patient| patient.primary_doctor_id))?;
        Ok((statements::count(c, &condition)?, patients, doctors.into_iter().map(|doctor| (doctor.id, doctor.name)).collect()))
    })
    .await;
    html(templates::List { frame: frame(asked.frame), q: asked.q.unwrap_or_default(), total, patients, doctors })
}

async fn api_one(pool: Data<Pool>, id: Path<i64>) -> impl Responder {
    json(pool, move |c| BarePatient::find(c, *id)).await
}

#[derive(Serialize)]
struct ApiPage {
    count: i64,
    next: String,
    previous: Option<String>,
    results: Vec<BarePatient>,
}

async fn api_list(pool: Data<Pool>) -> impl Responder {
    let next = || format!("http://127.0.0.1/api/patients/?page_size={ROWS}&page=2");
    let page = move |c: &mut Connection| {
        let count = statements::count(c, &statements::condition(c, None))?;
        Ok(ApiPage { count, next: next(), previous: None, results: BarePatient::first(c, ROWS)? })
    };
    json(pool, page).await
}
