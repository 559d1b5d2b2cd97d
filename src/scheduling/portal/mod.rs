//! What patients do themselves: ask for a time, confirm, move and cancel. They are signed in, or have a link from an email; the pages
//! are the same. Opening a link changes nothing, because mail programs open links by themselves: what changes something is a button.

pub mod ask;
pub mod cards;
pub mod holder;
pub mod lapse;
pub mod link;
pub mod moving;
pub mod new_page;
pub mod page;
pub mod routes;
pub mod terms;
pub mod visit_page;
