//! [`OneAnswer`]: a store that gives the same answer to every question.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use logto_rocket::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};

/// A store that has one record under every id.
#[derive(Clone)]
pub struct OneAnswer(Arc<Mutex<Stored>>);

impl Default for OneAnswer {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Stored { sealed: "".into(), version: 0 })))
    }
}

impl OneAnswer {
    /// Has this record from now on.
    pub fn set(&self, version: u64, sealed: &str) {
        let mut stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stored.sealed = sealed.into();
        stored.version = version;
    }

    fn stored(&self) -> Stored {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[rocket::async_trait]
impl SessionStore for OneAnswer {
    async fn create(&self, _: &StoreId, _: &Record, _: Duration) -> Result<(), StoreError> {
        Ok(())
    }

    async fn load(&self, _: &StoreId) -> Result<Option<Stored>, StoreError> {
        Ok(Some(self.stored()))
    }

    async fn replace(
        &self,
        _: &StoreId,
        _: u64,
        _: &Record,
        _: Duration,
    ) -> Result<Replaced, StoreError> {
        Ok(Replaced::Conflict)
    }

    async fn delete(&self, _: &StoreId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn delete_by_sid(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    async fn delete_by_sub(&self, _: &str, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    async fn list_by_sub(&self, _: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        Ok(vec![(StoreId::from("one".to_owned()), self.stored())])
    }

    async fn lease(&self, _: &StoreId, _: &str, _: Duration) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn release(&self, _: &StoreId, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}
