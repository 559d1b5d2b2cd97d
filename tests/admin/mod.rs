mod deletion;
mod history;
mod list;
mod listing;
mod reads;
mod trash;
mod versions;
mod walk;
