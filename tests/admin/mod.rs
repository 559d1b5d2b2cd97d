mod deletion;
mod history;
mod list;
mod walk;
