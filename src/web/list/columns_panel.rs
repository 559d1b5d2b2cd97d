//! The panel with which one chooses columns, orders and the length of a page: everything that the head of the table does
//! by click, and more, in one form.

use super::params::{Listing, PAGE_SIZES};
use crate::resource::Declaration;

pub struct ViewPanel {
    /// Name, label, whether it is shown.
    pub columns: Vec<(&'static str, &'static str, bool)>,
    /// Three orders, one after the other.
    pub orders: Vec<Order>,
    /// Rows on a page, and whether that is the choice.
    pub sizes: Vec<(i64, bool)>,
    /// What the form hands on.
    pub kept: Vec<(String, String)>,
}

/// Word, label, whether it is the choice.
pub struct Order {
    pub label: &'static str,
    pub choices: Vec<(String, String, bool)>,
}

impl ViewPanel {
    pub fn new(listing: &Listing, declaration: &Declaration, usual: &[&'static str]) -> Self {
        let shown = listing.shown(usual);
        let label = |name: &str| declaration.field(name).map_or("", |field| field.label);
        // Those that are shown come first, in their order.
        let others = declaration.columns().filter(|name| !shown.contains(name));
        let columns = shown.iter().copied().chain(others).map(|name| (name, label(name), shown.contains(&name))).collect();
        let sortable: Vec<&'static str> = declaration.columns().filter_map(|name| declaration.sortable(name)).collect();
        let order = |place: usize, label_of: &'static str| {
            let taken = listing.order.get(place);
            let choices = sortable.iter().flat_map(|name| {
                [("", false, "ascending"), ("-", true, "descending")].map(|(sign, descends, way)| {
                    (format!("{sign}{name}"), format!("{}, {way}", label(name)), taken == Some(&(*name, descends)))
                })
            });
            Order { label: label_of, choices: choices.collect() }
        };
        let kept = listing.narrowing().into_iter().chain(listing.view.map(|view| ("view".to_string(), view.to_string())));
        Self {
            columns,
            orders: vec![order(0, "Order by"), order(1, "Then by"), order(2, "Then by")],
            sizes: PAGE_SIZES.map(|size| (size, size == listing.size)).to_vec(),
            kept: kept.collect(),
        }
    }
}
