//! How stories are told: the cast, their browsers, the clinic they visit.

pub mod binary;
pub mod browser;
pub mod cast;
pub mod chromium;
pub mod clinic;
pub mod database;
pub mod factors;
pub mod liar;
pub mod oidc;
pub mod page;
pub mod post;
pub mod program;
pub mod redis;
pub mod sample;
pub mod story;
pub mod tools;

pub use browser::Browser;
pub use clinic::Clinic;
pub use page::Page;
pub use program::Program;
pub use story::run;
