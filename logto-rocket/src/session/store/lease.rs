//! [`Lease`]: the right to make the token requests of a session, among all processes that share its
//! store.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::session::{Session, Sessions};
use crate::session::{SessionStore, StoreError, StoreId};
use crate::session_id::SessionId;

/// After this time a lease is free again whose process has died.
const TERM: Duration = Duration::from_secs(10);

/// How often a lease is extended that is in use.
const EXTENSION: Duration = Duration::from_secs(3);

/// How often a lease is asked for that somebody else has.
const POLL: Duration = Duration::from_millis(20);

/// How often at most: a little longer than the term.
const MAX_POLLS: usize = 600;

/// The right to make the token requests of a session.
pub(in crate::session) struct Lease {
    store: Arc<dyn SessionStore>,
    at: StoreId,
    holder: SessionId,
}

impl Sessions {
    /// Waits for the lease of a session; `None` if sessions are not in a store.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(in crate::session) async fn lease(
        &self,
        session: &Session,
    ) -> Result<Option<Lease>, Error> {
        let Some(store) = &self.store else { return Ok(None) };
        let (at, holder) = (session.id.store_id(), SessionId::random());
        let lease = Lease { store: Arc::clone(store), at, holder };
        for _ in 0..MAX_POLLS {
            if lease.take().await? {
                return Ok(Some(lease));
            }
            tokio::time::sleep(POLL).await;
        }
        Err(StoreError::new("another process does not give back the lease of the session").into())
    }
}

impl Lease {
    /// Does the work, keeping the lease as long as it takes, and gives it back.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        let done = loop {
            match tokio::time::timeout(EXTENSION, &mut work).await {
                Ok(done) => break done,
                Err(_) => tell(self.take().await.map(drop)),
            }
        };
        tell(self.store.release(&self.at, self.holder.as_str()).await);
        done
    }

    async fn take(&self) -> Result<bool, StoreError> {
        self.store.lease(&self.at, self.holder.as_str(), TERM).await
    }
}

/// Without the store the lease ends by itself.
fn tell(outcome: Result<(), StoreError>) {
    if let Err(error) = outcome {
        log::warn!("The lease of a session was not kept up: {error}");
    }
}
