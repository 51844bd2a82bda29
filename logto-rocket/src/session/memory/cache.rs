//! [`SessionCache`]: the sessions that this process has unsealed before.

use std::hash::{BuildHasher, Hasher, RandomState};

use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use super::{EndedSessions, Verdict};
use crate::claims::Claims;
use crate::host::HostId;
use crate::session::secret::StoreId;
use crate::session::session::Session;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicU64, Ordering};

/// How many bytes all that is remembered takes at most, about.
const MAX_BYTES: u64 = 12 << 20;

/// About the bytes that a session takes, with its encrypted text.
const USUAL_BYTES: u64 = 3_500;

/// The bytes of a session without its contents: the value itself, and what the allocator and the cache need for
/// about 30 small pieces.
const OWN_BYTES: usize =
    size_of::<CachedSession>() + size_of::<Session>() + size_of::<Claims>() + 500;

/// How many characters of a sealed text are its random nonce.
const NONCE: usize = 16;

/// How long a session is remembered, and how often those are looked for that are too old, in seconds.
const LIFETIME: u64 = 3600;
const SWEEP_EVERY: u64 = 600;

/// No version of anything, and no time.
const NEVER: u64 = u64::MAX;

/// The sessions that this process has decrypted, by the text that the browser sent, so that a second request
/// decrypts nothing.
///
/// An entry holds the decrypted session. Every hit checks whether the session is too old, has been replaced
/// or has ended (the last only if any session has ended since). Only texts that the vault has decrypted as
/// session cookies are inserted, and an entry is found only for the host for which its text is encrypted.
///
/// What was inserted an hour ago is forgotten, and decrypted again if it is still used.
pub(in crate::session) struct SessionCache {
    sessions: Cache<Arc<str>, Arc<CachedSession>, ByBytes, ByBeginning>,
    swept_at: AtomicU64,
}

/// A session as it was sealed.
pub(in crate::session) struct CachedSession {
    pub session: Arc<Session>,
    opened_at: u64,
    /// Whether it was encrypted with an older key and must be encrypted again.
    pub by_older_key: bool,
    /// Where a store has it, and the sealed text there.
    pub stored: Option<(StoreId, Arc<str>)>,
    /// From when on it may be written again; [`NEVER`] while a task writes it.
    writable_from: AtomicU64,
    /// The [`EndedSessions::version`] at which it was last known not to have ended.
    alive_at: AtomicU64,
}

/// A session weighs the bytes that it takes: its texts, its claims as JSON and in parts, and itself.
#[derive(Clone)]
struct ByBytes;

impl Default for SessionCache {
    fn default() -> Self {
        let items = usize::try_from(MAX_BYTES / USUAL_BYTES).unwrap_or(usize::MAX);
        let (hash, lifecycle) = (ByBeginning::default(), DefaultLifecycle::default());
        let sessions = Cache::with(items, MAX_BYTES, ByBytes, hash, lifecycle);
        Self { sessions, swept_at: AtomicU64::new(0) }
    }
}

impl Weighter<Arc<str>, Arc<CachedSession>> for ByBytes {
    fn weight(&self, text: &Arc<str>, cached: &Arc<CachedSession>) -> u64 {
        let stored = cached.stored.as_ref().map_or(0, |(_, sealed)| sealed.len());
        let claims = 2 * cached.session.claims.as_json().len();
        u64::try_from(text.len() + stored + claims + OWN_BYTES).unwrap_or(u64::MAX)
    }
}

impl SessionCache {
    /// The session of this host with this text. A session of another host is not returned, just as the vault does
    /// not decrypt it.
    pub fn get(&self, text: &str, host: HostId) -> Option<Arc<CachedSession>> {
        self.sessions.get(text).filter(|cached| cached.session.host == host)
    }

    pub fn insert(&self, text: &str, session: CachedSession) -> Arc<CachedSession> {
        let session = Arc::new(session);
        self.sweep(session.opened_at);
        self.sessions.insert(text.into(), Arc::clone(&session));
        session
    }

    /// Forgets what is too old, once in a while.
    fn sweep(&self, now: u64) {
        let due = |last: u64| (now.saturating_sub(last) >= SWEEP_EVERY).then_some(now);
        if self.swept_at.fetch_update(Ordering::AcqRel, Ordering::Acquire, due).is_ok() {
            let stays =
                |_: &_, it: &Arc<CachedSession>| now.saturating_sub(it.opened_at) < LIFETIME;
            self.sessions.retain(stays);
        }
    }

    pub fn forget(&self, text: &str) {
        self.sessions.remove(text);
    }
}

impl CachedSession {
    pub fn new(
        session: Session,
        by_older_key: bool,
        stored: Option<(StoreId, Arc<str>)>,
        now: u64,
    ) -> Self {
        let (writable_from, alive_at) = (AtomicU64::new(0), AtomicU64::new(NEVER));
        let session = Arc::new(session);
        Self { session, opened_at: now, by_older_key, stored, writable_from, alive_at }
    }

    /// Whether the session, or its newest known state, has ended. If it has not, this is checked again only
    /// after another session has ended.
    pub fn verdict(&self, newest: &Arc<Session>, ended: &EndedSessions) -> Verdict {
        let version = ended.version();
        let same = Arc::ptr_eq(newest, &self.session);
        if same && self.alive_at.load(Ordering::Acquire) == version {
            return Verdict::Alive;
        }
        let verdict = ended.verdict(newest);
        if same && verdict == Verdict::Alive {
            self.alive_at.store(version, Ordering::Release);
        }
        verdict
    }

    /// Whether this caller is the one that writes it again. There is one at a time.
    pub fn claim_writing(&self, now: u64) -> bool {
        let free = |from| (from <= now).then_some(NEVER);
        self.writable_from.fetch_update(Ordering::AcqRel, Ordering::Acquire, free).is_ok()
    }

    /// Lets it be written again from then on, because the last attempt failed.
    pub fn give_up_writing(&self, from: u64) {
        self.writable_from.store(from, Ordering::Release);
    }
}

/// Hashes only the beginning of a text, which is random in an encrypted text and in a secret. Equality
/// compares the whole text.
#[derive(Clone, Default)]
struct ByBeginning(RandomState);

struct Beginning(<RandomState as BuildHasher>::Hasher);

impl BuildHasher for ByBeginning {
    type Hasher = Beginning;

    fn build_hasher(&self) -> Beginning {
        Beginning(self.0.build_hasher())
    }
}

impl Hasher for Beginning {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(&bytes[..bytes.len().min(NONCE)]);
    }

    fn finish(&self) -> u64 {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests;
