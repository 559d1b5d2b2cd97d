//! Password validation. The four rules are Django's; the messages are our own.

use unicode_normalization::UnicodeNormalization;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::zxcvbn;

/// The minimum length, in characters.
pub const SHORTEST: usize = 8;
/// From this similarity on, a password resembles a detail of its owner.
const TOO_ALIKE: f64 = 0.7;

/// The help text of the field.
pub const HINT: &str =
    "Use 8 or more characters and not only digits. Avoid common words, your name, your email address and the clinic’s name.";

/// Words that are guessed first at any clinic (NIST SP 800-63B-4: context-specific words).
const EVERYWHERE: [&str; 16] = [
    "administrator",
    "appointment",
    "reception",
    "password",
    "hospital",
    "medicine",
    "medical",
    "patient",
    "welcome",
    "clinic",
    "doctor",
    "health",
    "praxis",
    "nurse",
    "staff",
    "admin",
];
/// Shorter words occur in too many others.
const SHORTEST_WORD: usize = 3;
/// Letters that a password needs in addition to such words.
const OWN_LETTERS: usize = 4;

/// What is known about the owner of a password and about the site.
pub struct Known {
    /// Label and value.
    owner: Vec<(&'static str, String)>,
    clinic: String,
}

impl Known {
    pub fn new(owner: Vec<(&'static str, String)>, clinic: &str) -> Self {
        Self { owner, clinic: clinic.into() }
    }

    /// In lower case, the longest first, so that no word is split by a shorter one.
    fn words(&self) -> Vec<String> {
        let texts = self.owner.iter().map(|(_, value)| value.as_str()).chain([self.clinic.as_str()]);
        let known_words = texts.flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric())).map(str::to_lowercase);
        let mut words: Vec<String> = known_words.chain(EVERYWHERE.map(String::from)).collect();
        words.retain(|word| word.chars().count() >= SHORTEST_WORD);
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words
    }
}

/// The password as it is hashed: normalised, so that equivalent accented letters give one password.
pub fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// A sentence for every rule that is broken.
pub fn check(password: &str, known: &Known) -> Vec<String> {
    let mut broken = Vec::new();
    if password.chars().count() < SHORTEST {
        broken.push(format!("The password must have at least {SHORTEST} characters"));
    }
    if let Some((label, _)) = known.owner.iter().find(|(_, value)| resembles(password, value)) {
        broken.push(format!("The password is too similar to your {label}"));
    }
    if is_common(password) {
        broken.push("This password is too easy to guess".into());
    } else if broken.is_empty() && is_made_of(password, &known.words()) {
        broken.push("This password is too easy to guess. Avoid names and the name of the clinic".into());
    }
    if !password.is_empty() && password.chars().all(char::is_numeric) {
        broken.push("The password must contain more than digits".into());
    }
    broken
}

/// zxcvbn's lists have about this many entries; anything it guesses sooner is as weak as a listed password.
const TRIES: u64 = 30_000;

/// Whether the whole password is one entry of zxcvbn's lists of common passwords, names and words, or a sequence, a repetition or
/// a keyboard pattern that is guessed as early.
fn is_common(password: &str) -> bool {
    let text = password.trim().to_lowercase();
    if text.chars().count() > LONGEST_COMMON {
        return repeats(&text);
    }
    let estimate = zxcvbn(&bounded(&text, LONGEST_COMMON), &EVERYWHERE);
    let listed = matches!(estimate.sequence(), [only] if matches!(&only.pattern, MatchPattern::Dictionary(found) if !found.reversed));
    listed || estimate.guesses() <= TRIES
}

/// No list entry is longer.
const LONGEST_COMMON: usize = 30;
/// More characters do not improve the estimate, and the cost grows with each.
const LONGEST_ESTIMATED: usize = 32;
/// Symbols that stand for letters. zxcvbn tries every combination of readings, hundreds if all of them occur.
const SIGNS: &str = "@({[<!|$+%";
const MOST_SIGNS: usize = 3;
/// The most words about an owner that are considered.
const MOST_WORDS: usize = 40;

/// The text cut and simplified for zxcvbn, so that no input takes seconds.
fn bounded(text: &str, longest: usize) -> String {
    let many = SIGNS.chars().filter(|sign| text.contains(*sign)).count() > MOST_SIGNS;
    text.chars().take(longest).map(|letter| if many && SIGNS.contains(letter) { '\u{b7}' } else { letter }).collect()
}

/// Whether it is a short piece repeated.
fn repeats(text: &str) -> bool {
    const LONGEST_PIECE: usize = 10;
    let letters: Vec<char> = text.chars().collect();
    (1..=LONGEST_PIECE).any(|piece| letters.iter().zip(letters.iter().skip(piece)).all(|(one, next)| one == next))
}

/// Whether little is left of it without these words.
fn is_made_of(password: &str, words: &[String]) -> bool {
    let whole = password.to_lowercase();
    let rest = words.iter().fold(whole.clone(), |rest, word| rest.replace(word.as_str(), " "));
    rest != whole && rest.chars().filter(|letter| letter.is_alphabetic()).count() < OWN_LETTERS
}

/// How hard a password is to guess.
pub struct Strength {
    /// 0 to 4.
    pub score: u8,
    pub word: &'static str,
    /// A sentence.
    pub estimate: String,
}

