//! Lists of records: parameters, filters, columns, saved views, pages, selection.

pub mod changelist;
pub mod columns;
pub mod columns_panel;
pub mod date_hierarchy;
pub mod filter_values;
pub mod filters;
pub mod page;
pub mod pagination;
pub mod params;
pub mod return_link;
pub mod saved_view;
pub mod saved_view_page;
pub mod saved_view_tabs;
pub mod selection;
