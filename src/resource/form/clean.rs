//! Text as it is stored, and as keys are compared: without what nobody sees.

use unicode_normalization::UnicodeNormalization;

/// Drops direction marks and invisible fillers, normalises to NFC, and folds white space: in one line all of it, in a text
/// of several lines only the kinds of line breaks. Blank if nothing visible is left; `None` if it has control characters.
pub fn clean(typed: &str, lines: bool) -> Option<String> {
    // A filler between a letter and its accent would keep them apart, so fillers go first.
    let text: String = typed.chars().filter(|letter| !is_filler(*letter)).nfc().collect();
    let text = text.replace("\r\n", "\n");
    let text = if lines {
        let broken: String = text.chars().map(|letter| if is_line_break(letter) { '\n' } else { letter }).collect();
        broken.trim().to_string()
    } else {
        text.split(char::is_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    // U+FFFD stands for bytes that were not valid UTF-8.
    let odd = |letter: char| matches!(letter, '\u{fffd}'..='\u{ffff}');
    let allowed = |letter: char| !(letter.is_control() || odd(letter)) || (lines && matches!(letter, '\n' | '\t'));
    if !text.chars().all(allowed) {
        return None;
    }
    Some(if text.chars().any(is_visible) { text } else { String::new() })
}

/// A key as it is compared: without case, white space and invisible letters that differ only in spelling.
pub fn key(text: &str) -> String {
    let seen = text.chars().filter(|letter| !is_filler(*letter) && !is_joiner(*letter));
    // A letter in lower case may combine where its capital does not.
    let folded: String = seen.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Direction marks and letters without a width. Joiners are spelling in Persian, Sinhala and emoji, so they stay.
fn is_filler(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
    )
}

fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// The line breaks of other programs.
fn is_line_break(letter: char) -> bool {
    matches!(letter, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_visible(letter: char) -> bool {
    let joins = is_joiner(letter) || matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}');
    // U+2800 is the Braille letter without a dot.
    !(letter.is_whitespace() || joins || letter == '\u{2800}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Letters that combine, have no width, or fold in an unusual way, among any others.
    fn text() -> impl Strategy<Value = String> {
        let odd: Vec<char> = "aeiIİſßẞΣς \r\n\u{300}\u{301}\u{307}\u{308}\u{323}\u{345}\u{34f}\u{ad}\u{200b}\u{200c}\u{200d}\u{2060}\u{85}\u{2028}\u{a0}\u{2126}\u{3f4}\u{3164}\u{ffa0}\u{1100}\u{1161}\u{115f}ﬁ½\u{fdfa}\u{1e9b}\u{fe0f}"
            .chars()
            .collect();
        let letter = prop_oneof![3 => proptest::sample::select(odd), 1 => any::<char>()];
        proptest::collection::vec(letter, 0..12).prop_map(|letters| letters.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_twice_changes_nothing(text in text(), lines in any::<bool>()) {
            if let Some(once) = clean(&text, lines) {
                prop_assert_eq!(clean(&once, lines), Some(once.clone()));
                prop_assert_eq!(key(&key(&once)), key(&once));
            }
        }

        #[test]
        fn a_name_has_the_key_of_what_is_stored(text in text()) {
            if let Some(stored) = clean(&text, false).filter(|stored| !stored.is_empty()) {
                prop_assert_eq!(key(&stored), key(&text));
            }
        }
    }

    #[test]
    fn text_is_cleaned_but_never_cut() {
        assert_eq!(clean(" Zoe\u{308}\u{200b} ", false).as_deref(), Some("Zoë"));
        assert_eq!(clean("Zoe\u{200b}\u{308}", false).as_deref(), Some("Zoë"));
        assert_eq!(clean("a\0b", false), None);
        assert_eq!(clean("a\u{fffd}b", true), None);
        assert_eq!(clean("a\r\nb", true).as_deref(), Some("a\nb"));
    }

    #[test]
    fn spelling_stays_and_direction_marks_go() {
        for text in ["می\u{200c}خواهم", "ක්\u{200d}ෂ", "👩\u{200d}👧"] {
            assert_eq!(clean(text, false).as_deref(), Some(text));
        }
        assert_eq!(clean("A\u{202e}d\u{2060}a\u{ad}\u{61c}", false).as_deref(), Some("Ada"));
    }

    #[test]
    fn only_invisible_letters_are_blank() {
        for text in ["\u{2060}", " \u{200d} ", "\u{3164}", "\u{2800}", "\u{a0}\u{fe0f}", "\u{ad}\u{200b}"] {
            assert_eq!(clean(text, false).as_deref(), Some(""), "{text:?}");
        }
    }

    #[test]
    fn one_line_has_single_blanks_and_texts_have_line_breaks() {
        assert_eq!(clean("Émile\u{a0}\u{a0} Zola\u{b}x\ty\nz", false).as_deref(), Some("Émile Zola x y z"));
        assert_eq!(clean("a\u{b}b\rc\u{2028}d  e", true).as_deref(), Some("a\nb\nc\nd  e"));
    }

    #[test]
    fn keys_are_what_people_read() {
        for text in ["Sam Dob", "sam dob", "SAM\u{a0}\u{a0}DOB", "Sam\u{2060} D\u{200d}ob "] {
            assert_eq!(key(text), "sam dob");
        }
        assert_ne!(key("Emile"), key("Émile"));
    }
}
