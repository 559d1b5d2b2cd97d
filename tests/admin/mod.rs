mod conflicts;
mod deletion;
mod forms;
mod history;
mod inlines;
mod list;
mod related;
mod walk;
