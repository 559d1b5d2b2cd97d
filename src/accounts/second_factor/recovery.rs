//! Recovery codes: ten codes to print, for when the phone is lost. Each works once; the database stores a keyed digest.

use diesel::prelude::*;

use crate::crypto::keys::{Keys, random_bytes};
use crate::db::schema::recovery_codes;
use crate::db::{Connection, UtcDateTime};

const PURPOSE: &str = "recovery code";
/// The number of codes created at once.
pub const MADE: usize = 10;
/// Characters of a code: 80 bits, where NIST SP 800-63B requires 64.
const LETTERS: usize = 16;
/// Crockford's base32: without I, L, O and U, which are easily misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Replaces all codes with new ones, which are returned in plain text this once.
pub fn renew(c: &mut Connection, keys: &Keys, user_id: i64, now: UtcDateTime) -> QueryResult<Vec<String>> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(c)?;
    let codes: Vec<String> = (0..MADE).map(|_| made()).collect();
    for code in &codes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::user_id.eq(user_id),
                recovery_codes::code_hash.eq(hash(keys, user_id, code)),
                recovery_codes::created_at.eq(now),
                recovery_codes::updated_at.eq(now),
            ))
            .execute(c)?;
    }
    Ok(codes)
}

/// How many are unused.
pub fn left(c: &mut Connection, user_id: i64) -> QueryResult<i64> {
    let mine = recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)).filter(recovery_codes::used_at.is_null());
    mine.count().get_result(c)
}

/// Uses up a code; of concurrent requests one succeeds.
pub fn take(c: &mut Connection, keys: &Keys, user_id: i64, typed: &str, now: UtcDateTime) -> QueryResult<bool> {
    let code = normal(typed);
    if code.len() != LETTERS {
        return Ok(false);
    }
    let unused = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user_id))
        .filter(recovery_codes::code_hash.eq(hash(keys, user_id, &code)))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(unused).set((recovery_codes::used_at.eq(Some(now)), recovery_codes::updated_at.eq(now))).execute(c)? == 1)
}

/// `7KQ2-M8XV-…`
fn made() -> String {
    let letters = random_bytes(LETTERS).into_iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)).copied()).map(char::from);
    let letters: Vec<char> = letters.collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Normalises user input: case, O for 0, I and L for 1, with or without hyphens.
fn normal(typed: &str) -> String {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '—'));
    letters
        .flat_map(char::to_uppercase)
        .map(|letter| match letter {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(2 * LETTERS)
        .collect()
}

fn hash(keys: &Keys, user_id: i64, code: &str) -> String {
    let sign = keys.sign(PURPOSE, &[&user_id.to_be_bytes(), normal(code).as_bytes()]);
    sign.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_kindly() {
        assert_eq!(normal("o1il-abcd 0000—0000"), "0111ABCD00000000");
        let code = made();
        assert_eq!((code.len(), normal(&code).len()), (19, 16));
        assert!(normal(&"é".repeat(1000)).len() <= 64);
    }
}
