//! The panel to choose columns, orders and the number of rows: a form with everything that the table's headings offer, and more.

use super::params::{Listing, PAGE_SIZES};
use crate::resource::Declaration;

pub struct ViewPanel {
    /// Name, label, whether it is shown.
    pub columns: Vec<(&'static str, &'static str, bool)>,
    /// Up to three orders, by priority.
    pub orders: Vec<Order>,
    /// Numbers of rows, and whether each is chosen.
    pub sizes: Vec<(i64, bool)>,
    /// Hidden fields.
    pub hidden_inputs: Vec<(String, String)>,
}

/// Value, label, whether it is chosen.
pub struct Order {
    pub label: &'static str,
    pub choices: Vec<(String, String, bool)>,
}

impl ViewPanel {
    pub fn new(listing: &Listing, declaration: &Declaration, usual: &[&'static str]) -> Self {
        let shown = listing.shown(usual);
        let label = |name: &str| declaration.field(name).map_or("", |field| field.label);
        // Visible columns come first, in their order.
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
        let hidden_inputs = listing.narrowing().into_iter().chain(listing.view.map(|view| ("view".to_string(), view.to_string())));
        Self {
            columns,
            orders: vec![order(0, "Order by"), order(1, "Then by"), order(2, "Then by")],
            sizes: PAGE_SIZES.map(|size| (size, size == listing.size)).to_vec(),
            hidden_inputs: hidden_inputs.collect(),
        }
    }
}
