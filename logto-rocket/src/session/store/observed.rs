//! [`ObservedStore`]: the store of an application, whose calls are bounded in time and reported.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::deadline::in_time;
use super::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use crate::clock::Clock;
use crate::error::Error;
use crate::events::{Event, Events, StoreCall};
use crate::trace::Span;

/// The store of an application. Every call of it ends in time and is an event, and so is that the store
/// goes away and that it is back.
pub(crate) struct ObservedStore {
    /// Nothing until the application has built it, which it may do while it launches.
    store: OnceLock<Arc<dyn SessionStore>>,
    is_away: AtomicBool,
    events: Arc<Events>,
    clock: Clock,
}

impl ObservedStore {
    /// A store that is [built](Self::is) later.
    pub fn later(events: Arc<Events>, clock: Clock) -> Self {
        Self { store: OnceLock::new(), is_away: AtomicBool::new(false), events, clock }
    }

    /// Makes this the store.
    pub fn is(&self, store: Arc<dyn SessionStore>) {
        let _ = self.store.set(store);
    }

    fn store(&self) -> Result<&Arc<dyn SessionStore>, StoreError> {
        self.store.get().ok_or_else(|| {
            StoreError::new("the store is not built yet, because the launch is in progress")
        })
    }

    async fn observed<T>(
        &self,
        call: StoreCall,
        result: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let span = Span::store(call.as_str());
        let begun = self.clock.instant();
        let result = span.around(in_time(result)).await;
        let took = self.clock.instant().saturating_duration_since(begun);
        if let Err(error) = &result {
            span.error(Error::from(error.clone()).code());
        }
        self.called(call, took, result.as_ref().err());
        result
    }

    fn called(&self, call: StoreCall, took: Duration, error: Option<&StoreError>) {
        self.events.emit(&Event::StoreCalled { call, took, error: error.map(ToString::to_string) });
        // Every request depends on this one; a store that is full still answers it.
        if call != StoreCall::Load {
            return;
        }
        let was_away = self.is_away.swap(error.is_some(), Ordering::AcqRel);
        match error {
            Some(why) if !was_away => self.events.emit(&Event::StoreAway { why: why.to_string() }),
            None if was_away => self.events.emit(&Event::StoreBack),
            _ => {}
        }
    }
}

#[rocket::async_trait]
impl SessionStore for ObservedStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.observed(StoreCall::Create, self.store()?.create(id, record, ttl)).await
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        self.observed(StoreCall::Load, self.store()?.load(id)).await
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        self.observed(StoreCall::Replace, self.store()?.replace(id, version, record, ttl)).await
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.observed(StoreCall::Delete, self.store()?.delete(id)).await
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.observed(StoreCall::DeleteBySid, self.store()?.delete_by_sid(sid)).await
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.observed(StoreCall::DeleteBySub, self.store()?.delete_by_sub(sub, not_after)).await
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        self.observed(StoreCall::ListBySub, self.store()?.list_by_sub(sub)).await
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        self.observed(StoreCall::Lease, self.store()?.lease(id, holder, time)).await
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        self.observed(StoreCall::Release, self.store()?.release(id, holder)).await
    }
}
