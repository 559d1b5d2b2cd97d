//! Which entries the pages show: of one user, one act, some days. All of it is in the address.

use time::Date;

use crate::db::Zone;
use crate::resource::FormData;
use crate::resource::form::time_input::iso_date;
use crate::resource::log::entry::LogAction;
use crate::resource::log::looks::Asked;

/// The field with a mistake, and what to enter.
pub type Mistake = (&'static str, &'static str);

#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub user_id: Option<i64>,
    pub act: Option<LogAction>,
    /// As typed.
    pub from: String,
    pub to: String,
    days: (Option<Date>, Option<Date>),
    before: Option<i64>,
}

impl Filter {
    /// Reads the query string. A day with a mistake is left out.
    pub fn read(query: &str) -> (Self, Option<Mistake>) {
        let typed = FormData::parse(query.as_bytes()).unwrap_or_default();
        let (from, to) = (typed.text("from").trim().to_string(), typed.text("to").trim().to_string());
        let days = (iso_date(&from), iso_date(&to));
        let mistake = match days {
            (None, _) if !from.is_empty() => Some(("from", "Enter the first day as a date, such as 2026-11-02")),
            (_, None) if !to.is_empty() => Some(("to", "Enter the last day as a date, such as 2026-11-29")),
            (Some(first), Some(last)) if first > last => Some(("to", "The last day must not be before the first")),
            _ => None,
        };
        let number = |name: &str| typed.text(name).parse().ok().filter(|number: &i64| *number > 0);
        let act = LogAction::parse(typed.text("act"));
        (Self { user_id: number("user"), act, from, to, days, before: number("before") }, mistake)
    }

    pub fn asked(&self, zone: &Zone) -> Asked {
        Asked {
            actor_id: self.user_id,
            action: self.act,
            from: self.days.0.map(|first| zone.start_of(first)),
            until: self.days.1.and_then(Date::next_day).map(|next| zone.start_of(next)),
            before: self.before,
        }
    }

    /// Whether this is not the first page.
    pub fn continues(&self) -> bool {
        self.before.is_some()
    }

    /// Whether only some entries are asked for.
    pub fn is_narrow(&self) -> bool {
        self.user_id.is_some() || self.act.is_some() || self.days != (None, None)
    }

    /// The query string of the page that continues after this entry, or of the first.
    pub fn query(&self, before: Option<i64>) -> String {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let pairs = [
            ("user", self.user_id.map(|id| id.to_string())),
            ("act", self.act.map(|act| act.as_str().to_string())),
            ("from", day(self.days.0)),
            ("to", day(self.days.1)),
            ("before", before.map(|id| id.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_a_page_shows() {
        let (filter, mistake) = Filter::read("user=7&act=view&from=2026-11-02&to=&before=90");
        assert!(mistake.is_none() && filter.is_narrow() && filter.continues());
        assert_eq!(filter.query(Some(40)), "user=7&act=view&from=2026-11-02&before=40");
        assert_eq!(filter.query(None), "user=7&act=view&from=2026-11-02");
        let (filter, mistake) = Filter::read("user=x&act=fly&from=yesterday");
        assert_eq!(mistake.map(|(field, _)| field), Some("from"));
        assert!(!filter.is_narrow() && filter.from == "yesterday");
        assert_eq!(Filter::read("from=2026-11-02&to=2026-11-01").1.map(|(field, _)| field), Some("to"));
    }
}
