//! What all pages share: who is asking, sessions, protection, the shell around a page, lists, assets.

pub mod access;
pub mod ask;
pub mod assets;
pub mod changelist;
pub mod cookies;
pub mod csrf;
pub mod current;
pub mod deletion;
pub mod envelope;
pub mod filters;
pub mod flash;
pub mod form;
pub mod intake;
pub mod listing;
pub mod page;
pub mod problem;
pub mod record;
pub mod resume;
pub mod search;
pub mod sessions;
