//! The addresses under `/caldav`.

use percent_encoding::percent_decode_str;

use crate::web::response::percent;

pub const ROOT: &str = "/caldav/";
pub const PRINCIPAL: &str = "/caldav/principal/";
pub const HOME: &str = "/caldav/calendars/";

/// What an address is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Root,
    /// Whoever asks.
    Principal,
    /// All calendars that they may see.
    Home,
    Calendar(Key),
    Object(Key, String),
}

/// Which calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Mine,
    Doctor(i64),
    Room(i64),
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let id = |text: &str| text.parse::<i64>().ok().filter(|id| id.to_string() == text);
        match text.split_once('-') {
            None if text == "mine" => Some(Self::Mine),
            Some(("doctor", text)) => id(text).map(Self::Doctor),
            Some(("room", text)) => id(text).map(Self::Room),
            _ => None,
        }
    }

    pub fn text(self) -> String {
        match self {
            Self::Mine => "mine".into(),
            Self::Doctor(id) => format!("doctor-{id}"),
            Self::Room(id) => format!("room-{id}"),
        }
    }
}

impl Place {
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.strip_prefix("/caldav").filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        match steps.as_slice() {
            [] => Some(Self::Root),
            ["principal"] => Some(Self::Principal),
            ["calendars"] => Some(Self::Home),
            ["calendars", key] => Key::parse(key).map(Self::Calendar),
            ["calendars", key, name] => {
                let name = percent_decode_str(name).decode_utf8().ok()?;
                Some(Self::Object(Key::parse(key)?, name.strip_suffix(".ics")?.to_string()))
            }
            _ => None,
        }
    }

    pub fn href(&self) -> String {
        match self {
            Self::Root => ROOT.into(),
            Self::Principal => PRINCIPAL.into(),
            Self::Home => HOME.into(),
            Self::Calendar(key) => format!("{HOME}{}/", key.text()),
            Self::Object(key, name) => format!("{HOME}{}/{}.ics", key.text(), percent(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        let object = Place::Object(Key::Doctor(3), "time-off-3@clinic.example.org".into());
        for place in [Place::Root, Place::Principal, Place::Home, Place::Calendar(Key::Mine), Place::Calendar(Key::Room(7)), object] {
            assert_eq!(Place::parse(&place.href()), Some(place.clone()));
        }
        assert_eq!(Place::parse("/caldav"), Some(Place::Root));
        for wrong in [
            "/caldavx",
            "/caldav/x",
            "/caldav/calendars/doctor-03",
            "/caldav/calendars/doctor-x",
            "/caldav/calendars/mine/a",
            "/caldav/calendars/mine/a.ics/b",
        ] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
    }
}
