//! The visits of a day: each doctor's hours are filled from the beginning, so that nothing overlaps, buffers included.

use std::collections::{HashMap, HashSet};

use rand::RngExt;
use rand::rngs::StdRng;

use super::days::is_popular;
use super::hours::Planned;
use super::kinds::KINDS;
use super::premises::{Premises, StoredKind};
use crate::db::wall::Minute;
use crate::demo::names::pick;
use crate::scheduling::slots::free::{Taken, Visit};
use crate::scheduling::slots::rota::Window;
use crate::scheduling::slots::span::Span;

/// A visit of a patient, before its course is known.
pub struct Booked {
    pub patient_id: i64,
    pub doctor_id: i64,
    pub kind: StoredKind,
    pub room_id: Option<i64>,
    pub site_id: Option<i64>,
    pub starts: Minute,
    pub place: i32,
    pub is_overbooked: bool,
}

/// What is taken on one day, by all doctors.
pub struct Day<'a> {
    pub premises: &'a Premises,
    rooms: HashMap<i64, Vec<Taken>>,
    /// Nobody comes twice a day.
    patients: HashSet<i64>,
}

/// Of 1,000 visits that may have a second one at the same time, so many have.
const OVERBOOKED: u32 = 30;
/// The least time between two offers, in minutes.
const GRID: i64 = 5;

impl<'a> Day<'a> {
    pub fn new(premises: &'a Premises) -> Self {
        Self { premises, rooms: HashMap::new(), patients: HashSet::new() }
    }

    /// At most `most` visits of one doctor within these hours, from patients who come to this doctor.
    pub fn fill(&mut self, rng: &mut StdRng, doctor: &Planned, windows: &[Window], patients: &[i64], most: usize) -> Vec<Booked> {
        let minutes: i64 = windows.iter().map(|window| window.span.to - window.span.from).sum();
        // A visit takes about 17 minutes, and a time that is left free 10. So the last hours are not left out.
        let load = (most as f64 * 17.0 / minutes.max(1) as f64).min(1.0);
        let usual = 1.4 * load / (load + 1.7 * (1.0 - load));
        let mut booked = Vec::new();
        for window in windows {
            let zone = self.premises.zones.of(window.site_id);
            let (mut from, mut after) = (window.span.from, 0);
            while from < window.span.to && booked.len() < most {
                let Some(kind) = self.kind(rng) else { return booked };
                let visit = Visit { minutes: kind.own.minutes, before: kind.own.buffers.0, after: kind.own.buffers.1 };
                // Of two buffers that touch, the larger one counts.
                let gap = if from == window.span.from { 0 } else { after.max(visit.before) };
                let starts = from + (gap + GRID - 1) / GRID * GRID;
                let popular = is_popular(zone.on_wall(starts).1 / 60);
                let is_wanted = rng.random_bool((usual * popular).clamp(0.02, 0.97));
                let room = if is_wanted { self.room(kind, window.site_id, starts, visit) } else { None };
                let (Some(room_id), true) = (room, starts + visit.minutes <= window.span.to) else {
                    (from, after) = (from + 10, (after - 10).max(0));
                    continue;
                };
                let first = Booked {
                    patient_id: 0,
                    doctor_id: doctor.id,
                    kind,
                    room_id,
                    site_id: window.site_id,
                    starts,
                    place: 0,
                    is_overbooked: false,
                };
                if self.add(rng, &first, patients, &mut booked) {
                    self.take(room_id, starts, visit);
                    (from, after) = (starts + visit.minutes, visit.after);
                } else {
                    // Everybody who comes to this doctor has been here today.
                    return booked;
                }
            }
        }
        booked
    }

    /// Adds the patients of one time; `false` if there is nobody.
    fn add(&mut self, rng: &mut StdRng, first: &Booked, patients: &[i64], booked: &mut Vec<Booked>) -> bool {
        let own = first.kind.own;
        let wanted = if own.places > 1 { rng.random_range(2..=own.places) } else { 1 };
        let before = booked.len();
        for place in 0..wanted {
            let Some(patient_id) = self.patient(rng, patients) else { break };
            booked.push(Booked { patient_id, place, ..*first });
        }
        let is_simple = own.places == 1 && first.room_id.is_none() && own.buffers == (0, 0);
        if is_simple
            && rng.random_ratio(OVERBOOKED, 1_000)
            && let Some(patient_id) = self.patient(rng, patients)
        {
            booked.push(Booked { patient_id, is_overbooked: true, ..*first });
        }
        booked.len() > before
    }

    /// Somebody who comes to this doctor and is not here today already.
    fn patient(&mut self, rng: &mut StdRng, patients: &[i64]) -> Option<i64> {
        const TRIES: usize = 12;
        (0..TRIES).find_map(|_| pick(rng, patients).copied().filter(|id| self.patients.insert(*id)))
    }

    /// The type of the next visit.
    fn kind(&self, rng: &mut StdRng) -> Option<StoredKind> {
        let mut drawn = rng.random_range(0..KINDS.iter().map(|kind| kind.share).sum::<u32>());
        for kind in &self.premises.kinds {
            match drawn.checked_sub(kind.own.share) {
                Some(rest) => drawn = rest,
                None => return Some(*kind),
            }
        }
        None
    }

    /// A free room of the kind that the type needs, or `Some(None)` if it needs none.
    fn room(&self, kind: StoredKind, site_id: Option<i64>, starts: Minute, visit: Visit) -> Option<Option<i64>> {
        if kind.own.room_kind.is_empty() {
            return Some(None);
        }
        let fits = |id: &i64| self.rooms.get(id).is_none_or(|taken| !visit.collisions(taken).iter().any(|span| span.has(starts)));
        let rooms = self.premises.rooms.iter().filter(|room| room.kind == kind.own.room_kind && Some(room.site_id) == site_id);
        rooms.map(|room| room.id).find(fits).map(Some)
    }

    fn take(&mut self, room_id: Option<i64>, starts: Minute, visit: Visit) {
        let Some(room_id) = room_id else { return };
        let span = Span::new(starts, starts + visit.minutes);
        let padded = span.widened(visit.before, visit.after);
        self.rooms.entry(room_id).or_default().extend([Taken { span, is_padded: false }, Taken { span: padded, is_padded: true }]);
    }
}
