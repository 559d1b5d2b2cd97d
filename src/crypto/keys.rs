//! Keys and randomness. Each purpose has its own key, derived from `SECRET_KEY`, so that a signature made for one is not valid
//! for another.

use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256, Sha512};

/// Derives keys.
#[derive(Clone)]
pub struct Keys(SecretString);

impl Keys {
    pub fn new(secret_key: SecretString) -> Self {
        Self(secret_key)
    }

    /// The key of this purpose, 64 bytes.
    pub fn derive(&self, purpose: &str) -> [u8; 64] {
        mac::<Hmac<Sha512>, 64>(self.0.expose_secret().as_bytes(), &[purpose.as_bytes()])
    }

    /// A signature over these parts. Each is preceded by its length, so that different parts never give the same input.
    pub fn sign(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        mac::<Hmac<Sha256>, 32>(&self.derive(purpose), parts)
    }
}

fn mac<M: Mac + KeyInit, const N: usize>(key: &[u8], parts: &[&[u8]]) -> [u8; N] {
    let mut out = [0; N];
    // Never fails: HMAC accepts keys of any length.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return out };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    for (place, byte) in out.iter_mut().zip(mac.finalize().into_bytes()) {
        *place = byte;
    }
    out
}

/// SHA-256 in hexadecimal, for secrets that are random and long.
pub fn digest(text: &str) -> String {
    digest_bytes(text.as_bytes())
}

pub fn digest_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Random letters and digits from the operating system's generator.
pub fn random_text(length: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    random_bytes(length).iter().filter_map(|byte| LETTERS.get(usize::from(byte % 64))).map(|letter| char::from(*letter)).collect()
}

pub fn random_bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
