//! [`OpenedSessions`]: the sealed sessions that this process has opened before.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use moka::sync::Cache;

use super::{Session, StoreId};

/// How many bytes of sealed text are remembered at most. What was opened takes about three times
/// as much besides.
const MAX_BYTES: u64 = 16 << 20;

/// The sealed sessions that this process has opened, by their text, so that a browser's second
/// request decrypts nothing.
///
/// Whether a session still counts is never remembered, only what was sealed: that it has ended, is
/// too old or has been replaced is found out anew each time. Only what the vault has opened, for
/// the one cookie that sessions are sealed for, comes in here.
pub(crate) struct OpenedSessions(Cache<Arc<str>, Arc<Opened>, ByTheBeginning>);

/// A session as it was sealed.
pub(crate) struct Opened {
    pub session: Arc<Session>,
    /// Whether it was sealed with an older key, so that it is to be sealed again.
    pub by_older_key: bool,
    /// Where a store has it, and the sealed text there.
    pub stored: Option<(StoreId, Arc<str>)>,
    /// Whether somebody is about to write it again.
    rewriting: AtomicBool,
}

impl Default for OpenedSessions {
    fn default() -> Self {
        let weight = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let cache = Cache::builder().max_capacity(MAX_BYTES).weigher(
            move |text: &Arc<str>, opened: &Arc<Opened>| {
                let stored = opened.stored.as_ref().map_or(0, |(_, sealed)| weight(sealed));
                weight(text).saturating_add(stored)
            },
        );
        Self(cache.build_with_hasher(ByTheBeginning::default()))
    }
}

impl OpenedSessions {
    pub fn get(&self, text: &str) -> Option<Arc<Opened>> {
        self.0.get(text)
    }

    pub fn insert(&self, text: &str, opened: Opened) -> Arc<Opened> {
        let opened = Arc::new(opened);
        self.0.insert(text.into(), Arc::clone(&opened));
        opened
    }

    pub fn forget(&self, text: &str) {
        self.0.invalidate(text);
    }
}

impl Opened {
    pub fn new(session: Session, by_older_key: bool, stored: Option<(StoreId, Arc<str>)>) -> Self {
        let rewriting = AtomicBool::new(false);
        Self { session: Arc::new(session), by_older_key, stored, rewriting }
    }

    /// Whether this caller is the one to write it again.
    pub fn claim_rewriting(&self) -> bool {
        !self.rewriting.swap(true, Ordering::AcqRel)
    }

    /// Lets another one write it again, because the last one could not.
    pub fn give_up_rewriting(&self) {
        self.rewriting.store(false, Ordering::Release);
    }
}

/// Hashes the beginning of a text only: that of a sealed one is its random nonce, and that of a
/// secret is random as well. Equality is over all of it.
#[derive(Clone, Default)]
struct ByTheBeginning(RandomState);

struct Beginning(<RandomState as BuildHasher>::Hasher);

impl BuildHasher for ByTheBeginning {
    type Hasher = Beginning;

    fn build_hasher(&self) -> Beginning {
        Beginning(self.0.build_hasher())
    }
}

impl Hasher for Beginning {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(&bytes[..bytes.len().min(32)]);
    }

    fn finish(&self) -> u64 {
        self.0.finish()
    }
}
