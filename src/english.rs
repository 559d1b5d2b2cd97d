//! English in messages: a number with its noun, a noun with its article.

use std::borrow::Cow;

/// `1 patient`, `1,200 patients`
pub fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count), noun(count, one, many))
}

/// The noun alone, where the number is formatted for the user.
pub fn noun<'a>(count: i64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// `a patient`, `an assignment`, `a user`
pub fn with_article(noun: &str) -> String {
    let sounds_like_you = ["user", "unit", "uni", "one", "eu"].iter().any(|start| noun.starts_with(start));
    let is_vowel = noun.starts_with(|letter: char| "aeiouAEIOU".contains(letter));
    format!("{} {noun}", if is_vowel && !sounds_like_you { "an" } else { "a" })
}

/// `PDF, JPEG or PNG`
pub fn alternatives(words: &[impl AsRef<str>]) -> String {
    series(words, "or")
}

/// `name, age and gender`
pub fn all_of(words: &[impl AsRef<str>]) -> String {
    series(words, "and")
}

fn series(words: &[impl AsRef<str>], before_last: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {before_last} {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

/// `Doctor` for `doctor`
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// At most this many characters of a text.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() > most { text.chars().take(most.saturating_sub(1)).chain(['…']).collect() } else { text.into() }
}

/// A text of somebody's inside a sentence. If it is written from right to left it stands isolated, so that what follows it keeps
/// its place.
pub fn isolated(text: &str) -> Cow<'_, str> {
    let is_rtl = |letter: char| matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.chars().any(is_rtl) { format!("\u{2068}{text}\u{2069}").into() } else { text.into() }
}

/// 12,345
pub fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_right_noun() {
        assert_eq!(plural(0, "entry", "entries"), "0 entries");
        assert_eq!(plural(1, "entry", "entries"), "1 entry");
        assert_eq!(plural(12_345, "entry", "entries"), "12,345 entries");
    }

    #[test]
    fn a_name_from_right_to_left_stands_isolated() {
        assert_eq!((isolated("Émile Zola"), isolated("محمد")), ("Émile Zola".into(), "\u{2068}محمد\u{2069}".into()));
    }

    #[test]
    fn a_noun_has_the_right_article() {
        let nouns = ["patient", "access token", "user", "email"];
        assert_eq!(nouns.map(with_article), ["a patient", "an access token", "a user", "an email"]);
    }
}
