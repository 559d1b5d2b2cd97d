mod changelist;
mod filters;
mod return_link;
