//! Pages of a list: by number, or by a cursor, whose cost does not depend on the position.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::asked::Asked;
use crate::api::http::error::ApiError;
use crate::api::schema::ID;
use crate::api::state::State;
use crate::db::Connection;
use crate::resource::list::keyset::Seek;
use crate::resource::{FormData, ListQuery};

/// Rows on a page by default; below, at most (SECURITY 5.1).
pub const USUAL: i64 = 20;
pub const MOST: i64 = 100;

/// The purpose of the key for cursors.
const PURPOSE: &str = "api: cursors";

/// The requested page.
#[derive(Debug)]
pub enum Paging {
    Number(String, i64),
    /// Blank for the first page.
    Cursor(String, i64),
}

impl Paging {
    /// `None` if no page is requested.
    pub fn read(typed: &FormData) -> Option<Self> {
        let size = typed.text("page_size").parse::<i64>().ok().filter(|size| *size > 0).map_or(USUAL, |size| size.min(MOST));
        match (typed.get("cursor"), typed.get("page")) {
            (Some(cursor), _) => Some(Self::Cursor(cursor.into(), size)),
            (None, Some(page)) => Some(Self::Number(page.into(), size)),
            (None, None) => typed.has("page_size").then(|| Self::Number("1".into(), size)),
        }
    }
}

/// The address of a list, for links to its other pages.
pub struct Address {
    path: String,
    typed: FormData,
}

impl Address {
    pub fn of(request: &HttpRequest, app: &State, typed: FormData) -> Self {
        Self { path: format!("{}{}", app.settings.public_url.as_str().trim_end_matches('/'), request.path()), typed }
    }

    /// The same list with another value of this parameter.
    fn with(&self, parameter: &str, value: &str) -> String {
        format!("{}?{}", self.path, self.typed.clone().with(parameter, value).encoded())
    }
}

/// `{"count": …, "next": …, "previous": …, "results": […]}`
pub fn page(c: &mut Connection, asked: &Asked, paging: &Paging, address: &Address) -> Result<Vec<u8>, ApiError> {
    let resource = asked.resource()?;
    let query = asked.query.clone().searched(c, resource, &asked.actor, asked.app.words())?;
    let count = |c: &mut Connection| asked.app.counts.exact(c, asked.app.moment(), resource, &query, &asked.actor);
    match paging {
        Paging::Number(page, size) => {
            let count = count(c)?;
            let last = ((count + size - 1) / size).max(1);
            let page = if page == "last" { Some(last) } else { page.parse::<i64>().ok() };
            let page = page.filter(|page| (1..=last).contains(page)).ok_or_else(no_such_page)?;
            let mut rows = Vec::with_capacity(8 * 1024);
            asked.rows(c, &ListQuery { limit: *size, offset: (page - 1) * size, ..query.clone() }, &mut rows, true)?;
            let next = (page < last).then(|| address.with("page", &(page + 1).to_string()));
            // Without the parameter it would be a list without pages.
            let previous = (page > 1).then(|| address.with("page", &(page - 1).to_string()));
            Ok(body(count, next, previous, &rows))
        }
        Paging::Cursor(text, size) => {
            let cursor = match text.as_str() {
                "" => Cursor { count: count(c)?, seek: None },
                text => Cursor::read(asked, text).ok_or_else(no_such_cursor)?,
            };
            by_cursor(c, asked, &query, cursor, *size, address)
        }
    }
}

fn by_cursor(
    c: &mut Connection,
    asked: &Asked,
    query: &ListQuery,
    cursor: Cursor,
    size: i64,
    address: &Address,
) -> Result<Vec<u8>, ApiError> {
    let resource = asked.resource()?;
    let backwards = cursor.seek.is_some_and(|seek| seek.backwards);
    let wanted = ListQuery { limit: size + 1, seek: cursor.seek, ..query.clone() };
    let mut rows = resource.list(c, &wanted, Some(&asked.actor))?;
    let anchor = cursor.seek.and_then(|seek| seek.anchor).filter(|_| rows.is_empty() && !is_by_number(query));
    if anchor.is_some_and(|anchor| resource.labels(c, &[anchor]).is_ok_and(|labels| labels.is_empty())) {
        return Err(no_such_cursor());
    }
    let has_more = rows.len() as i64 > size;
    if has_more && backwards {
        rows.remove(0);
    }
    rows.truncate(size as usize);
    let mut drawn = Vec::with_capacity(8 * 1024);
    asked.render(c, &mut rows, &mut drawn, true)?;
    let link = |row: Option<i64>, backwards: bool| {
        let seek = Some(Seek { anchor: Some(row?), backwards });
        Some(address.with("cursor", &Cursor { seek, ..cursor }.write(asked)))
    };
    let next = if backwards || has_more { link(rows.last().map(|row| row.id), false) } else { None };
    let goes_back = if backwards { has_more } else { cursor.seek.is_some() };
    let previous = if goes_back { link(rows.first().map(|row| row.id), true) } else { None };
    Ok(body(cursor.count, next, previous, &drawn))
}

fn body(count: i64, next: Option<String>, previous: Option<String>, rows: &[u8]) -> Vec<u8> {
    let link = |link: Option<String>| serde_json::Value::from(link).to_string();
    let head = format!("{{\"count\":{count},\"next\":{},\"previous\":{},\"results\":[", link(next), link(previous));
    [head.as_bytes(), rows, b"]}"].concat()
}

/// Whether a list is ordered by id alone, so that even the id of a removed record is a position.
pub fn is_by_number(query: &ListQuery) -> bool {
    !query.by_weight && query.order.first().is_some_and(|(name, _)| *name == ID)
}

fn no_such_page() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "not_found", "That page does not exist.")
}

fn no_such_cursor() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "not_found", "The cursor is not valid. Start again without one.")
}

/// A position in a list, and the number of records, counted once for the first page.
#[derive(Clone, Copy)]
struct Cursor {
    count: i64,
    seek: Option<Seek>,
}

impl Cursor {
    fn write(self, asked: &Asked) -> String {
        let (anchor, way) = self.seek.map_or((0, "f"), |seek| (seek.anchor.unwrap_or(0), if seek.backwards { "b" } else { "f" }));
        let said = format!("{}.{way}.{anchor}", self.count);
        URL_SAFE_NO_PAD.encode(format!("{said}.{}", seal(asked, &said)))
    }

    fn read(asked: &Asked, text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (said, sign) = plain.rsplit_once('.')?;
        let [count, way, anchor] = said.split('.').collect::<Vec<_>>().try_into().ok()?;
        let seek = Seek { anchor: Some(anchor.parse().ok()?), backwards: way == "b" };
        (sign == seal(asked, said)).then_some(Self { count: count.parse().ok()?, seek: Some(seek) })
    }
}

/// The signature of a cursor. It is valid for one caller and resource, because the count depends on what the caller may see.
fn seal(asked: &Asked, said: &str) -> String {
    let who = asked.actor.id.to_be_bytes();
    let sign = asked.app.keys.sign(PURPOSE, &[asked.name.as_bytes(), &who, said.as_bytes()]);
    sign.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
