//! Password hashing: argon2id, as many hashes at a time as there are cores, in reused memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::crypto::keys::random_bytes;
use crate::error::{AppError, AppResult};

/// OWASP's minimum and RFC 9106's parameters: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Longer passwords are refused before they are hashed.
pub const LONGEST: usize = 256;
/// How long a sign-in waits to be processed.
const PATIENCE: Duration = Duration::from_secs(20);
/// When more requests are waiting, further ones are refused.
const QUEUE: usize = 1_000;

/// The most attempts that are counted but not yet decided. Each counts as failed until its password is verified, so with more at
/// once the sign-ins of a whole clinic at eight in the morning would look like guessing.
const TRIES: usize = 4;

/// The hasher. Its memory is bounded: permits × 19 MiB, allocated on first use and then reused.
#[derive(Clone)]
pub struct Passwords {
    memory_kib: u32,
    permits: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    line: Arc<Semaphore>,
    tries: Arc<Semaphore>,
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
    count: Arc<AtomicU64>,
    /// Verified instead when the user is unknown, so that both cases take the same time.
    decoy: Arc<String>,
}

impl Passwords {
    pub fn new() -> Self {
        Self::of_memory(MEMORY_KIB)
    }

    /// Hashes that take this much memory, so that stories about something else can be told quickly.
    pub fn of_memory(memory_kib: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let memory = Arc::new(Mutex::new(Vec::new()));
        Self {
            memory_kib,
            permits: Arc::new(Semaphore::new(cores)),
            queue: Arc::new(Semaphore::new(QUEUE)),
            line: Arc::new(Semaphore::new(QUEUE)),
            tries: Arc::new(Semaphore::new(TRIES)),
            memory,
            count: Arc::default(),
            decoy: Arc::new(decoy(memory_kib)),
        }
    }

    /// The password's hash as a PHC string. [`AppError::TooMany`] when too many requests are waiting, or for too long.
    pub async fn hash(&self, password: String) -> AppResult<String> {
        let memory_kib = self.memory_kib;
        self.run(move |blocks| {
            let salt = random_bytes(16);
            let params = params(memory_kib, PASSES, LANES)?;
            let out = digest(&params, password.as_bytes(), &salt, blocks)?;
            let hash = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(AppError::internal)?,
                salt: Some(Salt::new(&salt).map_err(AppError::internal)?),
                hash: Some(Output::new(&out).map_err(AppError::internal)?),
            };
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password matches the hash. `None` and a blank hash cost the same and never match. Errors as for
    /// [`Self::hash`].
    pub async fn verify(&self, password: String, hash: Option<String>) -> AppResult<bool> {
        let usable = hash.filter(|hash| !hash.is_empty());
        let known = usable.is_some();
        let hash = usable.unwrap_or_else(|| self.decoy.to_string());
        self.run(move |blocks| Ok(matches(&hash, password.as_bytes(), blocks) && known)).await
    }

    /// Waits for permission to verify a password; hold it from before the attempt is counted until it is decided. Errors as for
    /// [`Self::hash`].
    pub async fn turn(&self) -> AppResult<Turn> {
        // A separate queue: requests that wait here must not take places from those waiting to be hashed.
        let _place = self.line.try_acquire().map_err(|_| AppError::TooMany)?;
        let turn = tokio::time::timeout(PATIENCE, self.tries.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = turn else { return Err(AppError::TooMany) };
        Ok(Turn(permit))
    }

    /// Whether a hash was made with the current parameters.
    pub fn is_current(&self, hash: &str) -> bool {
        let cost = PasswordHash::new(hash).ok().filter(|hash| hash.algorithm == Algorithm::Argon2id.ident());
        let cost = cost.and_then(|hash| Params::try_from(&hash).ok());
        cost.is_some_and(|cost| (cost.m_cost(), cost.t_cost(), cost.p_cost()) == (self.memory_kib, PASSES, LANES))
    }

    /// How many hashes were computed since the process started.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Vec<Block>) -> AppResult<T> + Send + 'static) -> AppResult<T> {
        let place = self.queue.clone().try_acquire_owned().map_err(|_| AppError::TooMany)?;
        let turn = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = turn else { return Err(AppError::TooMany) };
        self.count.fetch_add(1, Ordering::Relaxed);
        let memory = self.memory.clone();
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let (_place, _permit, _span) = (place, permit, span.enter());
            let mut blocks = memory.lock().ok().and_then(|mut buffers| buffers.pop()).unwrap_or_default();
            let result = work(&mut blocks);
            if let Ok(mut buffers) = memory.lock() {
                buffers.push(blocks);
            }
            result
        });
        done.await.unwrap_or_else(|error| Err(AppError::internal(error)))
    }
}

/// Permission to verify a password, released when dropped.
pub struct Turn(#[expect(dead_code, reason = "it is held, not looked at")] OwnedSemaphorePermit);

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn params(memory: u32, passes: u32, lanes: u32) -> AppResult<Params> {
    Params::new(memory, passes, lanes, Some(32)).map_err(AppError::internal)
}

fn digest(params: &Params, password: &[u8], salt: &[u8], blocks: &mut Vec<Block>) -> AppResult<[u8; 32]> {
    blocks.resize(params.block_count(), Block::new());
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password, salt, &mut out, blocks.as_mut_slice())
        .map_err(AppError::internal)?;
    Ok(out)
}

fn matches(hash: &str, password: &[u8], blocks: &mut Vec<Block>) -> bool {
    let parsed = || {
        let hash = PasswordHash::new(hash).ok()?;
        let params = Params::try_from(&hash).ok().filter(|params| params.m_cost() <= 4 * MEMORY_KIB)?;
        Some((params, hash.salt?, hash.hash?))
    };
    let Some((params, salt, expected)) = parsed() else { return false };
    digest(&params, password, &salt, blocks).is_ok_and(|out| bool::from(out.as_slice().ct_eq(expected.as_ref())))
}

/// A hash that no password matches, with the current parameters.
fn decoy(memory_kib: u32) -> String {
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    format!("$argon2id$v=19$m={memory_kib},t={PASSES},p={LANES}${}${}", encode(&random_bytes(16)), encode(&random_bytes(32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horsf".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("anything".into(), None).await.unwrap());
        assert!(!passwords.verify(String::new(), Some(String::new())).await.unwrap());
    }

    #[actix_web::test]
    async fn memory_stays_bounded() {
        let passwords = Passwords::new();
        let tries = (0..8).map(|_| passwords.verify("x".into(), None));
        for done in futures_util::future::join_all(tries).await {
            assert!(!done.unwrap());
        }
        let buffers = passwords.memory.lock().unwrap().len();
        assert!(buffers <= std::thread::available_parallelism().unwrap().get(), "{buffers} buffers");
    }
}
