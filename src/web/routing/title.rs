//! The title of a page that people can go to by name.

/// What a page is called, its icon, and the menu that it is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Title {
    pub text: &'static str,
    /// What else people call it, for the search.
    pub words: &'static str,
    pub icon: &'static str,
    pub menu: Menu,
}

/// Where a page is listed, beside the palette and the search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Menu {
    None,
    /// The start page, first in the main menu.
    Home,
    /// What is opened all day, before the other pages of the main menu.
    Day,
    Main,
    /// Under "Setup".
    Setup,
    /// The administration's menu and first page, under the heading of this area.
    Area(&'static str),
}
