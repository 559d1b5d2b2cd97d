//! Places in the grid of the calendar: the classes of a span, and how free time is cut.

use crate::scheduling::slots::span::Span;

/// Free time is offered in pieces that end at these minutes. None is shorter than the second; a rest is part of the piece before it.
const PIECE: i64 = 30;
const SHORTEST: i64 = 15;

/// Free time in pieces that end on the hour or half past.
pub fn pieces(span: Span) -> Vec<Span> {
    let mut pieces: Vec<Span> = Vec::new();
    let mut from = (span.from + 4).div_euclid(5) * 5;
    while from < span.to {
        let mut to = (from + PIECE).div_euclid(PIECE) * PIECE;
        if to - from < SHORTEST {
            to += PIECE;
        }
        if span.to - to < SHORTEST {
            to = span.to;
        }
        if to - from >= SHORTEST {
            pieces.push(Span::new(from, to));
        }
        from = to;
    }
    pieces
}

/// Classes for the place and the length in rows of five minutes.
pub fn position(span: Span) -> String {
    let from = span.from.div_euclid(5) * 5;
    let rows = ((span.to - from + 4).div_euclid(5)).max(1);
    format!("h-{} m-{} lh-{} lm-{}", from / 60, from % 60, rows / 12, rows % 12 * 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_rows_of_five_minutes() {
        assert_eq!(position(Span::new(9 * 60 + 20, 10 * 60)), "h-9 m-20 lh-0 lm-40");
        assert_eq!(position(Span::new(8 * 60 + 3, 8 * 60 + 11)), "h-8 m-0 lh-0 lm-15");
        assert_eq!(position(Span::new(12 * 60, 14 * 60 + 30)), "h-12 m-0 lh-2 lm-30");
    }

    #[test]
    fn free_time_is_cut_at_the_half_hours() {
        let cut = |from, to| pieces(Span::new(from, to)).iter().map(|span| (span.from, span.to)).collect::<Vec<_>>();
        assert_eq!(cut(540, 600), [(540, 570), (570, 600)]);
        assert_eq!(cut(557, 605), [(560, 605)]);
        assert_eq!(cut(560, 660), [(560, 600), (600, 630), (630, 660)]);
        assert_eq!(cut(600, 610), []);
    }
}
