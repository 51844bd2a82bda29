//! [`SeenTokens`]: the access tokens that this process has verified before.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use sha2::{Digest, Sha256};

use super::keys::Fingerprint;
use super::verified_token::VerifiedToken;

/// How many bytes all that is remembered takes at most, about.
const MAX_BYTES: u64 = 16 << 20;

/// About as many bytes as a token takes.
const USUAL_BYTES: u64 = 3_000;

/// How often tokens are looked for that have expired, in seconds.
const SWEEP_EVERY: u64 = 600;

/// The access tokens that this process has verified before, each by the hash of its whole text: one with
/// another signature is another one. Only what was verified is inserted, with the keys by which it was.
pub(super) struct SeenTokens {
    tokens: Cache<TokenHash, SeenToken, ByBytes, BuildHasherDefault<Beginning>>,
    swept_at: AtomicU64,
}

/// The SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenHash([u8; 32]);

/// A token, and the keys by which it was verified.
#[derive(Clone)]
pub(super) struct SeenToken {
    pub token: VerifiedToken,
    pub keys: Fingerprint,
}

impl Default for SeenTokens {
    fn default() -> Self {
        let items = usize::try_from(MAX_BYTES / USUAL_BYTES).unwrap_or(usize::MAX);
        let (hash, lifecycle) = (BuildHasherDefault::default(), DefaultLifecycle::default());
        let tokens = Cache::with(items, MAX_BYTES, ByBytes, hash, lifecycle);
        Self { tokens, swept_at: AtomicU64::new(0) }
    }
}

impl SeenTokens {
    pub(super) fn get(&self, hash: &TokenHash) -> Option<SeenToken> {
        self.tokens.get(hash)
    }

    pub(super) fn insert(
        &self,
        hash: TokenHash,
        token: VerifiedToken,
        keys: Fingerprint,
        now: u64,
    ) {
        self.sweep(now);
        self.tokens.insert(hash, SeenToken { token, keys });
    }

    /// How many tokens are remembered, and how many bytes they take.
    #[cfg(all(test, feature = "testing"))]
    pub(super) fn size(&self) -> (usize, u64) {
        (self.tokens.len(), self.tokens.weight())
    }

    /// Forgets what has expired, once in a while.
    fn sweep(&self, now: u64) {
        let due = |last: u64| (now.saturating_sub(last) >= SWEEP_EVERY).then_some(now);
        if self.swept_at.fetch_update(Ordering::AcqRel, Ordering::Acquire, due).is_ok() {
            self.tokens.retain(|_, seen| now < seen.token.expires_at());
        }
    }
}

impl TokenHash {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl std::hash::Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<TokenHash, SeenToken> for ByBytes {
    fn weight(&self, _: &TokenHash, seen: &SeenToken) -> u64 {
        u64::try_from(seen.token.size()).unwrap_or(u64::MAX)
    }
}

/// Takes the beginning of a hash as it is.
#[derive(Default)]
struct Beginning(u64);

impl Hasher for Beginning {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(beginning) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*beginning);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
