mod dashboard;
mod declarations;
mod deletion;
mod history;
mod list;
mod listing;
mod walk;
