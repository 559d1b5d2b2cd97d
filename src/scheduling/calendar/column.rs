//! One day of one doctor as a column: visits, buffers, time off and free time, in order of time.

use time::Date;

use super::place::{pieces, position};
use crate::db::Zone;
use crate::db::wall::Minute;
use crate::scheduling::appointment::state::State;
use crate::scheduling::entry::Entry;
use crate::scheduling::slots::rota::Window;
use crate::scheduling::slots::span::{Span, merged, without};

const DAY: i64 = 1_440;
/// Shorter visits are drawn as long as this.
const DRAWN: i64 = 15;

pub struct Column {
    pub id: String,
    pub title: String,
    pub note: String,
    pub href: String,
    /// Shows this column on a phone.
    pub tab: String,
    /// The doctor, if the columns are doctors.
    pub show: Option<i64>,
    pub is_today: bool,
    /// On a phone only this one is shown.
    pub is_chosen: bool,
    pub items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Visit,
    Free,
    Gap,
    Now,
}

/// Something in a column.
pub struct Item {
    pub kind: Kind,
    /// The place in the grid, the length, and the colour.
    pub class: String,
    pub when: String,
    pub until: String,
    pub name: String,
    pub what: String,
    pub state: String,
    pub href: String,
    /// Of a visit that can be moved: where to; of free time: what the move sends.
    pub moves: String,
    /// For the order.
    from: i64,
}

/// The hours that the columns show.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    pub first: i64,
    pub last: i64,
}

/// The day of a column.
pub struct DayOf<'a> {
    pub doctor_id: i64,
    pub date: Date,
    pub zone: &'a Zone,
    pub now: Minute,
    /// Whether free time can be booked by whoever looks.
    pub books: bool,
    /// Whether they can move a visit.
    pub moves: bool,
    pub closed: bool,
}

impl Grid {
    /// From the first to the last hour in which something is, at least the morning and the afternoon.
    pub fn around(spans: impl Iterator<Item = Span>) -> Self {
        let (mut first, mut last) = (8, 18);
        for span in spans {
            first = first.min(span.from.div_euclid(60));
            last = last.max((span.to + 59).div_euclid(60));
        }
        Self { first: first.clamp(0, 23), last: last.clamp(1, 24) }
    }

    pub fn hours(self) -> impl Iterator<Item = i64> {
        self.first..self.last
    }

    fn span(self) -> Span {
        Span::new(self.first * 60, self.last * 60)
    }
}

