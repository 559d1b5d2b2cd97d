//! What areas add to the administration. `product.rs` lists it, and the server passes it to every request.

use super::page::admin_menu::AdminPage;
use super::page::panel::Panel;

pub struct Site {
    /// Pages of the administration that are not lists of records.
    pub pages: Vec<AdminPage>,
    /// Lines of the dashboard, in this order.
    pub panels: Vec<Panel>,
}
