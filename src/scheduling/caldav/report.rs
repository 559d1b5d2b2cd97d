//! `REPORT`: the events of a time, those with these addresses, and what has changed since a program last asked.

use std::collections::{HashMap, HashSet};

use super::answer::{MultiStatus, refused};
use super::calendars::{self, Calendar};
use super::objects::{self, Object};
use super::place::Place;
use super::properties::{Thing, Wanted};
use super::request::{Asked, Done};
use super::states::{self, State};
use super::xml::{CALDAV, DAV, Element};
use crate::db::{Connection, UtcDateTime};
use crate::error::AppResult;

/// `None` if there is no such calendar.
pub fn answer(c: &mut Connection, asked: &Asked, request: &Element) -> AppResult<Option<Done>> {
    let Place::Calendar(key) = asked.place else {
        return Ok(Some(refused("<D:supported-report/>").into()));
    };
    let Some(calendar) = calendars::find(c, &asked.actor, key)? else { return Ok(None) };
    let all = objects::load(c, &asked.app, &calendar)?;
    let wanted = Wanted::read(Some(request));
    Ok(Some(match (request.name.space.as_str(), request.name.local.as_str()) {
        (CALDAV, "calendar-query") => query(&all, request, &wanted),
        (CALDAV, "calendar-multiget") => multiget(&all, request, &wanted),
        (DAV, "sync-collection") => return changes(c, asked, &calendar, &all, request, &wanted).map(Some),
        _ => refused("<D:supported-report/>").into(),
    }))
}

fn add(parts: &mut MultiStatus, object: &Object, wanted: &Wanted) {
    let (found, missing) = wanted.of(&Thing::Object(object));
    parts.add(&object.place.href(), &found, &missing);
}

/// Which events a query is about.
#[derive(Debug, PartialEq)]
enum Filter {
    All,
    /// There are events only, no tasks or journals.
    None,
    Between(Option<UtcDateTime>, Option<UtcDateTime>),
    Uid(String),
}

impl Filter {
    /// `None` if it asks for something that is not supported.
    fn read(request: &Element) -> Option<Self> {
        let Some(calendar) = request.child(CALDAV, "filter").and_then(|filter| filter.child(CALDAV, "comp-filter")) else {
            return Some(Self::All);
        };
        let Some(part) = calendar.child(CALDAV, "comp-filter") else { return Some(Self::All) };
        if !part.attribute("name").eq_ignore_ascii_case("VEVENT") {
            return Some(Self::None);
        }
        if let Some(range) = part.child(CALDAV, "time-range") {
            let bound = |name: &str| match range.attribute(name) {
                "" => Some(None),
                text => instant(text).map(Some),
            };
            return Some(Self::Between(bound("start")?, bound("end")?));
        }
        match part.children.as_slice() {
            [] => Some(Self::All),
            [one] if one.name.is(CALDAV, "prop-filter") && one.attribute("name").eq_ignore_ascii_case("UID") => {
                one.child(CALDAV, "text-match").map(|text| Self::Uid(text.text.trim().to_string()))
            }
            _ => None,
        }
    }

    fn has(&self, object: &Object) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Between(from, to) => from.is_none_or(|from| object.ends > from) && to.is_none_or(|to| object.starts < to),
            Self::Uid(uid) => object.name == *uid,
        }
    }
}

/// `20261207T090000Z`
fn instant(text: &str) -> Option<UtcDateTime> {
    let part = |from, to| text.get(from..to);
    let plain = format!("{}-{}-{}T{}:{}:{}Z", part(0, 4)?, part(4, 6)?, part(6, 8)?, part(9, 11)?, part(11, 13)?, part(13, 15)?);
    UtcDateTime::parse(&plain).filter(|_| text.get(15..) == Some("Z"))
}

fn query(all: &[Object], request: &Element, wanted: &Wanted) -> Done {
    let Some(filter) = Filter::read(request) else {
        return refused("<C:supported-filter/>").into();
    };
    let mut parts = MultiStatus::default();
    all.iter().filter(|object| filter.has(object)).for_each(|object| add(&mut parts, object, wanted));
    parts.finish("").into()
}

fn multiget(all: &[Object], request: &Element, wanted: &Wanted) -> Done {
    let mut parts = MultiStatus::default();
    let known: HashMap<&Place, &Object> = all.iter().map(|object| (&object.place, object)).collect();
    let mut seen = HashSet::new();
    for href in request.all(DAV, "href").map(|element| element.text.trim()).filter(|href| seen.insert(*href)) {
        // Some programs send the whole address.
        let path = url::Url::parse(href).map_or_else(|_| href.to_string(), |url| url.path().to_string());
        match Place::parse(&path).and_then(|place| known.get(&place).copied()) {
            Some(object) => add(&mut parts, object, wanted),
            None => parts.add_missing(href),
        }
    }
    parts.finish("").into()
}

fn changes(c: &mut Connection, asked: &Asked, calendar: &Calendar, all: &[Object], request: &Element, wanted: &Wanted) -> AppResult<Done> {
    let state = State::of(all);
    let token = request.child(DAV, "sync-token").map_or("", |token| token.text.trim());
    let mut parts = MultiStatus::default();
    if token.is_empty() {
        all.iter().for_each(|object| add(&mut parts, object, wanted));
    } else {
        let Some(changes) = states::changes(c, asked.actor.id, calendar.key, token, &state)? else {
            return Ok(refused("<D:valid-sync-token/>").into());
        };
        all.iter().filter(|object| changes.changed.contains(&object.name)).for_each(|object| add(&mut parts, object, wanted));
        changes.removed.iter().for_each(|name| parts.add_missing(&Place::Object(calendar.key, name.clone()).href()));
    }
    let end = format!("<D:sync-token>{}</D:sync-token>", state.uri());
    Ok(Done { reply: parts.finish(&end), states: vec![(calendar.key, state)] })
}
