mod actions;
mod back;
mod comfort;
mod deletion;
mod history;
mod list;
mod listing;
mod walk;
