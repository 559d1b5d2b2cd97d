//! OpenID Connect: asking a provider who somebody is. Knows the protocol and the network, no pages and no tables.

pub mod answer;
pub mod outside;
pub mod provider;
pub mod providers;
pub mod trouble;

pub use answer::{Departure, Person};
pub use provider::Provider;
pub use providers::{Known, Providers};
pub use trouble::Trouble;
