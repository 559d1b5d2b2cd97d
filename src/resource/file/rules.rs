//! What a field accepts as a file, and the messages for what it does not.

use super::content::{KNOWN, content_type};
use crate::english::{alternatives, with_article};

pub const MIB: u64 = 1024 * 1024;

/// The most that a declaration may allow, because a file is held in memory while it is saved and sent.
pub const LARGEST: u64 = 50 * MIB;

/// What a field accepts: `field("Scan").accepts(&["application/pdf"]).max_bytes(5 * MIB)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// Media types.
    pub types: &'static [&'static str],
    pub max_bytes: u64,
}

/// Why an uploaded file was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileProblem {
    Empty,
    TooLarge,
    WrongType,
}

impl FileProblem {
    const ALL: [(Self, &'static str); 3] = [(Self::Empty, "empty"), (Self::TooLarge, "large"), (Self::WrongType, "type")];

    /// As the form carries it to where the errors of its fields are found.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(problem, _)| *problem == self).map_or("", |(_, word)| word)
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(problem, _)| *problem)
    }
}

impl FileRules {
    pub const NONE: Self = Self { types: &[], max_bytes: 5 * MIB };

    /// The media type of this content, if it is accepted.
    pub fn check(&self, content: &[u8]) -> Result<&'static str, FileProblem> {
        if content.is_empty() {
            return Err(FileProblem::Empty);
        }
        if content.len() as u64 > self.max_bytes {
            return Err(FileProblem::TooLarge);
        }
        content_type(content).filter(|found| self.types.contains(found)).ok_or(FileProblem::WrongType)
    }

    /// Whether a stored file fits, which may have been uploaded for another field.
    pub fn allows(&self, content_type: &str, size: i64) -> bool {
        self.types.contains(&content_type) && u64::try_from(size).is_ok_and(|size| size <= self.max_bytes)
    }

    pub fn sentence(&self, problem: FileProblem) -> String {
        match problem {
            FileProblem::Empty => "The file is empty".into(),
            FileProblem::TooLarge => format!("The file must be smaller than {}", size_text(self.max_bytes)),
            FileProblem::WrongType => format!("Choose {} file", with_article(&self.labels())),
        }
    }

    /// `PDF, JPEG or PNG`
    fn labels(&self) -> String {
        let labels: Vec<&str> = KNOWN.iter().filter(|(known, _)| self.types.contains(known)).map(|(_, label)| *label).collect();
        alternatives(&labels)
    }

    /// The hint next to the field: `PDF, JPEG or PNG, smaller than 5 MB`.
    pub fn hint(&self) -> String {
        format!("{}, smaller than {}", self.labels(), size_text(self.max_bytes))
    }

    /// A type that [`content_type`] does not know.
    pub fn unknown_type(&self) -> Option<&'static str> {
        self.types.iter().copied().find(|wanted| !KNOWN.iter().any(|(known, _)| known == wanted))
    }
}

/// `640 bytes`, `120 kB`, `1.5 MB`
pub fn size_text(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..MIB => format!("{} kB", bytes.div_ceil(1_024)),
        _ if bytes.is_multiple_of(MIB) => format!("{} MB", bytes / MIB),
        _ => format!("{}.{} MB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_told_as_people_say_them() {
        let rules = FileRules { types: &["application/pdf", "image/jpeg", "image/png"], max_bytes: 5 * MIB };
        assert_eq!(rules.hint(), "PDF, JPEG or PNG, smaller than 5 MB");
        assert_eq!(rules.sentence(FileProblem::WrongType), "Choose a PDF, JPEG or PNG file");
        assert_eq!(rules.sentence(FileProblem::TooLarge), "The file must be smaller than 5 MB");
        assert_eq!(FileRules { types: &["text/plain"], ..rules }.sentence(FileProblem::WrongType), "Choose a text file");
        assert_eq!([640, 2_000, MIB, 3 * MIB / 2].map(size_text), ["640 bytes", "2 kB", "1 MB", "1.5 MB"]);
        for problem in [FileProblem::Empty, FileProblem::TooLarge, FileProblem::WrongType] {
            assert_eq!(FileProblem::named(problem.word()), Some(problem));
        }
    }
}