/// zxcvbn's estimate for an attacker who has stolen the database: slow hashes, many machines.
pub fn strength(password: &str, known: &Known) -> Strength {
    let words = known.words();
    let words: Vec<&str> = words.iter().map(String::as_str).take(MOST_WORDS).collect();
    let estimate = zxcvbn(&bounded(password, LONGEST_ESTIMATED), &words);
    let score = u8::from(estimate.score());
    let word = match score {
        0 => "Very weak",
        1 => "Weak",
        2 => "Fair",
        3 => "Good",
        _ => "Strong",
    };
    let time = estimate.crack_times().offline_slow_hashing_1e4_per_second().to_string();
    let about = if time.starts_with(|letter: char| letter.is_ascii_digit()) { "about " } else { "" };
    Strength { score, word, estimate: format!("It could be guessed in {about}{time}") }
}

/// Compares with the whole value and with each of its words.
fn resembles(password: &str, value: &str) -> bool {
    let (password, value) = (password.to_lowercase(), value.to_lowercase());
    let words = value.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.chain([value.as_str()]).any(|word| {
        let (long, short) = (password.chars().count(), word.chars().count());
        // A word this short cannot reach the limit.
        short >= 3 && long < 10 * short.max(1) && ratio(&password, word) >= TOO_ALIKE
    })
}

/// Twice the letters in common over all letters, regardless of their order: an upper bound of the similarity.
fn ratio(one: &str, other: &str) -> f64 {
    let mut left: Vec<char> = other.chars().collect();
    let total = one.chars().count() + left.len();
    let common =
        one.chars().filter(|letter| left.iter().position(|known| known == letter).map(|place| left.swap_remove(place)).is_some()).count();
    2.0 * common as f64 / total as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(password: &str) -> usize {
        let owner = vec![("username", "emile.zola".to_string()), ("email address", "zola@example.org".to_string())];
        check(password, &Known::new(owner, "Seaside Practice")).len()
    }

    #[test]
    fn a_good_password_breaks_no_rule() {
        assert_eq!(broken("purple-otter-hums-39"), 0);
        assert_eq!(broken("Zebrastreifen im Regen"), 0);
    }

    #[test]
    fn each_rule_is_told() {
        let nobody = Known::new(Vec::new(), "");
        assert_eq!(check("abc", &nobody).len(), 2, "short and common");
        assert_eq!(check("12345678", &nobody).len(), 2, "common and numeric");
        assert_eq!(check("password", &nobody).len(), 1);
        assert_eq!(check("93017465028", &nobody).len(), 1, "numeric");
        assert!(broken("emile.zola1") >= 1);
        assert!(broken("ZOLA@example.org") >= 1);
    }

    #[test]
    fn likeness_has_its_limit() {
        assert!((ratio("abcd", "abcd") - 1.0).abs() < f64::EPSILON);
        assert!(ratio("rootroot1", "root") < TOO_ALIKE);
    }

    #[test]
    fn words_of_the_place_are_no_password() {
        for wrong in ["Seaside-2026", "seasidepractice1", "Doctor!Patient!77", "praxis-2026-11", "Emile-Zola-1840-1902"] {
            assert!(broken(wrong) >= 1, "{wrong}");
        }
        for right in ["seaside otters hum", "patient-otter-hums", "my practice of piano"] {
            assert_eq!(broken(right), 0, "{right}");
        }
    }

    /// The first, middle and last entries of zxcvbn's list of 30,000 passwords, of which 11,611 are long enough for us.
    #[test]
    fn the_list_of_common_passwords_is_used_to_its_end() {
        for common in ["football", "qwertyuiop", "wonderwoman", "fktif6115", "1winston", "falcon01", "mopar440", "mercede1", "MERCEDE1 "] {
            assert!(broken(common) >= 1, "{common}");
        }
    }

    #[test]
    fn a_long_password_of_one_short_piece_is_common() {
        for wrong in ["a".repeat(40), "abc1".repeat(12), "otters-hum".repeat(4)] {
            assert!(broken(&wrong) >= 1, "{wrong}");
        }
        assert_eq!(broken("otters hum in the rain and nobody hears them"), 0);
    }

    /// Twenty symbols that each stand for several letters took zxcvbn seconds; they are no longer read as letters.
    #[test]
    fn what_zxcvbn_is_asked_has_a_bound() {
        let signs = "4@8({[<3691!|70$5+%2".repeat(5);
        assert_eq!(bounded(&signs, LONGEST_ESTIMATED), "4·8····3691··70·5··24·8····3691·");
        assert_eq!(bounded("p@$$w0rd!", LONGEST_ESTIMATED), "p@$$w0rd!");
        assert!(broken("p@ssw0rd") >= 1);
        assert_eq!(strength(&signs, &Known::new(Vec::new(), "")).score, 4);
    }

    #[test]
    fn an_estimate_is_told_in_words() {
        let nobody = Known::new(Vec::new(), "");
        assert_eq!((strength("password", &nobody).score, strength("", &nobody).word), (0, "Very weak"));
        let strong = strength("purple-otter-hums-39", &nobody);
        assert_eq!((strong.score, strong.word), (4, "Strong"));
        assert_eq!(strong.estimate, "It could be guessed in centuries");
    }
}
