//! A signed note with what was added to it, as pages show it.

use diesel::QueryResult;

use crate::db::{Connection, Zone};
use crate::notes::addendum::{self, Addendum, AddendumKind};
use crate::notes::note::{self, Note};

/// A signed note.
pub struct Shown {
    pub id: i64,
    /// `Note of 8 October 2026`
    pub title: String,
    pub parts: Vec<(&'static str, String)>,
    /// For colleagues; blank for nothing, and where the patient reads.
    pub colleagues: String,
    /// `Signed by Grace Hopper, 8 Oct 2026, 11:18`
    pub signature: String,
    pub added: Vec<Added>,
    /// Somebody has signed as well.
    pub is_cosigned: bool,
}

/// What was added to a note.
pub struct Added {
    /// `Added by Grace Hopper, 9 Oct 2026, 08:05`
    pub title: String,
    pub text: String,
}

impl Shown {
    pub fn of(c: &mut Connection, note: &Note, zone: &Zone) -> QueryResult<Self> {
        let added = addendum::list_for_note(c, note.id)?;
        let texts = note.texts();
        let parts = texts.parts().filter(|(section, text)| section.name != "colleagues" && !text.is_empty());
        Ok(Self {
            id: note.id,
            title: format!("Note of {}", zone.show_date(zone.date(note.signed_at))),
            parts: parts.map(|(section, text)| (section.label, text.to_string())).collect(),
            colleagues: note.colleagues.clone(),
            signature: format!("Signed by {}, {}", note.signed_by, zone.show(note.signed_at)),
            is_cosigned: added.iter().any(|added| added.kind == AddendumKind::CoSignature),
            added: added.iter().map(|added| Added::of(added, zone)).collect(),
        })
    }
}

impl Added {
    fn of(addendum: &Addendum, zone: &Zone) -> Self {
        let what = match addendum.kind {
            AddendumKind::Addendum => "Added by",
            AddendumKind::CoSignature => "Also signed by",
        };
        Self { title: format!("{what} {}, {}", addendum.signed_by, zone.show(addendum.created_at)), text: addendum.text.clone() }
    }
}

/// The latest notes about a patient.
pub fn latest(c: &mut Connection, patient_id: i64, most: i64, zone: &Zone) -> QueryResult<Vec<Shown>> {
    let notes = note::latest_of(c, patient_id, most)?;
    notes.iter().map(|note| Shown::of(c, note, zone)).collect()
}
