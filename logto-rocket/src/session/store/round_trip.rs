//! Whether a store keeps what is written to it.

use std::time::Duration;

use super::{ObservedStore, Record, SessionStore, StoreError};
use crate::session::secret::Secret;

/// How long a record of no session lasts if it cannot be deleted.
const TTL: Duration = Duration::from_secs(60);

impl ObservedStore {
    /// Creates a record of no session, loads it and deletes it.
    ///
    /// # Errors
    ///
    /// The error of the first call that fails. Also an error if the store does not have the record that was
    /// created, or still has the one that was deleted.
    pub async fn round_trip(&self, now: u64) -> Result<(), StoreError> {
        let secret = Secret::random();
        let (id, sealed) = (secret.session_id().store_id(), secret.session_id().to_string());
        // That no user has: the names of all begin with a hash of an application.
        let record = Record::new(sealed.as_str(), format!("diagnosis:{sealed}"), None, now);
        self.create(&id, &record, TTL).await?;
        let loaded = self.load(&id).await;
        let deleted = self.delete(&id).await;
        if loaded?.is_none_or(|stored| stored.sealed != record.sealed) {
            return Err(StoreError::new("it does not have the record that was just created"));
        }
        deleted?;
        match self.load(&id).await? {
            Some(_) => Err(StoreError::new("it still has the record that was just deleted")),
            None => Ok(()),
        }
    }
}
