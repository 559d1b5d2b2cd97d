//! The pages of a list: where they begin, how they are counted, and the links between them.

use super::params::Listing;
use crate::db::Zone;
use crate::resource::list::keyset::Seek;
use crate::resource::value::Row;

/// A list is counted up to this number unless an exact count is requested.
pub const COUNTED: i64 = 10_000;

/// How many records a list holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Total {
    Exactly(i64),
    MoreThan(i64),
}

impl Total {
    /// A count that stopped at one more than `most`.
    pub fn capped(count: i64, most: i64) -> Self {
        if count > most { Self::MoreThan(most) } else { Self::Exactly(count) }
    }

    /// `1,234` or `more than 10,000`
    pub fn text(self, zone: &Zone) -> String {
        match self {
            Self::Exactly(count) => zone.figure(count),
            Self::MoreThan(count) => format!("more than {}", zone.figure(count)),
        }
    }

    /// `1,234` or `10,000+`, for narrow places.
    pub fn short(self, zone: &Zone) -> String {
        match self {
            Self::Exactly(count) => zone.figure(count),
            Self::MoreThan(count) => format!("{}+", zone.figure(count)),
        }
    }

    pub fn is_exact(self) -> bool {
        matches!(self, Self::Exactly(_))
    }

    /// The number of the last page, if known.
    pub fn last_page(self, size: i64) -> Option<i64> {
        match self {
            Self::Exactly(count) => Some(((count + size - 1) / size).max(1)),
            Self::MoreThan(_) => None,
        }
    }
}

pub struct PageLink {
    pub label: String,
    /// Blank for a gap and for the current page.
    pub href: String,
    pub current: bool,
}

/// `51–100 of 1,234`
pub fn range(listing: &Listing, rows: usize, total: Total, zone: &Zone) -> String {
    if rows == 0 {
        return "None".into();
    }
    let before = (listing.page - 1) * listing.size;
    format!("{}–{} of {}", zone.figure(before + 1), zone.figure(before + rows as i64), total.text(zone))
}

/// Previous, first, those around the current page, last, next. Each link names a row of this page to begin at (keyset
/// pagination), so that a deep page costs as much as the first.
pub fn links(listing: &Listing, rows: &[Row], total: Total, has_more: bool, path: &str, zone: &Zone) -> Vec<PageLink> {
    let last = total.last_page(listing.size);
    let has_more = last.map_or(has_more, |last| listing.page < last);
    if listing.page == 1 && !has_more {
        return Vec::new();
    }
    let link = |page: i64, label: String| PageLink { label, href: to(listing, rows, page, last).address(path), current: false };
    let gap = || PageLink { label: "…".into(), href: String::new(), current: false };
    let mut links = Vec::new();
    if listing.page > 1 {
        links.push(link(listing.page - 1, "Previous".into()));
    }
    let mut before = 0;
    for page in around(listing.page, last.unwrap_or(listing.page + i64::from(has_more))) {
        if page > before + 1 {
            links.push(gap());
        }
        links.push(if page == listing.page {
            PageLink { label: zone.figure(page), href: String::new(), current: true }
        } else {
            link(page, zone.figure(page))
        });
        before = page;
    }
    if last.is_none() && has_more {
        links.push(gap());
    }
    if has_more {
        links.push(link(listing.page + 1, "Next".into()));
    }
    links
}

/// The parameters of a page, relative to the current rows or to either end.
fn to(listing: &Listing, rows: &[Row], page: i64, last: Option<i64>) -> Listing {
    let distance = page - listing.page;
    let skip = (distance.abs() - 1) * listing.size;
    let near = |row: Option<&Row>, backwards: bool| row.map(|row| Seek { anchor: Some(row.id), backwards });
    let seek = match distance {
        _ if page == 1 => None,
        _ if Some(page) == last => Some(Seek { anchor: None, backwards: true }),
        1..=3 => near(rows.last(), false),
        -3..=-1 => near(rows.first(), true),
        _ => None,
    };
    let from_end = seek.is_some_and(|seek| seek.anchor.is_none());
    listing.on_page(page, seek, if from_end { 0 } else { skip })
}

fn around(page: i64, last: i64) -> Vec<i64> {
    let mut shown = vec![1, page - 1, page, page + 1, last];
    shown.retain(|shown| (1..=last.max(page)).contains(shown));
    shown.sort_unstable();
    shown.dedup();
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pages_are_offered_of_many() {
        assert_eq!(around(1, 9), [1, 2, 9]);
        assert_eq!(around(5, 2_000), [1, 4, 5, 6, 2_000]);
        assert_eq!(around(2, 2), [1, 2]);
    }

    #[test]
    fn a_long_list_is_not_counted_to_its_end() {
        assert_eq!(Total::capped(10_001, COUNTED).text(&Zone::named("UTC").unwrap()), "more than 10,000");
        assert_eq!(Total::capped(10_000, COUNTED), Total::Exactly(10_000));
        assert_eq!(Total::Exactly(101).last_page(50), Some(3));
    }
}
