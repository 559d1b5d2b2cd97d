//! Spans of time in whole minutes.

use crate::db::wall::Minute;

/// From one instant to another, which is no longer part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub from: Minute,
    pub to: Minute,
}

impl Span {
    pub fn new(from: Minute, to: Minute) -> Self {
        Self { from, to }
    }

    pub fn is_empty(self) -> bool {
        self.from >= self.to
    }

    pub fn has(self, minute: Minute) -> bool {
        self.from <= minute && minute < self.to
    }

    /// What both have in common.
    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    pub fn meets(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Moves both ends outwards.
    pub fn widened(self, before: i64, after: i64) -> Self {
        Self { from: self.from - before, to: self.to + after }
    }
}

/// The same time in order, without overlaps; spans that touch become one.
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let mut whole: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match whole.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => whole.push(span),
        }
    }
    whole
}

/// What is left of a span; the holes are in order and do not overlap.
pub fn without(span: Span, holes: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut from = span.from;
    let first = holes.partition_point(|hole| hole.to <= span.from);
    for hole in holes.iter().skip(first).take_while(|hole| hole.from < span.to) {
        left.push(Span::new(from, hole.from));
        from = from.max(hole.to);
    }
    left.push(Span::new(from, span.to));
    left.retain(|span| !span.is_empty());
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(pairs: &[(i64, i64)]) -> Vec<Span> {
        pairs.iter().map(|(from, to)| Span::new(*from, *to)).collect()
    }

    #[test]
    fn what_touches_is_one() {
        assert_eq!(merged(spans(&[(5, 7), (1, 3), (3, 4), (6, 9), (8, 8)])), spans(&[(1, 4), (5, 9)]));
    }

    #[test]
    fn holes_are_left_out() {
        let holes = spans(&[(0, 2), (3, 5), (9, 20)]);
        assert_eq!(without(Span::new(1, 10), &holes), spans(&[(2, 3), (5, 9)]));
        assert_eq!(without(Span::new(3, 5), &holes), []);
        assert_eq!(without(Span::new(5, 8), &holes), spans(&[(5, 8)]));
    }
}
