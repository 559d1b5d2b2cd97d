#![forbid(unsafe_code)]
//! The command line; everything else is the library.

use std::process::ExitCode;

/// Pages are many short texts, on threads that come and go: the system's allocator takes longer for them, and keeps what they
/// leave.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    praxis::cli::run().await
}
