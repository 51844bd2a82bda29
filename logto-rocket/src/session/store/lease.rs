//! [`Lease`]: the exclusive right to make the token requests of a session, among all processes that
//! share its store.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::{ObservedStore, SessionStore, StoreError, StoreId};
use crate::session_id::SessionId;

/// The time after which the lease of a dead process is free again.
const LEASE_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a lease that is in use is extended.
const EXTENSION: Duration = Duration::from_secs(3);

/// How long the holder waits until it is given back, so that the next in line finds it free.
const RELEASE_TIMEOUT: Duration = Duration::from_millis(500);

/// How long it is until a lease that another process has is asked for again.
const POLL_BACKOFF: Duration = Duration::from_millis(20);

/// How often at most: a little longer than a lease lives.
const MAX_POLLS: usize = 600;

/// The right to make the token requests of a session.
pub(in crate::session) struct Lease {
    store: Arc<ObservedStore>,
    at: StoreId,
    holder: SessionId,
}

impl Lease {
    /// Waits for the lease of a session.
    ///
    /// # Errors
    ///
    /// Those of the store, and if another process does not give the lease back.
    pub(super) async fn wait(store: Arc<ObservedStore>, at: StoreId) -> Result<Self, StoreError> {
        let lease = Self { store, at, holder: SessionId::random() };
        for _ in 0..MAX_POLLS {
            if lease.take().await? {
                return Ok(lease);
            }
            tokio::time::sleep(POLL_BACKOFF).await;
        }
        Err(StoreError::new("another process does not release the lease of the session").late())
    }

    /// Does the work, extending the lease as long as it takes, and gives it back.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        let done = loop {
            match tokio::time::timeout(EXTENSION, &mut work).await {
                Ok(done) => break done,
                Err(_) => log_failure(self.take().await.map(drop)),
            }
        };
        // The caller gets the result also if the store does not answer.
        let release = tokio::spawn(self.release());
        tokio::time::timeout(RELEASE_TIMEOUT, release).await.ok();
        done
    }

    async fn release(self) {
        log_failure(self.store.release(&self.at, self.holder.as_str()).await);
    }

    async fn take(&self) -> Result<bool, StoreError> {
        self.store.lease(&self.at, self.holder.as_str(), LEASE_TIMEOUT).await
    }
}

/// Without the store the lease ends by itself.
fn log_failure(outcome: Result<(), StoreError>) {
    if let Err(error) = outcome {
        log::warn!("The lease of a session could not be extended: {error}");
    }
}
