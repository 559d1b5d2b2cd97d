//! When a visit can begin: within the hours of a doctor, and away from what is booked.

use super::rota::Window;
use super::span::{Span, merged, without};
use crate::db::wall::Minute;

/// How long a visit takes, in minutes, and how much time has to be free around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    pub minutes: i64,
    pub before: i64,
    pub after: i64,
}

/// Time that is taken: a visit, or a visit with its buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub span: Span,
    pub is_padded: bool,
}

/// The minutes at which a visit can begin, at one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    pub span: Span,
    pub site_id: Option<i64>,
    /// When the hours began; times are offered in steps from there.
    pub anchor: Minute,
}

impl Visit {
    /// The minutes at which it would collide with what is taken. The other's buffers have to be free of this visit, and this one's
    /// of the other visit; that the buffers of both overlap is allowed.
    fn collides(self, taken: Taken) -> Span {
        let (before, after) = if taken.is_padded { (0, 0) } else { (self.before, self.after) };
        Span::new(taken.span.from - after - self.minutes + 1, taken.span.to + before)
    }

    /// All of them, in order.
    pub fn collisions(self, taken: &[Taken]) -> Vec<Span> {
        merged(taken.iter().map(|taken| self.collides(*taken)).collect())
    }

    /// The time from one visit of this kind to the next.
    pub fn step(self) -> i64 {
        self.minutes + self.before.max(self.after)
    }
}

/// The minutes of the range at which a visit can begin.
pub fn starts(windows: &[Window], taken: &[Taken], visit: Visit, range: Span) -> Vec<Starts> {
    let collisions = visit.collisions(taken);
    let in_window = |window: &Window| {
        let (site_id, anchor) = (window.site_id, window.span.from);
        let possible = Span::new(window.span.from, window.span.to - visit.minutes + 1).and(range);
        without(possible, &collisions).into_iter().map(move |span| Starts { span, site_id, anchor })
    };
    windows.iter().flat_map(in_window).collect()
}

/// Times to offer: each five minutes after the beginning of the hours or later, close to what is booked before, and one after the
/// other from there.
pub fn offered(starts: &[Starts], visit: Visit) -> Vec<(Minute, Option<i64>)> {
    let mut times = Vec::new();
    for free in starts {
        let first = free.span.from + (free.anchor - free.span.from).rem_euclid(GRID);
        let step = (visit.step() + GRID - 1) / GRID * GRID;
        let steps = (first..free.span.to).step_by(usize::try_from(step).unwrap_or(1).max(1));
        times.extend(steps.map(|minute| (minute, free.site_id)));
    }
    times.sort_unstable();
    times.dedup();
    times
}

/// Minutes between the times at which visits may be offered.
const GRID: i64 = 5;
