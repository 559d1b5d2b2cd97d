//! OpenID Connect: asking a provider who somebody is. Knows the protocol and the network, no pages and no tables.

pub mod answer;
pub mod outside;
pub mod provider;
pub mod providers;
pub mod trouble;

pub use crate::oidc::answer::{Departure, Person};
pub use crate::oidc::provider::Provider;
pub use crate::oidc::providers::{Known, Providers};
pub use crate::oidc::trouble::Trouble;
