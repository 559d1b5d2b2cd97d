//! The parts of a note, in their order.

/// A part of a note.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The name of the column and of the field.
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    /// The lines of its field.
    pub rows: u8,
}

pub const COUNT: usize = 6;

/// The last one is for colleagues: it is not printed and not shown to the patient.
pub const SECTIONS: [Section; COUNT] = [
    Section { name: "reason", label: "Reason", hint: "", rows: 2 },
    Section { name: "history", label: "What the patient says", hint: "", rows: 5 },
    Section { name: "examination", label: "Examination", hint: "", rows: 3 },
    Section { name: "assessment", label: "Assessment", hint: "", rows: 3 },
    Section { name: "plan", label: "Plan", hint: "", rows: 3 },
    Section { name: "colleagues", label: "For colleagues", hint: "Not printed and not shown to the patient", rows: 2 },
];

/// The most characters of one part.
pub const LONGEST: usize = 8_000;

/// The texts of the parts, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub [String; COUNT]);

impl Texts {
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|text| text.trim().is_empty())
    }

    /// The parts with their texts.
    pub fn parts(&self) -> impl Iterator<Item = (&'static Section, &str)> {
        SECTIONS.iter().zip(self.0.iter().map(String::as_str))
    }

    /// The first line of the first part that has one, for lists.
    pub fn first_line(&self) -> String {
        let line = self.0.iter().find_map(|text| text.lines().map(str::trim).find(|line| !line.is_empty()));
        shortened(line.unwrap_or_default(), 120)
    }
}

/// At most so many characters, with an ellipsis where something was left out.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some(_) => format!("{}…", text.chars().take(most.saturating_sub(1)).collect::<String>().trim_end()),
    }
}
