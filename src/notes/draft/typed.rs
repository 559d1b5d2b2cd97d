//! What a page sends of a note.

use crate::notes::sections::{LONGEST, SECTIONS, Section, Texts};
use crate::notes::visit::VisitKind;
use crate::resource::FormData;
use crate::resource::form::clean::clean;

/// What a page sends of a note.
#[derive(Clone, Debug)]
pub struct Typed {
    pub texts: Texts,
    pub cosigner_id: Option<i64>,
    pub kind: Option<VisitKind>,
    /// The template that fills it, if one was chosen just then.
    pub template: Option<String>,
    pub last_field: String,
    pub tab: String,
    pub version: i64,
    pub patient_id: i64,
}

impl Typed {
    pub fn read(posted: &FormData) -> Self {
        let number = |name: &str| posted.text(name).trim().parse::<i64>().ok();
        let is_field = |name: &str| SECTIONS.iter().any(|section| section.name == name);
        let last = posted.text("last_field");
        Self {
            texts: Texts(SECTIONS.map(|section| tidy(posted.text(section.name)))),
            cosigner_id: number("cosigner_id"),
            kind: VisitKind::parse(posted.text("kind")),
            template: None,
            last_field: if is_field(last) { last.into() } else { String::new() },
            tab: posted.text("tab").chars().filter(char::is_ascii_alphanumeric).take(40).collect(),
            version: number("version").unwrap_or(0),
            patient_id: number("patient_id").unwrap_or(0),
        }
    }

    /// The parts that are too long.
    pub fn too_long(&self) -> Vec<&'static Section> {
        self.texts.parts().filter(|(_, text)| text.chars().count() > LONGEST).map(|(section, _)| section).collect()
    }
}

/// A text as it is stored: what was pasted with it and nobody sees is left out.
pub fn tidy(typed: &str) -> String {
    let typed = typed.replace("\r\n", "\n");
    let seen: String = typed.chars().filter(|letter| matches!(letter, '\n' | '\t') || !is_odd(*letter)).collect();
    clean(&seen, true).unwrap_or_default()
}

fn is_odd(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{fffd}'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(tidy("Well.\r\n\0No dizziness.\u{7} "), "Well.\nNo dizziness.");
        assert_eq!(tidy(" \u{200b} "), "");
    }
}
