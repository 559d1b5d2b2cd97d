//! What a request brings: the visit, the user, the client, form data, files, cookies.

pub mod body;
pub mod body_copy;
pub mod client;
pub mod cookies;
pub mod csrf;
pub mod current_user;
pub mod posted;
pub mod press;
pub mod record_files;
pub mod upload;
pub mod visit;
