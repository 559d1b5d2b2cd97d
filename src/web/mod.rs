//! What all pages share: who is asking, sessions, protection, the shell around a page, lists, assets.

pub mod list;
pub mod middleware;
pub mod page;
pub mod paths;
pub mod record;
pub mod request;
pub mod response;
pub mod routing;
pub mod search;
pub mod sessions;
pub mod site;
