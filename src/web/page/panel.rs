//! What areas add to the dashboard: lines about the state of the system.

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::resource::Actor;

/// Lines under a heading. Panels with the same heading share a card; `src/product.rs` lists them all.
pub struct Panel {
    pub title: &'static str,
    /// The codename that is required; blank for everybody who may open the administration.
    pub permission: &'static str,
    pub load: fn(&mut Connection, &App, &Actor) -> QueryResult<Vec<Fact>>,
}

/// The panels of this actor, by heading.
pub fn message(c: &mut Connection, app: &App, panels: &[Panel], actor: &Actor) -> QueryResult<Vec<(&'static str, Vec<Fact>)>> {
    let mut cards: Vec<(&'static str, Vec<Fact>)> = Vec::new();
    for panel in panels.iter().filter(|panel| panel.permission.is_empty() || actor.can(panel.permission)) {
        let facts = (panel.load)(c, app, actor)?;
        match cards.iter_mut().find(|(title, _)| *title == panel.title) {
            Some((_, card)) => card.extend(facts),
            None => cards.push((panel.title, facts)),
        }
    }
    Ok(cards)
}

/// A step of setting up the clinic; `src/product.rs` lists them.
pub struct SetUpStep {
    /// What to do: `Name the clinic`.
    pub label: &'static str,
    /// Where it is done.
    pub href: &'static str,
    pub is_done: fn(&mut Connection, &App, &Actor) -> QueryResult<bool>,
}

/// A line: a label and its state. A state that needs no attention has no tone.
pub struct Fact {
    pub label: &'static str,
    pub text: String,
    pub tone: Tone,
    /// The address of details.
    pub href: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tone {
    Plain,
    Ok,
    Warn,
    Danger,
}

impl Tone {
    /// The class and the text of its badge; a plain one has none.
    pub fn badge(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Plain => None,
            Self::Ok => Some(("ok", "OK")),
            Self::Warn => Some(("warn", "Needs attention")),
            Self::Danger => Some(("danger", "Critical")),
        }
    }
}

impl Fact {
    pub fn new(label: &'static str, text: impl Into<String>) -> Self {
        Self { label, text: text.into(), tone: Tone::Plain, href: None }
    }

    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    pub fn at(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}
