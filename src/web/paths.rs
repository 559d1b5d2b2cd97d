//! Addresses that several parts of the product need. Every other address is written in `routes.rs` alone.

/// The page on which the owner of an account confirms the email address.
pub const ACTIVATION: &str = "/activation";
/// Health checks, which answer whatever the host.
pub const PROBES: [&str; 2] = ["/healthz", "/readyz"];
/// The start page of staff, whichever page `/` leads to.
pub const TODAY: &str = "/today";
/// The clinic's logo, by its digest.
pub const LOGO: &str = "/clinic/logo";
/// Extends a session that is about to end for inactivity.
pub const STAY: &str = "/sessions/stay";
