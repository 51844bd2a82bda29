//! [`SeenTokens`]: the access tokens that this process has verified before.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use rustc_hash::FxBuildHasher;

use super::keys::Fingerprint;
use super::verified_token::VerifiedToken;

/// How many bytes all that is remembered takes at most, about.
const MAX_BYTES: u64 = 16 << 20;

/// About as many bytes as a token takes.
const USUAL_BYTES: u64 = 3_000;

/// How often tokens are looked for that have expired, in seconds.
const SWEEP_EVERY: u64 = 600;

/// The access tokens that this process has verified before. Each is found by a hash of its whole text, and
/// the text is compared, so a token with another signature is another token. Only verified tokens are
/// inserted, with the keys that verified them. Only Logto could therefore make many tokens with the same
/// hash, so the hash needs no secret key.
pub(super) struct SeenTokens {
    tokens: Cache<Text, SeenToken, ByBytes, FxBuildHasher>,
    swept_at: AtomicU64,
}

/// A token, and the keys by which it was verified.
#[derive(Clone)]
pub(super) struct SeenToken {
    pub token: VerifiedToken,
    pub keys: Fingerprint,
}

impl Default for SeenTokens {
    fn default() -> Self {
        let items = usize::try_from(MAX_BYTES / USUAL_BYTES).unwrap_or(usize::MAX);
        let (hash, lifecycle) = (FxBuildHasher, DefaultLifecycle::default());
        let tokens = Cache::with(items, MAX_BYTES, ByBytes, hash, lifecycle);
        Self { tokens, swept_at: AtomicU64::new(0) }
    }
}

impl SeenTokens {
    pub(super) fn get(&self, text: &str) -> Option<SeenToken> {
        self.tokens.get(text)
    }

    pub(super) fn insert(&self, token: VerifiedToken, keys: Fingerprint, now: u64) {
        self.sweep(now);
        self.tokens.insert(Text(token.clone()), SeenToken { token, keys });
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

/// A token, known by its text.
#[derive(Clone)]
struct Text(VerifiedToken);

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.0.text()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.0.text() == other.0.text()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text().hash(state);
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Text, SeenToken> for ByBytes {
    fn weight(&self, _: &Text, seen: &SeenToken) -> u64 {
        u64::try_from(seen.token.size()).unwrap_or(u64::MAX)
    }
}
