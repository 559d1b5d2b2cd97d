//! A page that consists of one list.

use askama::Template;

use super::changelist::ChangeList;
use super::filters::FilterControl;
use crate::web::page::shell::Shell;

/// A page that consists of one list.
#[derive(Template)]
#[template(path = "web/list/list_page.html")]
pub struct ListPage {
    pub shell: Shell,
    pub list: ChangeList,
    pub subtitle: String,
    pub singular: String,
    /// The text and address of the button for a new record.
    pub add: Option<(String, String)>,
    /// Other buttons: label, icon, address.
    pub more: Vec<(&'static str, &'static str, String)>,
    /// The address of the trash, for those who may restore.
    pub trash: Option<String>,
}
