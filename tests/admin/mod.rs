mod actions;
mod back;
mod deletion;
mod history;
mod list;
mod walk;
