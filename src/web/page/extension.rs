//! What areas add to the pages of other areas: buttons and cards on the page of a record, and cards on the start page.
//! `src/product.rs` lists them.

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::resource::{Actor, Row};

/// Buttons and cards for the page of a record.
pub struct RecordExtension {
    /// The name of the resource.
    pub resource: &'static str,
    pub load: fn(&mut Connection, &App, &Actor, &Row) -> QueryResult<Extension>,
}

/// Cards on the start page, for those for whom they have something.
pub struct TodayCards {
    pub load: fn(&mut Connection, &App, &Actor) -> QueryResult<Vec<Card>>,
}

#[derive(Default)]
pub struct Extension {
    pub buttons: Vec<Button>,
    pub cards: Vec<Card>,
}

/// A button that opens a page or, as a form, does something at once.
pub struct Button {
    pub label: String,
    pub href: String,
    pub icon: &'static str,
    pub is_form: bool,
    /// The class: `primary`, `quiet` or blank.
    pub class: &'static str,
}

/// Lines under a heading.
pub struct Card {
    pub title: String,
    /// What is shown without lines.
    pub empty: String,
    pub lines: Vec<CardLine>,
    /// The label and the address of a button beside the heading.
    pub button: Option<(String, String)>,
}

pub struct CardLine {
    /// A time or a date.
    pub when: String,
    pub label: String,
    /// Blank for no link.
    pub href: String,
    pub note: String,
    /// The class and the text of a badge.
    pub badge: (&'static str, String),
}

impl Extension {
    /// What all areas add to this record.
    pub fn of(c: &mut Connection, app: &App, actor: &Actor, known: &[RecordExtension], name: &str, row: &Row) -> QueryResult<Self> {
        let mut whole = Self::default();
        for extension in known.iter().filter(|extension| extension.resource == name) {
            let Self { buttons, cards } = (extension.load)(c, app, actor, row)?;
            whole.buttons.extend(buttons);
            whole.cards.extend(cards);
        }
        Ok(whole)
    }
}

impl Button {
    /// Opens a page.
    pub fn to(label: impl Into<String>, icon: &'static str, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), icon, is_form: false, class: "" }
    }

    /// Does something at once.
    pub fn does(label: impl Into<String>, icon: &'static str, href: impl Into<String>) -> Self {
        Self { is_form: true, ..Self::to(label, icon, href) }
    }

    pub fn quiet(self) -> Self {
        Self { class: "quiet", ..self }
    }

    pub fn primary(self) -> Self {
        Self { class: "primary", ..self }
    }
}
