//! The properties of what programs ask about.

use quick_xml::escape::escape;

use super::answer::element;
use super::calendars::Calendar;
use super::objects::Object;
use super::place::{HOME, PRINCIPAL};
use super::states::State;
use super::xml::{CALDAV, CALENDAR_SERVER, DAV, Element, Name};

/// What is asked about.
pub enum Thing<'a> {
    Root,
    /// Whoever asks, with their name.
    Principal(&'a str),
    Home,
    /// Its state is worked out only if it is asked for.
    Calendar(&'a Calendar, Option<&'a State>),
    Object(&'a Object),
}

/// Which properties are asked for.
pub enum Wanted {
    Named(Vec<Name>),
    /// Those that a program without wishes gets, with or without their values.
    Usual {
        with_values: bool,
    },
}

const USUAL: [&str; 5] = ["resourcetype", "displayname", "getetag", "getcontenttype", "getcontentlength"];

impl Wanted {
    /// From `<prop>`, `<allprop>` or `<propname>` in a request.
    pub fn read(request: Option<&Element>) -> Self {
        match request.and_then(|request| request.child(DAV, "prop")) {
            Some(prop) => Self::Named(prop.children.iter().map(|child| child.name.clone()).collect()),
            None => Self::Usual { with_values: request.is_none_or(|request| request.child(DAV, "propname").is_none()) },
        }
    }

    /// Whether the states of calendars have to be worked out.
    pub fn has_state(&self) -> bool {
        let is_state = |name: &Name| name.is(DAV, "sync-token") || name.is(CALENDAR_SERVER, "getctag");
        matches!(self, Self::Named(names) if names.iter().any(is_state))
    }

    /// Those that the thing has, as elements, and those that it does not have.
    pub fn of(&self, thing: &Thing) -> (Vec<String>, Vec<&Name>) {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        match self {
            Self::Named(names) => names.iter().for_each(|name| match value(thing, name) {
                Some(content) => found.push(element(name, &content)),
                None => missing.push(name),
            }),
            Self::Usual { with_values } => {
                for local in USUAL {
                    let name = Name { space: DAV.into(), local: local.into() };
                    let known = value(thing, &name).map(|content| element(&name, if *with_values { &content } else { "" }));
                    found.extend(known);
                }
            }
        }
        (found, missing)
    }
}

/// The content of a property, as XML.
fn value(thing: &Thing, name: &Name) -> Option<String> {
    match name.space.as_str() {
        DAV => of_dav(thing, &name.local),
        CALDAV => of_caldav(thing, &name.local),
        CALENDAR_SERVER if name.local == "getctag" => state(thing),
        _ => None,
    }
}

fn href(path: &str) -> String {
    format!("<D:href>{}</D:href>", escape(path))
}

fn state(thing: &Thing) -> Option<String> {
    if let Thing::Calendar(_, state) = thing { state.map(State::uri) } else { None }
}

fn of_dav(thing: &Thing, name: &str) -> Option<String> {
    match name {
        "resourcetype" => Some(match thing {
            Thing::Root | Thing::Home => "<D:collection/>".into(),
            Thing::Principal(_) => "<D:collection/><D:principal/>".into(),
            Thing::Calendar(..) => "<D:collection/><C:calendar/>".into(),
            Thing::Object(_) => String::new(),
        }),
        "displayname" => match thing {
            Thing::Root => Some("Praxis".into()),
            Thing::Home => Some("Calendars".into()),
            Thing::Principal(name) => Some(escape(*name).into_owned()),
            Thing::Calendar(calendar, _) => Some(escape(calendar.name.as_str()).into_owned()),
            Thing::Object(_) => None,
        },
        "current-user-principal" | "owner" | "principal-collection-set" => Some(href(PRINCIPAL)),
        "principal-URL" if matches!(thing, Thing::Principal(_)) => Some(href(PRINCIPAL)),
        "current-user-privilege-set" => {
            Some(["read", "read-current-user-privilege-set"].map(|one| format!("<D:privilege><D:{one}/></D:privilege>")).concat())
        }
        "supported-report-set" if matches!(thing, Thing::Calendar(..)) => {
            let reports = ["C:calendar-query", "C:calendar-multiget", "D:sync-collection"];
            Some(reports.map(|one| format!("<D:supported-report><D:report><{one}/></D:report></D:supported-report>")).concat())
        }
        "sync-token" => state(thing),
        "getetag" => of_object(thing, |object| format!("\"{}\"", object.etag)),
        "getcontenttype" => of_object(thing, |_| CONTENT_TYPE.into()),
        "getcontentlength" => of_object(thing, |object| object.text.len().to_string()),
        _ => None,
    }
}

pub const CONTENT_TYPE: &str = "text/calendar; charset=utf-8; component=vevent";

fn of_object(thing: &Thing, content: impl Fn(&Object) -> String) -> Option<String> {
    if let Thing::Object(object) = thing { Some(content(object)) } else { None }
}

fn of_caldav(thing: &Thing, name: &str) -> Option<String> {
    match (name, thing) {
        ("calendar-home-set", Thing::Root | Thing::Principal(_) | Thing::Home) => Some(href(HOME)),
        ("supported-calendar-component-set", Thing::Calendar(..)) => Some("<C:comp name=\"VEVENT\"/>".into()),
        ("supported-calendar-data", Thing::Calendar(..)) => {
            Some("<C:calendar-data content-type=\"text/calendar\" version=\"2.0\"/>".into())
        }
        ("calendar-data", Thing::Object(object)) => Some(escape(object.text.as_str()).into_owned()),
        _ => None,
    }
}
