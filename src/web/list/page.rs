//! A page that consists of one list.

use actix_web::HttpResponse;
use askama::Template;

use super::changelist::ChangeList;
use super::filters::FilterControl;
use super::params::shortened;
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// Sends an address with empty parameters on to the short one, which can be read and shared.
pub fn to_short_address(visit: &Visit) -> Option<HttpResponse> {
    let (path, query) = (visit.request.uri().path(), shortened(visit.request.query_string())?);
    Some(see_other(if query.is_empty() { path.to_string() } else { format!("{path}?{query}") }))
}

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
