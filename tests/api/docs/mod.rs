mod description;
mod page;
