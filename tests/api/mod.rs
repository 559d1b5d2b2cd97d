//! Stories of programs that call the API.

mod assignments;
mod bodies;
mod bulk;
mod doors;
mod lists;
mod once;
mod pages;
mod records;
mod sites;
mod versions;
mod wire;
