//! The list that a staff page was opened from.

use crate::resource::Declaration;
use crate::web::list::return_link::Back;
use crate::web::request::visit::Visit;

/// The filters of the list.
pub fn filters(own: &Declaration) -> &'static [&'static str] {
    if own.staff.list_filter.is_empty() { own.list_filter } else { own.staff.list_filter }
}

/// The list that a page was opened from, in its state.
pub fn back(visit: &Visit, own: &Declaration) -> Back {
    Back::of(&visit.request, &visit.app, own.staff.path, own, filters(own))
}