impl DayOf<'_> {
    /// Minutes since midnight on the wall; 0 or 1,440 outside of the day.
    pub fn wall(&self, minute: Minute) -> i64 {
        let (date, minutes) = self.zone.on_wall(minute);
        match date.cmp(&self.date) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => minutes,
            std::cmp::Ordering::Greater => DAY,
        }
    }

    /// The part of the visit that is on this day.
    pub fn visit(&self, entry: &Entry) -> Span {
        let from = self.wall(entry.starts);
        if self.has_begun_before(entry) {
            return Span::new(from, self.wall(entry.ends));
        }
        Span::new(from, (from + entry.ends - entry.starts).min(DAY))
    }

    fn has_begun_before(&self, entry: &Entry) -> bool {
        self.zone.on_wall(entry.starts).0 < self.date
    }

    /// Whether some of it is on this day.
    pub fn has(&self, entry: &Entry) -> bool {
        let first = self.zone.on_wall(entry.starts).0;
        let last = self.zone.on_wall((entry.ends - 1).max(entry.starts)).0;
        first <= self.date && self.date <= last
    }

    /// When the doctor works, on the wall.
    pub fn works(&self, windows: &[Window]) -> Vec<Span> {
        let spans = windows.iter().map(|window| Span::new(self.wall(window.span.from), self.wall(window.span.to)));
        merged(spans.filter(|span| span.from < span.to).collect())
    }

    /// When the doctor has something in an outside calendar, on the wall.
    pub fn busy(&self, spans: &[Span]) -> Vec<Span> {
        merged(spans.iter().map(|span| Span::new(self.wall(span.from), self.wall(span.to))).filter(|span| !span.is_empty()).collect())
    }

    /// Everything in the column.
    pub fn items(&self, grid: Grid, entries: &[&Entry], works: &[Span], busy: &[Span]) -> Vec<Item> {
        let visits: Vec<(Span, &Entry)> = entries.iter().map(|entry| (self.visit(entry), *entry)).collect();
        let taking: Vec<&(Span, &Entry)> = visits.iter().filter(|(_, entry)| entry.state.takes_time()).collect();
        let drawn = merged(visits.iter().map(|(span, _)| *span).collect());
        // Where something is drawn, nothing free is.
        let occupied = merged(visits.iter().map(|(span, _)| Span::new(span.from, span.to.max(span.from + DRAWN))).collect());
        let padded = merged(taking.iter().map(|(span, entry)| span.widened(entry.before, entry.after)).collect());
        let mut items: Vec<Item> = Vec::new();
        for (place, (span, entry)) in visits.iter().enumerate() {
            items.push(self.visit_item(*span, entry, half(&visits, place)));
        }
        for (span, entry) in taking {
            let around =
                [(Span::new(span.from - entry.before, span.from), entry.before), (Span::new(span.to, span.to + entry.after), entry.after)];
            for (buffer, minutes) in around.into_iter().filter(|(_, minutes)| *minutes > 0) {
                let rest = without(buffer.and(grid.span()), &drawn);
                items.extend(rest.into_iter().map(|rest| self.gap("buffer", rest, format!("Buffer {minutes} min"))));
            }
        }
        let off = without(grid.span(), works).into_iter().flat_map(|gap| without(gap, &padded).into_iter().map(move |part| (gap, part)));
        items.extend(off.map(|(gap, part)| self.gap("off", part, self.why_off(gap, works))));
        // Outside of the hours it concerns nobody.
        let taken = works.iter().flat_map(|span| busy.iter().map(move |busy| busy.and(*span)).filter(|span| !span.is_empty()));
        let taken = taken.flat_map(|span| without(span, &drawn)).map(|span| self.gap("off", span, "Busy".into()));
        items.extend(taken);
        if self.books {
            items.extend(
                works
                    .iter()
                    .flat_map(|span| without(*span, &padded))
                    .flat_map(|span| without(span, &occupied))
                    .flat_map(|span| without(span, busy))
                    .flat_map(pieces)
                    .filter_map(|piece| self.free(piece)),
            );
        }
        let now = self.wall(self.now);
        if self.zone.on_wall(self.now).0 == self.date && grid.span().has(now) {
            items.push(self.item(Kind::Now, "now-line", Span::new(now, now + 5)));
        }
        items.sort_by_key(|item| (item.from, item.kind == Kind::Now));
        items
    }

    fn item(&self, kind: Kind, class: &str, span: Span) -> Item {
        let clock = |minutes: i64| self.zone.clock(minutes % DAY);
        Item {
            kind,
            class: format!("{class} {}", position(span)),
            when: clock(span.from),
            until: clock(span.to),
            name: String::new(),
            what: String::new(),
            state: String::new(),
            href: String::new(),
            moves: String::new(),
            from: span.from,
        }
    }

    fn visit_item(&self, span: Span, entry: &Entry, half: &str) -> Item {
        let now = crate::db::UtcDateTime::from_unix_minutes(self.now);
        let (tone, state) = entry.badge(now);
        let length = span.to - span.from;
        let size = match length {
            ..20 => "short",
            30.. => "long",
            _ => "",
        };
        let over = if matches!(entry.state, State::Done | State::NoShow) && tone.is_empty() { "done" } else { "" };
        let is_visible = entry.patient.is_some();
        let goes_on = self.has_begun_before(entry);
        let moves = is_visible && self.moves && !goes_on && matches!(entry.state, State::Requested | State::Booked);
        let mut what = if entry.room.is_empty() { entry.kind.clone() } else { format!("{}, {}", entry.kind, entry.room) };
        if goes_on {
            what = format!("{what}, since {}", self.zone.clock(self.zone.on_wall(entry.starts).1));
        }
        Item {
            name: entry.name().into(),
            what,
            state,
            href: if is_visible { format!("/appointments/{}", entry.id) } else { String::new() },
            moves: if moves { format!("/appointments/{}/move", entry.id) } else { String::new() },
            ..self.item(Kind::Visit, &words(&["slot", tone, over, size, half]), Span::new(span.from, span.to.max(span.from + DRAWN)))
        }
    }

    fn gap(&self, class: &str, span: Span, name: String) -> Item {
        let tall = if span.to - span.from >= 120 { "tall" } else { "" };
        Item { name, ..self.item(Kind::Gap, &words(&["gap", class, tall]), span) }
    }

    fn why_off(&self, gap: Span, works: &[Span]) -> String {
        let before = works.iter().any(|span| span.to <= gap.from);
        let after = works.iter().any(|span| span.from >= gap.to);
        match (before, after) {
            _ if self.closed => "Closed".into(),
            (false, false) => "Off".into(),
            (false, true) => format!("Off until {}", self.zone.clock(gap.to % DAY)),
            (true, false) => format!("Off from {}", self.zone.clock(gap.from % DAY)),
            (true, true) => "Break".into(),
        }
    }

    /// Free time that has not passed.
    fn free(&self, span: Span) -> Option<Item> {
        let starts = self.zone.at_wall(self.date, span.from);
        let (hour, minute) = (span.from / 60, span.from % 60);
        (starts >= self.now).then(|| Item {
            name: format!("Free · {} min", span.to - span.from),
            href: format!("/appointments/new?doctor_id={}&from={}&time={hour:02}:{minute:02}", self.doctor_id, self.date),
            moves: format!("{}-{starts}", self.doctor_id),
            ..self.item(Kind::Free, "slot free", span)
        })
    }
}

/// Two visits at once stand side by side.
fn half(visits: &[(Span, &Entry)], place: usize) -> &'static str {
    let Some((span, entry)) = visits.get(place) else { return "" };
    let meets = |other: &(Span, &Entry)| other.1.id != entry.id && other.0.from < span.to && span.from < other.0.to;
    let before = visits.iter().take(place).filter(|other| meets(other)).count();
    match before {
        0 if visits.iter().any(meets) => "half-1",
        0 => "",
        count if count % 2 == 1 => "half-2",
        _ => "half-1",
    }
}

fn words(classes: &[&str]) -> String {
    classes.iter().filter(|class| !class.is_empty()).copied().collect::<Vec<_>>().join(" ")
}
