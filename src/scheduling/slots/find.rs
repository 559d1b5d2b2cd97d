//! Free times: which can be booked, and which are offered.

use std::collections::HashMap;

use diesel::QueryResult;

use super::free::{Starts, Taken, offered, starts};
use super::load::{Diary, Request, RoomTime, load};
use super::rota::windows;
use super::span::{Span, merged, without};
use crate::db::wall::Minute;
use crate::db::{Connection, Zone};

/// A free time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub starts: Minute,
    pub doctor_id: i64,
    pub site_id: Option<i64>,
}

impl Diary {
    /// The minutes of the range at which the visit can begin with this doctor.
    pub fn starts(&self, doctor_id: i64, request: &Request, range: Span) -> Vec<Starts> {
        let Some(rota) = self.rotas.get(&doctor_id) else { return Vec::new() };
        let windows = windows(rota, &self.closed, &self.zones, range);
        let of = |known: &HashMap<i64, Vec<Taken>>| known.get(&doctor_id).cloned().unwrap_or_default();
        let taken = [of(&self.taken), of(&self.busy)].concat();
        let mut free = starts(&windows, &taken, request.visit, range);
        if let Some(rooms) = &self.rooms {
            free = free.into_iter().flat_map(|free| with_room(rooms, request, free)).collect();
        }
        // A group that has begun can be joined, although its time is taken, while the doctor works then.
        let works = |minute| windows.iter().any(|window| window.span.from <= minute && minute + request.visit.minutes <= window.span.to);
        let groups = self.groups.iter().filter(|group| group.doctor_id == doctor_id && works(group.starts));
        free.extend(groups.map(|group| Starts {
            span: Span::new(group.starts, group.starts + 1),
            site_id: group.site_id,
            anchor: group.starts,
        }));
        if self.elsewhere.is_empty() {
            return free;
        }
        let elsewhere = request.visit.collisions(&self.elsewhere);
        let part = |free: Starts| without(free.span, &elsewhere).into_iter().map(move |span| Starts { span, ..free });
        free.into_iter().flat_map(part).collect()
    }

    /// A room that is free at this time, this one if it is.
    pub fn room_at(&self, minute: Minute, site_id: Option<i64>, request: &Request, preferred: Option<i64>) -> Option<i64> {
        let fits = |room: &&RoomTime| is_at(room, site_id) && !request.visit.collisions(&room.taken).iter().any(|span| span.has(minute));
        let mut free = self.rooms.iter().flatten().filter(fits).map(|room| room.id);
        let first = free.next();
        preferred.filter(|id| first == Some(*id) || free.any(|room| room == *id)).or(first)
    }
}

fn is_at(room: &RoomTime, site_id: Option<i64>) -> bool {
    room.site_id.is_none() || site_id.is_none() || room.site_id == site_id
}

/// Only while one of the rooms is free.
fn with_room(rooms: &[RoomTime], request: &Request, free: Starts) -> Vec<Starts> {
    let here = rooms.iter().filter(|room| is_at(room, free.site_id));
    let spans = here.flat_map(|room| without(free.span, &request.visit.collisions(&room.taken))).collect();
    merged(spans).into_iter().map(|span| Starts { span, ..free }).collect()
}

/// The free times of the range, in order.
pub fn slots(c: &mut Connection, clinic: &Zone, doctors: &[i64], request: &Request, range: Span) -> QueryResult<Vec<Slot>> {
    let diary = load(c, clinic, doctors, request, range)?;
    let mut found: Vec<Slot> = Vec::new();
    for doctor_id in doctors {
        let times = offered(&diary.starts(*doctor_id, request, range), request.visit);
        found.extend(times.into_iter().map(|(starts, site_id)| Slot { starts, doctor_id: *doctor_id, site_id }));
    }
    found.sort_unstable();
    Ok(found)
}

/// The next free times within the range, at most `most`. Later days are read only if the earlier ones are full. `arrange` puts the
/// times of some days in order and leaves out what is not offered.
pub fn next_free(
    c: &mut Connection,
    clinic: &Zone,
    doctors: &[i64],
    request: &Request,
    range: Span,
    most: usize,
    arrange: impl Fn(&mut Connection, Vec<Slot>) -> QueryResult<Vec<Slot>>,
) -> QueryResult<Vec<Slot>> {
    let (mut from, mut days) = (range.from, 1);
    let mut found: Vec<Slot> = Vec::new();
    while from < range.to && found.len() < most {
        let part = Span::new(from, (from + days * 1_440).min(range.to));
        let times = slots(c, clinic, doctors, request, part)?;
        found.extend(arrange(c, times)?);
        (from, days) = (part.to, (days * 2).min(32));
    }
    found.truncate(most);
    Ok(found)
}
