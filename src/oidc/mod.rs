//! OpenID Connect: the protocol and its HTTP client. Imports no pages and no tables.

pub mod error;
pub mod flow;
pub mod http_client;
pub mod provider;
pub mod providers;

pub use crate::oidc::error::OidcError;
pub use crate::oidc::flow::{AuthorizationRequest, Person};
pub use crate::oidc::provider::Provider;
pub use crate::oidc::providers::{Known, Providers};
