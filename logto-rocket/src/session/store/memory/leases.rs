//! [`Leases`]: the leases of a [`MemoryStore`](super::MemoryStore).

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use crate::session::store::StoreId;

/// How many leases are held at most. Where there is no room, the one that ends first goes.
const MAX_LEASES: usize = 100_000;

/// How many that are over one more lease removes at most. So none takes long.
const REMOVED_AT_ONCE: usize = 16;

/// Leases by what they are of.
#[derive(Default)]
pub(super) struct Leases {
    held: HashMap<StoreId, Lease>,
    /// All of them, those first that end first.
    order: BTreeSet<(Instant, StoreId)>,
}

struct Lease {
    holder: String,
    until: Instant,
}

impl Leases {
    /// Takes a lease for `time`, or gives it this time if `holder` has it; `false` if another has it.
    pub fn take(&mut self, id: &StoreId, holder: &str, time: Duration, now: Instant) -> bool {
        for _ in 0..REMOVED_AT_ONCE {
            match self.order.first() {
                Some((until, first)) if *until <= now => self.remove(&first.clone()),
                _ => break,
            }
        }
        let is_others = |lease: &Lease| now < lease.until && lease.holder != holder;
        if self.held.get(id).is_some_and(is_others) {
            return false;
        }
        self.remove(id);
        if self.held.len() >= MAX_LEASES
            && let Some((_, first)) = self.order.first().cloned()
        {
            self.remove(&first);
        }
        let until = now + time;
        self.held.insert(id.clone(), Lease { holder: holder.to_owned(), until });
        self.order.insert((until, id.clone()));
        true
    }

    /// Releases a lease, if `holder` has it.
    pub fn release(&mut self, id: &StoreId, holder: &str) {
        if self.held.get(id).is_some_and(|lease| lease.holder == holder) {
            self.remove(id);
        }
    }

    fn remove(&mut self, id: &StoreId) {
        if let Some(lease) = self.held.remove(id) {
            self.order.remove(&(lease.until, id.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn id(number: usize) -> StoreId {
        StoreId::from(number.to_string())
    }

    #[test]
    fn leases_that_are_over_go_with_those_that_follow() {
        let (mut leases, now) = (Leases::default(), Instant::now());
        for number in 0..100 {
            assert!(leases.take(&id(number), "one", HOUR, now));
        }
        for number in 100..110 {
            assert!(leases.take(&id(number), "one", HOUR, now + HOUR));
        }
        assert_eq!([leases.held.len(), leases.order.len()], [10; 2]);
    }

    #[test]
    fn where_there_is_no_room_the_lease_that_ends_first_goes() {
        let (mut leases, now) = (Leases::default(), Instant::now());
        assert!(leases.take(&id(0), "one", HOUR / 2, now));
        for number in 1..=MAX_LEASES {
            assert!(leases.take(&id(number), "one", HOUR, now));
        }
        assert_eq!([leases.held.len(), leases.order.len()], [MAX_LEASES; 2]);
        assert!(leases.take(&id(0), "two", HOUR, now), "it is gone");
        assert!(!leases.take(&id(MAX_LEASES), "two", HOUR, now), "the others are held");
    }
}
