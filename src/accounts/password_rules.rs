//! What a password must not be. The four rules are Django's; the words are ours.

use unicode_normalization::UnicodeNormalization;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::zxcvbn;

/// Fewer characters than this are too few.
pub const SHORTEST: usize = 8;
/// From this likeness on a password resembles something known about its owner.
const TOO_ALIKE: f64 = 0.7;

/// What people read before they choose.
pub const HINT: &str = "At least 8 characters, not only digits, no common password, and nothing like your name or email address";

/// The password as it is hashed: accents typed in two ways are one password.
pub fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// Every rule that is broken, in sentences. `attributes` are what is known about the owner: label and value.
pub fn check(password: &str, attributes: &[(&str, String)]) -> Vec<String> {
    let mut broken = Vec::new();
    if password.chars().count() < SHORTEST {
        broken.push(format!("The password must have at least {SHORTEST} characters"));
    }
    if let Some((label, _)) = attributes.iter().find(|(_, value)| resembles(password, value)) {
        broken.push(format!("The password is too much like your {label}"));
    }
    if is_common(password) {
        broken.push("This password is one of the most common ones, or as easy to guess".into());
    }
    if !password.is_empty() && password.chars().all(char::is_numeric) {
        broken.push("The password must not consist of digits alone".into());
    }
    broken
}

/// As many tries as zxcvbn's lists are long: what is found sooner is as good as listed.
const TRIES: u64 = 30_000;

/// Whether the whole password is one entry of zxcvbn's lists of common passwords, names and words, or a sequence, a
/// repetition or a row of keys that is found as soon.
fn is_common(password: &str) -> bool {
    let short: String = password.trim().to_lowercase().chars().take(100).collect();
    let estimate = zxcvbn(&short, &["praxis", "clinic", "doctor", "patient", "hospital"]);
    let listed = matches!(estimate.sequence(), [only] if matches!(&only.pattern, MatchPattern::Dictionary(found) if !found.reversed));
    listed || estimate.guesses() <= TRIES
}

/// Compares with the whole and with each of its words.
fn resembles(password: &str, value: &str) -> bool {
    let (password, value) = (password.to_lowercase(), value.to_lowercase());
    let words = value.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.chain([value.as_str()]).any(|word| {
        let (long, short) = (password.chars().count(), word.chars().count());
        // A word so short could not reach the limit.
        short >= 3 && long < 10 * short.max(1) && ratio(&password, word) >= TOO_ALIKE
    })
}

/// Twice the letters in common over all letters, without regard to their order: an upper bound of likeness.
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
        let owner = [("username", "emile.zola".to_string()), ("email address", "zola@example.org".to_string())];
        check(password, &owner).len()
    }

    #[test]
    fn a_good_password_breaks_no_rule() {
        assert_eq!(broken("purple-otter-hums-39"), 0);
        assert_eq!(broken("Zebrastreifen im Regen"), 0);
    }

    #[test]
    fn each_rule_is_told() {
        assert_eq!(check("abc", &[]).len(), 2, "short and common");
        assert_eq!(check("12345678", &[]).len(), 2, "common and numeric");
        assert_eq!(check("password", &[]).len(), 1);
        assert_eq!(check("93017465028", &[]).len(), 1, "numeric");
        assert!(broken("emile.zola1") >= 1);
        assert!(broken("ZOLA@example.org") >= 1);
    }

    #[test]
    fn likeness_has_its_limit() {
        assert!((ratio("abcd", "abcd") - 1.0).abs() < f64::EPSILON);
        assert!(ratio("rootroot1", "root") < TOO_ALIKE);
    }
}
