//! The format of an access token: `praxis_`, 43 random letters and digits (256 bits), and a checksum of six, so that secret
//! scanners recognise a leaked token.

use crate::crypto::keys::random_bytes;

pub const PREFIX: &str = "praxis_";
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM: usize = 43;
const CHECK: usize = 6;

/// A new secret.
pub fn make() -> String {
    let mut token = String::from(PREFIX);
    while token.len() < PREFIX.len() + RANDOM {
        // Bytes of 248 and above would make some letters more likely than others.
        let bytes = random_bytes(RANDOM).into_iter().filter(|byte| *byte < 248);
        let room = PREFIX.len() + RANDOM - token.len();
        token.extend(bytes.take(room).map(|byte| letter(u32::from(byte))));
    }
    let check = check(&token);
    token + &check
}

/// Whether a text has the format of a token; anything else is refused without a query.
pub fn is_written_right(token: &str) -> bool {
    token.len() == PREFIX.len() + RANDOM + CHECK
        && token.starts_with(PREFIX)
        && token.split_at_checked(PREFIX.len() + RANDOM).is_some_and(|(body, message)| check(body) == message)
}

/// CRC-32 of everything before it, in base 62.
fn check(body: &str) -> String {
    let sum = crc32fast::hash(body.as_bytes());
    (0..CHECK as u32).rev().map(|place| letter(sum / 62_u32.pow(place))).collect()
}

fn letter(number: u32) -> char {
    LETTERS.get(number as usize % LETTERS.len()).map_or('0', |letter| char::from(*letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_from_any_other_text() {
        let token = make();
        assert_eq!(token.len(), 56);
        assert!(token.starts_with("praxis_") && token[7..].chars().all(|letter| letter.is_ascii_alphanumeric()), "{token}");
        assert!(is_written_right(&token));
        assert_ne!(token, make());
        for place in 7..token.len() {
            let mut changed: Vec<char> = token.chars().collect();
            changed[place] = if changed[place] == 'x' { 'y' } else { 'x' };
            assert!(!is_written_right(&changed.into_iter().collect::<String>()));
        }
        for other in ["", "praxis_", "é", &"é".repeat(28), &token[1..], &format!("{token}x")] {
            assert!(!is_written_right(other));
        }
    }
}
