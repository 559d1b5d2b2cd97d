//! The lines of an iCalendar file that say when something takes time. A line that cannot be read is passed over, because programs
//! write many that are not as the standard wants them.

use icalendar::parser::{Property, unfold};

/// Why a file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    NotACalendar,
    /// Its end is missing.
    Incomplete,
    /// More events, or repeats of them, than anybody has.
    TooMany,
}

/// No file of a calendar program is as deep, or has as many events.
const DEEPEST: usize = 8;
const MOST_PARTS: usize = 20_000;
/// Bytes of a line; what is longer is a text or a picture.
const LONGEST_LINE: usize = 64 * 1024;

/// What is between a `BEGIN` and its `END`: an event, a time zone, or a rule of one.
#[derive(Debug, Default)]
pub struct Part {
    pub name: String,
    pub lines: Vec<Line>,
    /// The rules of a time zone.
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub struct Line {
    /// In capital letters.
    pub name: String,
    pub value: String,
    parameters: Vec<(String, String)>,
}

impl Line {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn read(text: &str) -> Option<Self> {
        let read = Property::try_from(text).ok()?;
        let plain = |value: &str| value.trim_matches('"').to_string();
        let parameters =
            read.params.iter().filter_map(|one| Some((one.key.as_str().to_ascii_uppercase(), plain(one.val.as_ref()?.as_str()))));
        Some(Self {
            name: read.name.as_str().to_ascii_uppercase(),
            value: read.val.as_str().trim().to_string(),
            parameters: parameters.collect(),
        })
    }
}

impl Part {
    pub fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The value of the first line with this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.line(name).map(|line| line.value.as_str())
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.name == name)
    }
}

/// The lines that matter here.
const NAMES: [&str; 17] = [
    "UID",
    "SEQUENCE",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "STATUS",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "X-LIC-LOCATION",
    "X-WR-TIMEZONE",
];

/// The events and the time zones of a file.
pub fn read(text: &str) -> Result<Vec<Part>, ReadError> {
    let text = text.trim_start_matches(|letter: char| letter == '\u{feff}' || letter.is_whitespace());
    if !text.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(ReadError::NotACalendar);
    }
    let text = unfold(text);
    let (mut open, mut whole, mut is_ended): (Vec<Part>, Vec<Part>, bool) = (Vec::new(), Vec::new(), false);
    for line in text.lines().map(str::trim_end).filter(|line| line.len() <= LONGEST_LINE) {
        let (name, value) = line.split_once([':', ';']).unwrap_or((line, ""));
        let (name, value) = (name.trim().to_ascii_uppercase(), value.trim());
        if name == "BEGIN" {
            if open.len() >= DEEPEST || whole.len() >= MOST_PARTS {
                return Err(ReadError::TooMany);
            }
            open.push(Part { name: value.to_ascii_uppercase(), ..Part::default() });
        } else if name == "END" {
            let Some(part) = open.pop() else { continue };
            is_ended |= part.name == "VCALENDAR";
            match (part.name.as_str(), open.last_mut()) {
                ("VEVENT" | "VTIMEZONE", _) => whole.push(part),
                ("STANDARD" | "DAYLIGHT", Some(zone)) => zone.parts.push(part),
                _ => {}
            }
        } else if NAMES.contains(&name.as_str())
            && let Some(part) = open.last_mut()
            && let Some(line) = Line::read(line)
        {
            part.lines.push(line);
        }
    }
    if is_ended { Ok(whole) } else { Err(ReadError::Incomplete) }
}
