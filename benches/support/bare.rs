//! The bare server that Praxis is compared with: the same statements over Diesel, without sessions, permissions or a log. It is
//! a process of its own, the bench started once more with `BENCH_BARE`.

use std::process::Command;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, HttpServer};
use diesel::prelude::*;
use praxis::db::Connection;
use praxis::db::connection::{ConnectionManager, Purpose};
use praxis::db::schema::patients;
use praxis::db::url::DatabaseUrl;
use serde::Serialize;

use super::program::Server;

/// The same statement on either database, with nothing around it.
macro_rules! on_either {
    ($c:expr, $inner:ident => $work:expr) => {
        match $c {
            praxis::db::Connection::Sqlite($inner) => $work,
            praxis::db::Connection::Postgres($inner) => $work,
        }
    };
}
pub(crate) use on_either;

pub type Pool = r2d2::Pool<ConnectionManager>;

/// As many connections as Praxis has for reading.
const CONNECTIONS: u32 = 8;

/// The URL of the database if this process is to be the bare server.
pub fn wanted() -> Option<String> {
    std::env::var("BENCH_BARE").ok()
}

/// Starts this bench once more as the bare server.
pub fn start(url: &str, wrapper: &[String]) -> Server {
    let this = std::env::current_exe().expect("this program").display().to_string();
    let mut words = wrapper.iter().chain([&this]);
    Server::start(Command::new(words.next().expect("a program")).args(words).env("BENCH_BARE", url))
}

pub fn serve(url: &str, port: u16, routes: fn(&mut ServiceConfig)) {
    let url = DatabaseUrl::parse(url).expect("an address");
    let pool = r2d2::Pool::builder().max_size(CONNECTIONS).build(ConnectionManager::new(url, Purpose::Write)).expect("a pool");
    let served = actix_web::rt::System::new().block_on(async move {
        let pool = web::Data::new(pool);
        let app = move || actix_web::App::new().app_data(pool.clone()).configure(routes);
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let server = HttpServer::new(app).workers(workers).bind(("127.0.0.1", port)).expect("a port").run();
        println!("ready");
        server.await
    });
    served.expect("it serves");
}

/// Runs statements in blocking code, as Praxis does.
pub async fn blocking<T: Send + 'static>(
    pool: web::Data<Pool>,
    work: impl FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
) -> T {
    web::block(move || work(&mut pool.get().expect("a connection").connection)).await.expect("no panic").expect("rows")
}

pub async fn json<T: Serialize + Send + 'static>(
    pool: web::Data<Pool>,
    work: impl FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
) -> HttpResponse {
    HttpResponse::Ok().json(blocking(pool, work).await)
}

/// A patient as the API shows them.
#[derive(Serialize)]
pub struct BarePatient {
    id: i64,
    name: String,
    age: i32,
    gender: String,
    address: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: time::OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: time::OffsetDateTime,
    date_of_birth: Option<time::Date>,
    primary_doctor: Option<i64>,
    owner: i64,
}

type Columns = (i64, String, i32, String, String, time::PrimitiveDateTime, time::PrimitiveDateTime, Option<time::Date>, Option<i64>, i64);

impl BarePatient {
    fn of((id, name, age, gender, address, created_at, updated_at, date_of_birth, primary_doctor, owner): Columns) -> Self {
        let (created_at, updated_at) = (created_at.assume_utc(), updated_at.assume_utc());
        Self { id, name, age, gender, address, created_at, updated_at, date_of_birth, primary_doctor, owner }
    }

    pub fn find(c: &mut Connection, id: i64) -> QueryResult<Self> {
        let found = patients::table.find(id).filter(patients::deleted_at.is_null()).select(COLUMNS);
        on_either!(c, c => found.first::<Columns>(c)).map(Self::of)
    }

    /// The first ones by id.
    pub fn first(c: &mut Connection, number: i64) -> QueryResult<Vec<Self>> {
        let first = patients::table.filter(patients::deleted_at.is_null()).order(patients::id).limit(number).select(COLUMNS);
        Ok(on_either!(c, c => first.load::<Columns>(c))?.into_iter().map(Self::of).collect())
    }
}

const COLUMNS: (
    patients::id,
    patients::name,
    patients::age,
    patients::gender,
    patients::address,
    patients::created_at,
    patients::updated_at,
    patients::date_of_birth,
    patients::primary_doctor_id,
    patients::owner_id,
) = (
    patients::id,
    patients::name,
    patients::age,
    patients::gender,
    patients::address,
    patients::created_at,
    patients::updated_at,
    patients::date_of_birth,
    patients::primary_doctor_id,
    patients::owner_id,
);
