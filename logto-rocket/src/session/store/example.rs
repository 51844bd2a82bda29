use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use logto_rocket::{Clock, Record, Replaced, SessionStore, StoreError, StoreId, Stored};

pub struct MapStore {
    rows: Mutex<HashMap<StoreId, Row>>,
    leases: Mutex<HashMap<StoreId, (String, Instant)>>,
    clock: Clock,
}

struct Row {
    record: Record,
    version: u64,
    over_at: Instant,
}

impl MapStore {
    pub fn new() -> Self {
        let (rows, leases) = (Mutex::default(), Mutex::default());
        Self { rows, leases, clock: Clock::system() }
    }

    /// The rows that are not over.
    fn rows(&self) -> MutexGuard<'_, HashMap<StoreId, Row>> {
        let now = self.clock.instant();
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.retain(|_, row| now < row.over_at);
        rows
    }

    /// The leases that are held.
    fn leases(&self) -> MutexGuard<'_, HashMap<StoreId, (String, Instant)>> {
        let now = self.clock.instant();
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        leases.retain(|_, (_, until)| now < *until);
        leases
    }

    fn row(&self, record: &Record, version: u64, ttl: Duration) -> Row {
        Row { record: record.clone(), version, over_at: self.clock.instant() + ttl }
    }
}

impl Row {
    fn stored(&self) -> Stored {
        Stored { sealed: self.record.sealed.clone(), version: self.version }
    }
}

#[rocket::async_trait]
impl SessionStore for MapStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.rows().insert(id.clone(), self.row(record, 0, ttl));
        Ok(())
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        Ok(self.rows().get(id).map(Row::stored))
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        Ok(match self.rows().get_mut(id) {
            None => Replaced::Gone,
            Some(row) if row.version != version => Replaced::Conflict,
            Some(row) => {
                *row = self.row(record, version + 1, ttl);
                Replaced::Stored
            }
        })
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.rows().remove(id);
        Ok(())
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.rows().retain(|_, row| row.record.sid.as_deref() != Some(sid));
        Ok(())
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.rows()
            .retain(|_, Row { record, .. }| record.sub != sub || record.signed_in_at > not_after);
        Ok(())
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        let rows = self.rows();
        let of_the_user = rows.iter().filter(|(_, row)| row.record.sub == sub);
        Ok(of_the_user.map(|(id, row)| (id.clone(), row.stored())).collect())
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        let until = self.clock.instant() + time;
        let mut leases = self.leases();
        if leases.get(id).is_some_and(|(other, _)| other != holder) {
            return Ok(false);
        }
        leases.insert(id.clone(), (holder.to_owned(), until));
        Ok(true)
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        let mut leases = self.leases();
        if leases.get(id).is_some_and(|(other, _)| other == holder) {
            leases.remove(id);
        }
        Ok(())
    }
}
