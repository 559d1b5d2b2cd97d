//! What surrounds every page: the shell, navigation, messages, preferences, static files.

pub mod assets;
pub mod avatar;
pub mod chart;
pub mod confirm;
pub mod extension;
pub mod flash;
pub mod form_page;
pub mod navigation;
pub mod page_link;
pub mod panel;
pub mod preferences;
mod scripts;
pub mod shell;
