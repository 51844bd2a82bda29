//! [`Room`]: the entries of the registry, bounded by count and by time.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use super::Entry;
use super::ages::{Ages, Rank};
use crate::session_id::SessionId;
use crate::sync::Arc;

/// The maximum number of remembered sessions.
pub(super) const MAX_ENTRIES: usize = 10_000;

/// How many of the oldest entries are looked at when one is added.
const LOOKED_AT: usize = 16;

/// The entries.
pub(super) struct Room {
    entries: HashMap<SessionId, Arc<Entry>>,
    /// The ids in the order in which they were added or looked at, also of some that are gone.
    order: VecDeque<SessionId>,
    ages: Ages,
}

impl Room {
    pub fn new(ages: Ages) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), ages }
    }

    pub fn get(&self, id: &SessionId) -> Option<Arc<Entry>> {
        self.entries.get(id).cloned()
    }

    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.entries.values().cloned().collect()
    }

    pub fn remove(&mut self, id: &SessionId) -> Option<Arc<Entry>> {
        self.entries.remove(id)
    }

    /// The entry with this id. A new one has some old ones looked at first.
    pub fn get_or_insert(
        &mut self,
        id: &SessionId,
        now: Instant,
        new: impl FnOnce() -> Arc<Entry>,
    ) -> Arc<Entry> {
        if let Some(entry) = self.entries.get(id) {
            return Arc::clone(entry);
        }
        self.make_room(now);
        let entry = new();
        self.entries.insert(id.clone(), Arc::clone(&entry));
        self.order.push_back(id.clone());
        entry
    }

    /// Removes those of the oldest entries that are over and, if there is still no room, the least important
    /// one. An entry that is in use stays.
    fn make_room(&mut self, now: Instant) {
        let mut least: Option<(Rank, SessionId)> = None;
        for _ in 0..LOOKED_AT.min(self.order.len()) {
            let Some(id) = self.order.pop_front() else { break };
            let Some(entry) = self.entries.get(&id) else { continue };
            if Arc::strong_count(entry) == 1 {
                if entry.is_over(&self.ages, now) {
                    self.entries.remove(&id);
                    continue;
                }
                let rank = entry.rank();
                if least.as_ref().is_none_or(|(least, _)| rank < *least) {
                    least = Some((rank, id.clone()));
                }
            }
            self.order.push_back(id);
        }
        if self.entries.len() < MAX_ENTRIES {
            return;
        }
        let Some(((irreplaceable, _), id)) = least else { return };
        if irreplaceable {
            log::warn!(
                "The session {id} was removed from memory, which is full, before its browser had \
                 its newest tokens; its user may have to sign in again."
            );
        }
        self.entries.remove(&id);
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}
