mod bulk;
mod dashboard;
mod declarations;
mod list;
mod record;
mod walk;
