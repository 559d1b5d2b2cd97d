//! The parameters of a list's address: search, filters, order, columns and page, checked against the declaration.

use time::Date;

use super::filter_values::Asked;
use crate::db::Zone;
use crate::resource::list::keyset::Seek;
use crate::resource::list::query::{SEARCH_LIMIT, terms};
use crate::resource::{Condition, Declaration, FormData, Kind, ListQuery, Test};

/// The default number of rows on a page.
pub const PAGE_SIZE: i64 = 50;
pub const PAGE_SIZES: [i64; 4] = [25, 50, 100, 250];

/// The state of a list, as in its address.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    pub search: String,
    /// The filter of each filtered field.
    pub filters: Vec<(&'static str, Asked)>,
    /// The search texts among the choices of filters; not stored in views.
    pub finds: Vec<(&'static str, String)>,
    pub order: Vec<(&'static str, bool)>,
    /// Empty for the declaration's columns.
    pub columns: Vec<&'static str>,
    pub page: i64,
    /// The row that the page begins at, if the link names one; otherwise an offset is used.
    pub seek: Option<Seek>,
    /// Rows between that row and the page.
    pub skip: i64,
    pub size: i64,
    /// Whether every address includes the number of rows, because the user's preference differs from the default.
    pub tells_size: bool,
    /// Whether filters show the number of records of each choice.
    pub facets: bool,
    /// Whether a long list is counted exactly.
    pub exact: bool,
    /// The saved view that this state began with.
    pub view: Option<i64>,
    /// Messages about parameters that were ignored.
    pub notices: Vec<String>,
}

/// Parameters other than filters.
const KNOWN: [&str; 11] = ["q", "sort", "columns", "page", "after", "before", "skip", "size", "facets", "count", "view"];

/// A form sends every field that it has. The query string without those that say nothing, or `None` if it is short already.
/// A view that is left alone would bring its own filters back, so that of all records takes its place.
pub fn shortened(query: &str) -> Option<String> {
    let pairs = || form_urlencoded::parse(query.as_bytes());
    if !pairs().any(|(name, value)| value.is_empty() && !name.is_empty()) {
        return None;
    }
    let mut kept: Vec<_> = pairs().filter(|(_, value)| !value.is_empty()).collect();
    if let [(name, view)] = kept.as_mut_slice()
        && name == "view"
    {
        *view = "0".into();
    }
    Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish())
}

impl Listing {
    /// Reads a query string. Unknown parameters are ignored with a notice; nothing here can fail.
    pub fn read(query: &str, declaration: &Declaration, filters: &[&'static str]) -> Self {
        let data = FormData::parse(query.as_bytes()).unwrap_or_default();
        let mut listing = Self { page: 1, size: PAGE_SIZE, ..Self::default() };
        listing.search = data.text("q").replace('\0', "").trim().chars().take(SEARCH_LIMIT).collect();
        if data.text("q").chars().count() > SEARCH_LIMIT {
            listing.notices.push(format!("The search is longer than {SEARCH_LIMIT} characters. Only the beginning was used."));
        }
        listing.facets = data.text("facets") == "1";
        listing.exact = data.text("count") == "exact";
        listing.view = data.text("view").parse().ok();
        listing.read_order(&data, declaration);
        listing.read_columns(&data, declaration);
        listing.read_page(&data);
        listing.read_filters(&data, declaration, filters);
        for (name, _) in data.into_pairs() {
            let base = name.rsplit_once("__").map_or(name.as_str(), |(base, _)| base);
            let known = KNOWN.contains(&name.as_str()) || filters.contains(&base) || name.starts_with('_');
            if !known && !name.is_empty() {
                let name: String = name.chars().filter(|letter| !letter.is_control()).take(40).collect();
                listing.notices.push(format!("Filter ‘{name}’ ignored: this list does not have it."));
            }
        }
        listing.notices.dedup();
        listing.notices.truncate(5);
        listing
    }

    /// With the user's preferred number of rows, unless the address has one.
    pub fn sized(mut self, query: &str, rows: i64) -> Self {
        self.tells_size = rows != PAGE_SIZE;
        if !form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "size") {
            self.size = rows;
        }
        self
    }

    fn read_order(&mut self, data: &FormData, declaration: &Declaration) {
        for part in data.all("sort").flat_map(|text| text.split(',')).filter(|part| !part.is_empty()) {
            let (name, descends) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
            match declaration.sortable(name) {
                Some(known) if !self.order.iter().any(|(taken, _)| *taken == known) => self.order.push((known, descends)),
                Some(_) => {}
                None => self.notices.push("Order ignored: the column does not exist. Showing the default order.".into()),
            }
        }
        self.order.truncate(4);
    }

    fn read_columns(&mut self, data: &FormData, declaration: &Declaration) {
        for name in data.all("columns").flat_map(|text| text.split(',')).filter(|name| !name.is_empty()) {
            match declaration.columns().find(|known| *known == name) {
                Some(known) if !self.columns.contains(&known) => self.columns.push(known),
                Some(_) => {}
                None => self.notices.push("One column ignored: it does not exist.".into()),
            }
        }
        if self.columns == declaration.list_display {
            self.columns.clear();
        }
    }

    fn read_page(&mut self, data: &FormData) {
        match data.get("page").map(str::parse::<i64>) {
            None => {}
            Some(Ok(page)) if (1..=100_000_000).contains(&page) => self.page = page,
            Some(_) => self.notices.push("That page does not exist. Showing the first page.".into()),
        }
        match data.get("size").map(str::parse::<i64>) {
            None => {}
            Some(Ok(size)) if PAGE_SIZES.contains(&size) => self.size = size,
            Some(_) => self.notices.push(format!("Rows per page can be 25, 50, 100 or 250. Showing {PAGE_SIZE}.")),
        }
        let number = |name: &str| data.get(name).and_then(|text| text.parse::<i64>().ok());
        self.seek = match (number("after"), number("before"), data.text("before")) {
            _ if self.page == 1 => None,
            (Some(id), _, _) => Some(Seek { anchor: Some(id), backwards: false }),
            (None, Some(id), _) => Some(Seek { anchor: Some(id), backwards: true }),
            (None, None, "end") => Some(Seek { anchor: None, backwards: true }),
            _ => None,
        };
        self.skip = number("skip").filter(|skip| (0..=1_000).contains(skip)).unwrap_or(0);
    }

    fn read_filters(&mut self, data: &FormData, declaration: &Declaration, filters: &[&'static str]) {
        for name in filters.iter().copied() {
            let Some(field) = declaration.field(name) else { continue };
            let end = |end: &str| data.text(&format!("{name}__{end}")).trim().chars().take(40).collect::<String>();
            let words = data.all(name).filter(|word| !word.is_empty()).take(50).map(str::to_string).collect();
            let asked = Asked { words, from: end("from"), to: end("to") };
            let find = end("find");
            if !find.is_empty() {
                self.finds.push((name, find));
            }
            if asked.is_blank() {
                continue;
            }
            if asked.tests(field, Zone::named("UTC").as_ref(), Date::MIN).is_some() {
                self.filters.push((name, asked));
            } else {
                self.notices.push({
                    let needed = match field.kind {
                        Kind::Integer if !field.is_reference() => "enter a whole number",
                        Kind::Measure(_) => "enter a value like those in the list",
                        Kind::Date | Kind::DateTime => "enter a date",
                        _ => "choose one of the options",
                    };
                    format!("{} filter ignored: {needed}.", field.label)
                });
            }
        }
    }

    /// The query for the database.
    pub fn query(&self, declaration: &Declaration, zone: &Zone, today: Date) -> ListQuery {
        let conditions = self.filters.iter().flat_map(|(name, asked)| {
            let tests = declaration.field(name).and_then(|field| asked.tests(field, Some(zone), today));
            // A value that cannot be read in this person's format must not list everything.
            let tests = tests.unwrap_or_else(|| vec![Test::In(Vec::new())]);
            tests.into_iter().map(|test| Condition { field: name, test })
        });
        ListQuery {
            terms: terms(&self.search),
            conditions: conditions.collect(),
            order: self.order.clone(),
            limit: self.size,
            offset: if self.seek.is_some() { self.skip } else { (self.page - 1) * self.size },
            seek: self.seek,
            ..ListQuery::default()
        }
    }

    pub fn is_narrowed(&self) -> bool {
        !self.search.is_empty() || !self.filters.is_empty()
    }

    pub fn filter(&self, name: &str) -> Option<&Asked> {
        self.filters.iter().find(|(known, _)| *known == name).map(|(_, asked)| asked)
    }

    /// The columns to show; `usual` unless others are chosen.
    pub fn shown<'a>(&'a self, usual: &'a [&'static str]) -> &'a [&'static str] {
        if self.columns.is_empty() { usual } else { &self.columns }
    }

    /// The parameters that narrow the list: search and filters.
    pub fn narrowing(&self) -> Vec<(String, String)> {
        let search = (!self.search.is_empty()).then(|| ("q".to_string(), self.search.clone()));
        search.into_iter().chain(self.filters.iter().flat_map(|(name, asked)| asked.pairs(name))).collect()
    }

    /// The parameters of the display: order, columns, number of rows, and the view that it began with.
    pub fn showing(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut push = |name: &str, value: String| pairs.push((name.to_string(), value));
        if !self.order.is_empty() {
            push("sort", self.sort());
        }
        if !self.columns.is_empty() {
            push("columns", self.columns.join(","));
        }
        if (self.size != PAGE_SIZE || self.tells_size) && self.size != 0 {
            push("size", self.size.to_string());
        }
        if self.facets {
            push("facets", "1".into());
        }
        if let Some(view) = self.view {
            push("view", view.to_string());
        }
        pairs
    }

    /// The query string for this state.
    pub fn query_string(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.narrowing()).extend_pairs(self.showing());
        if self.exact {
            query.append_pair("count", "exact");
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
            match self.seek {
                Some(Seek { anchor: Some(id), backwards }) => {
                    query.append_pair(if backwards { "before" } else { "after" }, &id.to_string());
                }
                Some(Seek { anchor: None, .. }) => {
                    query.append_pair("before", "end");
                }
                None => {}
            }
            if self.seek.is_some() && self.skip > 0 {
                query.append_pair("skip", &self.skip.to_string());
            }
        }
        query.finish().replace("%2C", ",")
    }

    /// The address for this state.
    pub fn address(&self, path: &str) -> String {
        let query = self.query_string();
        if query.is_empty() { path.into() } else { format!("{path}?{query}") }
    }

    /// `-created_at,name`
    pub fn sort(&self) -> String {
        let parts: Vec<String> = self.order.iter().map(|(name, descends)| format!("{}{name}", if *descends { "-" } else { "" })).collect();
        parts.join(",")
    }

    pub fn on_page(&self, page: i64, seek: Option<Seek>, skip: i64) -> Self {
        Self { page, seek, skip, ..self.clone() }
    }

    /// The same from its first page.
    pub fn from_the_top(&self) -> Self {
        self.on_page(1, None, 0)
    }

    /// Without one value of a filter, or without its range.
    pub fn without(&self, name: &str, word: Option<&str>) -> Self {
        let mut listing = self.from_the_top();
        for (known, asked) in &mut listing.filters {
            match word {
                _ if *known != name => {}
                Some(word) => asked.words.retain(|known| known != word),
                None => (asked.from, asked.to) = (String::new(), String::new()),
            }
        }
        listing.filters.retain(|(_, asked)| !asked.is_blank());
        listing
    }

    /// With this filter of a field, and no other of it.
    pub fn asking(&self, name: &'static str, asked: Asked) -> Self {
        let mut listing = self.from_the_top();
        listing.filters.retain(|(known, _)| *known != name);
        if !asked.is_blank() {
            listing.filters.push((name, asked));
        }
        listing
    }

    pub fn ordered_by(&self, order: Vec<(&'static str, bool)>) -> Self {
        Self { order, ..self.from_the_top() }
    }
}
