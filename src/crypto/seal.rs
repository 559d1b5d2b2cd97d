//! Authenticated encryption of data that is stored or sent away, with a key for each purpose, bound to the place where it
//! belongs.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::keys::{Keys, random_bytes};

/// Bytes before the ciphertext, random for each call.
const NONCE: usize = 12;

/// Encrypts `plain`. It can be decrypted only with the same purpose and place, such as the id of its owner.
pub fn seal(keys: &Keys, purpose: &str, place: &str, plain: &[u8]) -> Option<String> {
    let nonce = random_bytes(NONCE);
    let payload = Payload { msg: plain, aad: place.as_bytes() };
    let sealed = cipher(keys, purpose)?.encrypt(&Nonce::try_from(nonce.as_slice()).ok()?, payload).ok()?;
    Some(URL_SAFE_NO_PAD.encode([nonce, sealed].concat()))
}

/// Decrypts it; `None` if it was tampered with, or has another purpose or place.
pub fn open(keys: &Keys, purpose: &str, place: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let payload = Payload { msg: sealed, aad: place.as_bytes() };
    cipher(keys, purpose)?.decrypt(&Nonce::try_from(nonce).ok()?, payload).ok()
}

fn cipher(keys: &Keys, purpose: &str) -> Option<Aes256Gcm> {
    let key = keys.derive(purpose);
    Aes256Gcm::new_from_slice(key.get(..32)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let keys = Keys::new("a key that is long enough for a test of sealing".to_string().into());
        let sealed = seal(&keys, "secret", "7", b"seven").unwrap();
        assert_eq!(open(&keys, "secret", "7", &sealed).unwrap(), b"seven");
        assert_ne!(sealed, seal(&keys, "secret", "7", b"seven").unwrap());
        let mut other = sealed.clone();
        other.replace_range(30..31, if &sealed[30..31] == "A" { "B" } else { "A" });
        for (purpose, place, text) in
            [("secret", "8", &sealed), ("other", "7", &sealed), ("secret", "7", &other), ("secret", "7", &String::new())]
        {
            assert_eq!(open(&keys, purpose, place, text), None);
        }
    }
}
