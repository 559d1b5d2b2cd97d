//! `PROPFIND`: what is at an address, and with a depth of one what is below it.

use super::answer::MultiStatus;
use super::calendars::{self, Calendar};
use super::objects::{self, Object};
use super::place::{Key, Place};
use super::properties::{Thing, Wanted};
use super::request::{Asked, Done};
use super::states::State;
use crate::db::Connection;
use crate::error::AppResult;

/// The states of more calendars at once would take long; programs then ask each calendar.
const MOST_STATES: usize = 12;

pub fn answer(c: &mut Connection, asked: &Asked, wanted: &Wanted) -> AppResult<Option<Done>> {
    let mut done = Answer { wanted, parts: MultiStatus::default(), states: Vec::new() };
    match &asked.place {
        Place::Root => done.add(&asked.place, &Thing::Root),
        Place::Principal => done.add(&asked.place, &Thing::Principal(&asked.name)),
        Place::Home => {
            done.add(&asked.place, &Thing::Home);
            let below = if asked.is_deep { calendars::list(c, &asked.actor)? } else { Vec::new() };
            let has_states = wanted.has_state() && below.len() <= MOST_STATES;
            for calendar in &below {
                done.add_calendar(c, asked, calendar, has_states)?;
            }
        }
        Place::Calendar(key) => {
            let Some(calendar) = calendars::find(c, &asked.actor, *key)? else { return Ok(None) };
            done.add_calendar(c, asked, &calendar, wanted.has_state())?;
            let below = if asked.is_deep { objects::load(c, &asked.app, &calendar)? } else { Vec::new() };
            below.iter().for_each(|object| done.add(&object.place, &Thing::Object(object)));
        }
        Place::Object(key, name) => {
            let Some(object) = object(c, asked, *key, name)? else { return Ok(None) };
            done.add(&object.place, &Thing::Object(&object));
        }
    }
    Ok(Some(Done { reply: done.parts.finish(""), states: done.states }))
}

/// One event of a calendar, if the user may see it.
pub fn object(c: &mut Connection, asked: &Asked, key: Key, name: &str) -> AppResult<Option<Object>> {
    let Some(calendar) = calendars::find(c, &asked.actor, key)? else { return Ok(None) };
    Ok(objects::load(c, &asked.app, &calendar)?.into_iter().find(|object| object.name == name))
}

struct Answer<'a> {
    wanted: &'a Wanted,
    parts: MultiStatus,
    states: Vec<(Key, State)>,
}

impl Answer<'_> {
    fn add(&mut self, place: &Place, thing: &Thing) {
        let (found, missing) = self.wanted.of(thing);
        self.parts.add(&place.href(), &found, &missing);
    }

    fn add_calendar(&mut self, c: &mut Connection, asked: &Asked, calendar: &Calendar, has_state: bool) -> AppResult<()> {
        let state = if has_state { Some(State::of(&objects::load(c, &asked.app, calendar)?)) } else { None };
        self.add(&calendar.place(), &Thing::Calendar(calendar, state.as_ref()));
        self.states.extend(state.map(|state| (calendar.key, state)));
        Ok(())
    }
}
