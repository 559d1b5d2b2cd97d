//! The figures of a report, as its page shows them.

use std::collections::{BTreeMap, HashMap};

use super::load::Counts;
use super::parts::Part;
use crate::db::Zone;
use crate::scheduling::appointment::state::State;

/// Ids and what they are called.
pub type Named = [(i64, String)];

/// The sums of some appointments.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    pub all: i64,
    pub done: i64,
    pub missed: i64,
    pub cancelled: i64,
    /// Seconds that were booked, without what was cancelled.
    pub seconds: i64,
    pub waited: i64,
    pub waiting: i64,
    /// Minutes that doctors offered.
    pub offered: i64,
}

impl Sums {
    fn add(&mut self, part: &Part) {
        self.all += part.count;
        match part.state {
            State::Done => self.done += part.count,
            State::NoShow => self.missed += part.count,
            State::Cancelled => self.cancelled += part.count,
            _ => {}
        }
        if part.state != State::Cancelled {
            self.seconds += part.seconds;
        }
        self.waited += part.waited;
        self.waiting += part.waiting;
    }

    /// Of those who came or should have come.
    pub fn missed_share(&self) -> String {
        share(self.missed, self.done + self.missed)
    }

    pub fn cancelled_share(&self) -> String {
        share(self.cancelled, self.all)
    }

    pub fn used_share(&self) -> String {
        share(self.seconds, self.offered * 60)
    }

    /// `12 min`, or nothing if nobody waited.
    pub fn wait(&self) -> String {
        if self.waited == 0 { String::new() } else { format!("{} min", (self.waiting + self.waited * 30) / (self.waited * 60)) }
    }

    pub fn booked_hours(&self, zone: &Zone) -> String {
        hours(self.seconds / 60, zone)
    }

    pub fn offered_hours(&self, zone: &Zone) -> String {
        hours(self.offered, zone)
    }
}

/// `34.5`
fn hours(minutes: i64, zone: &Zone) -> String {
    zone.decimal((minutes + 3) / 6, 1, true)
}

/// `34%`, or nothing if there is no whole.
fn share(part: i64, whole: i64) -> String {
    if whole == 0 { String::new() } else { format!("{}%", (part * 200 + whole) / (whole * 2)) }
}

/// A line of a table: what it is about, and its sums.
pub struct Line {
    pub label: String,
    pub sums: Sums,
}

/// All figures.
pub struct Figures {
    pub whole: Sums,
    pub doctors: Vec<Line>,
    pub types: Vec<Line>,
    /// Label, count and share.
    pub states: Vec<(&'static str, String, String)>,
}

/// The most lines of the table of doctors; a large clinic chooses one doctor, or the file.
pub const MOST_DOCTORS: usize = 100;

impl Figures {
    /// `doctors` and `types` are the names.
    pub fn of(counts: &Counts, offered: &HashMap<i64, i64>, doctors: &Named, types: &Named, zone: &Zone) -> Self {
        let mut whole = Sums { offered: offered.values().sum(), ..Sums::default() };
        let (mut by_doctor, mut by_type, mut by_state) = (BTreeMap::new(), BTreeMap::new(), HashMap::new());
        for (id, minutes) in offered.iter().filter(|(_, minutes)| **minutes > 0) {
            by_doctor.insert(*id, Sums { offered: *minutes, ..Sums::default() });
        }
        for part in &counts.parts {
            whole.add(part);
            by_doctor.entry(part.doctor_id).or_insert_with(Sums::default).add(part);
            by_type.entry(part.type_id).or_insert_with(Sums::default).add(part);
            *by_state.entry(part.state).or_insert(0) += part.count;
        }
        let states = State::CHOICES.iter().filter_map(|(word, label)| {
            let count = by_state.get(&State::parse(word)?).copied()?;
            Some((*label, zone.figure(count), share(count, whole.all)))
        });
        Self { whole, doctors: lines(by_doctor, doctors), types: lines(by_type, types), states: states.collect() }
    }
}

/// The busiest first.
fn lines(sums: BTreeMap<i64, Sums>, names: &Named) -> Vec<Line> {
    let names: HashMap<i64, &String> = names.iter().map(|(id, name)| (*id, name)).collect();
    let line = |(id, sums): (i64, Sums)| Line { label: names.get(&id).map_or_else(|| id.to_string(), |name| (*name).clone()), sums };
    let mut lines: Vec<Line> = sums.into_iter().map(line).collect();
    lines.sort_by(|one, other| other.sums.all.cmp(&one.sums.all).then_with(|| one.label.cmp(&other.label)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_those_who_should_have_come() {
        let part = |state, count, seconds| Part { doctor_id: 1, type_id: 2, state, count, seconds, waited: 0, waiting: 0 };
        let mut sums = Sums { offered: 100, ..Sums::default() };
        for part in
            [part(State::Done, 9, 3_000), part(State::NoShow, 1, 600), part(State::Cancelled, 5, 900), part(State::Booked, 5, 1_200)]
        {
            sums.add(&part);
        }
        assert_eq!((sums.all, sums.seconds), (20, 4_800));
        assert_eq!((sums.missed_share(), sums.cancelled_share(), sums.used_share()), ("10%".into(), "25%".into(), "80%".into()));
        assert_eq!((sums.wait(), share(1, 0)), (String::new(), String::new()));
        sums.add(&Part { waited: 2, waiting: 1_260, ..part(State::Done, 2, 0) });
        assert_eq!(sums.wait(), "11 min");
    }
}
