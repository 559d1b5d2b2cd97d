//! What areas add to pages that are not their own. `product.rs` lists it, and the server passes it to every request.

use super::page::extension::{RecordExtension, TodayCards};
use super::page::page_link::PageLink;
use super::page::panel::{Panel, SetUpStep};

pub struct Site {
    /// Every page that people can go to by name.
    pub pages: Vec<PageLink>,
    /// Lines of the dashboard, in this order.
    pub panels: Vec<Panel>,
    /// The steps of setting up the clinic, in this order.
    pub steps: Vec<SetUpStep>,
    /// What is added to the pages of records.
    pub extensions: Vec<RecordExtension>,
    /// What is added to the start page, in this order.
    pub today: Vec<TodayCards>,
}

impl Site {
    /// What the page at this address is called.
    pub fn title(&self, href: &str) -> &str {
        self.pages.iter().find(|page| page.href == href).map_or("", |page| page.title.as_str())
    }
}
