//! What an address asks of a list: search, filters, order and page, checked against the declaration.

use time::{Date, Duration};

use crate::db::Zone;
use crate::resource::query::{SEARCH_LIMIT, terms};
use crate::resource::{Condition, Declaration, Field, FormData, Kind, ListQuery, Test, Value};

/// Rows on a page.
pub const PAGE_SIZE: i64 = 50;

/// The state of a list, as its address has it.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    pub search: String,
    /// Field and the word chosen, for every filter that is on.
    pub filters: Vec<(&'static str, String)>,
    pub order: Vec<(&'static str, bool)>,
    pub page: i64,
    /// What the address asked in vain.
    pub notices: Vec<String>,
}

/// Words for spans of time.
pub const SPANS: [(&str, &str); 4] = [("today", "Today"), ("7d", "Past 7 days"), ("month", "This month"), ("year", "This year")];

impl Listing {
    /// Reads a query string. Unknown names are left out with a notice; nothing here can fail.
    pub fn read(query: &str, declaration: &Declaration, filters: &[&'static str]) -> Self {
        let data = FormData::parse(query.as_bytes()).unwrap_or_default();
        let mut listing = Self { page: 1, ..Self::default() };
        listing.search = data.text("q").replace('\0', "").trim().chars().take(SEARCH_LIMIT).collect();
        for part in data.text("sort").split(',').filter(|part| !part.is_empty()) {
            let (name, descends) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
            match declaration.list.iter().find(|known| **known == name) {
                Some(known) if !listing.order.iter().any(|(taken, _)| taken == known) => listing.order.push((known, descends)),
                Some(_) => {}
                None => listing.notices.push("The order asked for does not exist, so the usual one is shown.".into()),
            }
        }
        match data.get("page").map(str::parse::<i64>) {
            None => {}
            Some(Ok(page)) if (1..=100_000_000).contains(&page) => listing.page = page,
            Some(_) => listing.notices.push("There is no such page, so the first one is shown.".into()),
        }
        for name in filters.iter().copied() {
            let Some(word) = data.get(name).filter(|word| !word.is_empty()) else { continue };
            let fits =
                declaration.field(name).is_some_and(|field| test(field, word, Zone::named("UTC").as_ref(), time::Date::MIN).is_some());
            if fits {
                listing.filters.push((name, word.into()));
            } else {
                listing.notices.push(format!(
                    "The filter on {} was not understood and is left out.",
                    declaration.field(name).map_or(name, |field| field.label)
                ));
            }
        }
        listing.notices.dedup();
        listing
    }

    /// The question for the database.
    pub fn query(&self, declaration: &Declaration, zone: &Zone, today: Date) -> ListQuery {
        let conditions = self.filters.iter().flat_map(|(name, word)| {
            let tests = declaration.field(name).and_then(|field| test(field, word, Some(zone), today)).unwrap_or_default();
            tests.into_iter().map(|test| Condition { field: name, test })
        });
        ListQuery {
            terms: terms(&self.search),
            conditions: conditions.collect(),
            order: self.order.clone(),
            limit: PAGE_SIZE,
            offset: (self.page - 1) * PAGE_SIZE,
            ..ListQuery::default()
        }
    }

    pub fn is_narrowed(&self) -> bool {
        !self.search.is_empty() || !self.filters.is_empty()
    }

    pub fn filter(&self, name: &str) -> &str {
        self.filters.iter().find(|(known, _)| *known == name).map_or("", |(_, word)| word)
    }

    /// The address that asks for just this.
    pub fn address(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.search.is_empty() {
            query.append_pair("q", &self.search);
        }
        for (name, word) in &self.filters {
            query.append_pair(name, word);
        }
        if !self.order.is_empty() {
            query.append_pair("sort", &self.sort());
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.into() } else { format!("{path}?{query}") }
    }

    /// `-created_at,name`
    pub fn sort(&self) -> String {
        let parts: Vec<String> = self.order.iter().map(|(name, descends)| format!("{}{name}", if *descends { "-" } else { "" })).collect();
        parts.join(",")
    }

    pub fn on_page(&self, page: i64) -> Self {
        Self { page, ..self.clone() }
    }

    pub fn without(&self, name: &str) -> Self {
        Self { page: 1, filters: self.filters.iter().filter(|(known, _)| *known != name).cloned().collect(), ..self.clone() }
    }

    pub fn ordered_by(&self, name: &'static str, descends: bool) -> Self {
        Self { page: 1, order: vec![(name, descends)], ..self.clone() }
    }
}

/// The tests that a filter's word stands for; `None` when it means nothing for this field.
fn test(field: &Field, word: &str, zone: Option<&Zone>, today: Date) -> Option<Vec<Test>> {
    if word == "none" && field.nullable {
        return Some(vec![Test::Blank(true)]);
    }
    Some(match field.kind {
        Kind::Bool => vec![Test::In(vec![Value::Bool(match word {
            "yes" => true,
            "no" => false,
            _ => return None,
        })])],
        Kind::Choice(choices) => {
            vec![Test::In(vec![choices.iter().find(|(stored, _)| *stored == word).map(|(stored, _)| Value::Text((*stored).into()))?])]
        }
        Kind::Integer => vec![Test::In(vec![Value::Integer(word.parse().ok()?)])],
        Kind::Text if word.contains(char::is_control) => return None,
        Kind::Text => vec![Test::In(vec![Value::Text(word.into())])],
        Kind::Date | Kind::Time => {
            SPANS.iter().find(|(known, _)| *known == word)?;
            let zone = zone?;
            let (from, until) = span(word, today)?;
            let value = |date: Date| if field.kind == Kind::Date { Value::Date(date) } else { Value::Time(zone.start_of(date)) };
            vec![Test::AtLeast(value(from)), Test::Below(value(until))]
        }
        Kind::Many => return None,
    })
}

/// The first day of a span and the day after it.
fn span(word: &str, today: Date) -> Option<(Date, Date)> {
    let tomorrow = today.next_day().unwrap_or(today);
    Some(match word {
        "today" => (today, tomorrow),
        "7d" => (today.checked_sub(Duration::days(6)).unwrap_or(today), tomorrow),
        "month" => (today.replace_day(1).ok()?, tomorrow),
        "year" => (Date::from_ordinal_date(today.year(), 1).ok()?, tomorrow),
        _ => return None,
    })
}
