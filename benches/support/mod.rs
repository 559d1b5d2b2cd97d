//! What the benches share: the program as a process, plain HTTP to it, and the bare server it is compared with.

#![allow(dead_code, unused_macros, unused_imports, reason = "each bench uses a part")]

/// The bare server has the allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod bare;
pub mod http;
pub mod program;
