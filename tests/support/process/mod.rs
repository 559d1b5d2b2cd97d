//! Programs that run in processes of their own: the binary of Praxis, servers that it talks to, and tools that check it.

pub mod binary;
pub mod mail_server;
pub mod oidc;
pub mod redis;
pub mod tools;
