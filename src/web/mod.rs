//! What all pages share: the request and its user, sessions, security, the shell around a page, lists, static files.

pub mod download;
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
pub mod undo;
