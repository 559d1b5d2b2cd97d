mod bulk;
mod dashboard;
mod declarations;
mod list;
mod rail;
mod record;
mod user_page;
mod walk;
