//! Reads the XML of a request: small, not deep, and without a document type, so that nothing in it can grow.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

pub const DAV: &str = "DAV:";
pub const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
pub const CALENDAR_SERVER: &str = "http://calendarserver.org/ns/";

const DEEPEST: usize = 16;
const MOST: usize = 20_000;
/// Bytes of a namespace, of which every element has a copy.
const LONGEST_SPACE: usize = 200;
/// What one `<prop>` may ask for; the answer says it of every event.
const MOST_PROPERTIES: usize = 100;

/// The name of an element, with its namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub space: String,
    pub local: String,
}

impl Name {
    pub fn is(&self, space: &str, local: &str) -> bool {
        self.space == space && self.local == local
    }
}

#[derive(Clone, Debug)]
pub struct Element {
    pub name: Name,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

impl Element {
    pub fn child(&self, space: &str, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.is(space, local))
    }

    pub fn all<'a>(&'a self, space: &'a str, local: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name.is(space, local))
    }

    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn open(space: ResolveResult, start: &BytesStart) -> Option<Self> {
        let space = match space {
            ResolveResult::Bound(space) if space.0.len() <= LONGEST_SPACE => space.into_inner().to_string(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Bound(_) | ResolveResult::Unknown(_) => return None,
        };
        let local = start.local_name().into_inner().to_string();
        // It is written into the answer.
        if !local.chars().all(|letter| letter.is_alphanumeric() || "-_.".contains(letter)) {
            return None;
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let value = quick_xml::escape::unescape(&attribute.value).ok()?.into_owned();
            attributes.push((attribute.key.local_name().into_inner().to_string(), value));
        }
        Some(Self { name: Name { space, local }, attributes, children: Vec::new(), text: String::new() })
    }
}

/// `None` if it is not XML, or more than any calendar program sends.
pub fn parse(text: &str) -> Option<Element> {
    let mut reader = NsReader::from_str(text);
    let (mut open, mut count): (Vec<Element>, usize) = (Vec::new(), 0);
    loop {
        let (space, event) = reader.read_resolved_event().ok()?;
        let closed = match event {
            Event::Start(start) => {
                count += 1;
                if open.len() >= DEEPEST || count > MOST {
                    return None;
                }
                open.push(Element::open(space, &start)?);
                None
            }
            Event::Empty(start) => {
                count += 1;
                if count > MOST {
                    return None;
                }
                Some(Element::open(space, &start)?)
            }
            Event::End(_) => Some(open.pop().filter(is_bounded)?),
            Event::Text(text) => {
                add(&mut open, &text.xml10_content());
                None
            }
            Event::CData(text) => {
                add(&mut open, &text.xml10_content());
                None
            }
            Event::GeneralRef(reference) => {
                let letter = match reference.resolve_char_ref().ok()? {
                    Some(letter) => letter.to_string(),
                    None => quick_xml::escape::resolve_xml_entity(&reference.xml10_content())?.to_string(),
                };
                add(&mut open, &letter);
                None
            }
            Event::DocType(_) | Event::Eof => return None,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
        };
        match (closed, open.last_mut()) {
            (Some(element), Some(parent)) => parent.children.push(element),
            (Some(element), None) => return Some(element),
            (None, _) => {}
        }
    }
}

fn is_bounded(element: &Element) -> bool {
    !element.name.is(DAV, "prop") || element.children.len() <= MOST_PROPERTIES
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_namespace() {
        let read = parse(
            "<?xml version='1.0'?><propfind xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><prop><c:a b='1&amp;2'/> x&#65;&lt;</prop></propfind>",
        );
        let read = read.unwrap();
        let prop = read.child(DAV, "prop").unwrap();
        assert_eq!((prop.text.trim(), prop.children[0].attribute("b")), ("xA<", "1&2"));
        assert!(prop.children[0].name.is(CALDAV, "a"));
    }

    #[test]
    fn what_could_grow_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(17), "</a>".repeat(17));
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST));
        let asked = |count: usize| format!("<prop xmlns='DAV:'>{}</prop>", "<b/>".repeat(count));
        let space = |length: usize| format!("<a xmlns='{}'/>", "x".repeat(length));
        assert!(parse(&asked(MOST_PROPERTIES)).is_some() && parse(&space(LONGEST_SPACE)).is_some());
        let (properties, long) = (asked(MOST_PROPERTIES + 1), space(LONGEST_SPACE + 1));
        let bomb = "<!DOCTYPE a [<!ENTITY b 'bbb'>]><a>&b;</a>";
        let texts = ["", "text", "<a>", "<a></b>", "<x:a/>", "<a>&b;</a>", bomb];
        for wrong in texts.into_iter().chain([&deep, &many, &properties, &long].map(String::as_str)) {
            assert!(parse(wrong).is_none(), "{wrong:.40}");
        }
    }
}
