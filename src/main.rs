#![forbid(unsafe_code)]
//! The command line; everything else is the library.

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    praxis::cli::run().await
}
