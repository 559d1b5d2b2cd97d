//! The format of a code, and its form field: ten characters of Crockford's base32, which has no letters that look like digits.

use unicode_normalization::UnicodeNormalization;

use crate::crypto::keys::random_bytes;
use crate::resource::{Field, field};

/// Without I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 50 bits: with five guesses a code and thirty a day and account, guessing takes longer than a lifetime (SECURITY 0.9).
const LENGTH: usize = 10;

/// A code in upper case, without the hyphen.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// 256 is a multiple of 32, so every letter is equally likely.
    pub fn random() -> Self {
        let letter = |byte: u8| LETTERS.get(usize::from(byte % 32)).map(|letter| char::from(*letter));
        Self(random_bytes(LENGTH).into_iter().filter_map(letter).collect())
    }

    /// Parses user input: case, spaces and hyphens are ignored, and letters that look like digits are read as digits.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 200 {
            return None;
        }
        let meant = |letter: char| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let is_between = |letter: &char| letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
        let plain: String = typed.nfkc().filter(|letter| !is_between(letter)).map(meant).collect();
        let known = plain.len() == LENGTH && plain.bytes().all(|letter| LETTERS.contains(&letter));
        known.then_some(Self(plain))
    }

    /// The display form: `4F7QK-2MXR9`.
    pub fn shown(&self) -> String {
        let (first, second) = self.0.split_at_checked(LENGTH / 2).unwrap_or((&self.0, ""));
        format!("{first}-{second}")
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The field for a code from an email.
pub fn code_field() -> Field {
    field("Code from the mail")
        .named("code")
        .max(60)
        .autocomplete("one-time-code")
        .help("Ten letters and digits, such as 7K2QM-X9P4D; small letters are fine")
        .required_error("Enter the code from the mail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code("01AB4CDEFG".into());
        assert_eq!(code.shown(), "01AB4-CDEFG");
        for typed in
            ["01AB4-CDEFG", "01ab4cdefg", " o l a b 4 – c d e f g ", "OIAB4\u{2011}CDEFG", "０１ＡＢ４－ＣＤＥＦＧ", "0lab4\tcdefg\n"]
        {
            assert!(Code::parse(typed) == Some(code.clone()), "{typed}");
        }
        for wrong in ["", "01AB4-CDEF", "01AB4-CDEFGH", "01AB4-CDEFU", "01AB4_CDEFG", "01AB4-CDEFé", &"0".repeat(10_000)] {
            assert!(Code::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_code_can_be_typed_as_it_is_shown() {
        for _ in 0..200 {
            let code = Code::random();
            assert_eq!(code.shown().len(), 11);
            assert!(Code::parse(&code.shown()) == Some(code));
        }
    }
}
