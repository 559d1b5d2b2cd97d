//! How a text is spelled, reduced to what people remember of it: without blanks, hyphens, apostrophes, accents and umlauts.

/// The letters and digits of a folded text, with one spelling for umlauts: `O'Brien`, `obrien`; `Mueller`, `Müller`, `muller`.
pub fn compact(folded: &str) -> String {
    let word = |word: &str| word.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    folded.split(|letter: char| !letter.is_ascii_alphanumeric()).map(word).collect()
}

/// Whether a word has only letters, digits and the marks that names are written with.
pub fn is_name(word: &str) -> bool {
    word.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '\'' | '’' | '`' | '.' | ','))
}

/// A number of a document as it is compared: capitals and digits. Letters of other scripts stay.
pub fn lookup(number: &str) -> String {
    number.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).take(60).collect()
}

/// Letters that texts write or leave out: vowel marks of Arabic and Hebrew, and the filler that stretches an Arabic word.
pub fn is_optional_mark(letter: char) -> bool {
    matches!(letter, '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}' | '\u{591}'..='\u{5c7}')
}

/// One form of an Arabic letter that is written in several.
pub fn plain_letter(letter: char) -> char {
    match letter {
        '\u{622}' | '\u{623}' | '\u{625}' | '\u{671}' => '\u{627}',
        '\u{649}' | '\u{6cc}' => '\u{64a}',
        '\u{629}' => '\u{647}',
        '\u{6a9}' => '\u{643}',
        other => other,
    }
}

/// Whether one edit makes one word the other: a letter too many, missing, or another, or two neighbours exchanged.
pub fn is_one_edit(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let start = short.iter().zip(long).take_while(|(left, right)| left == right).count();
    let rest = |word: &[char], skipped: usize| word.get(start + skipped..).unwrap_or_default().to_vec();
    match long.len() - short.len() {
        0 if start == short.len() => true,
        0 => {
            let exchanged = (short.get(start), short.get(start + 1)) == (long.get(start + 1), long.get(start));
            rest(short, 1) == rest(long, 1) || (exchanged && rest(short, 2) == rest(long, 2))
        }
        1 => rest(short, 0) == rest(long, 1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::list::query::fold;

    #[test]
    fn spellings_of_one_name_are_the_same() {
        for (one, other) in [
            ("O'Brien", "obrien"),
            ("Jean-Luc", "jean luc"),
            ("Jo-Ellen", "jo ellen"),
            ("van der Berg", "Vanderberg"),
            ("Müller", "Mueller"),
            ("Müller", "muller"),
        ] {
            assert_eq!(compact(&fold(one)), compact(&fold(other)), "{one}");
        }
        assert_eq!(fold("مُحَمَّد"), fold("محمد"));
        assert_eq!(fold("أحمد"), fold("احمد"));
    }

    #[test]
    fn one_mistake_is_one_edit() {
        for (one, other, is_near) in [
            ("zola", "zolla", true),
            ("zola", "zoal", true),
            ("zola", "zora", true),
            ("zola", "ola", true),
            ("zola", "zola", true),
            ("zola", "zolxy", false),
            ("zola", "oalz", false),
            ("zola", "zlo", false),
        ] {
            assert_eq!((is_one_edit(one, other), is_one_edit(other, one)), (is_near, is_near), "{one} {other}");
        }
    }
}
