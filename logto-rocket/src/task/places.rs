//! [`Places`]: how many may be at work at once, and how many of them for one client address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many places there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub all: usize,
    /// Of an IPv6 network of 64 bits, which is what one client has.
    pub of_one_address: usize,
}

/// Places that are given in the order in which they were asked for. If all places of an address are in use,
/// its further requests wait, but do not make other addresses wait.
pub(crate) struct Places {
    all: Arc<Semaphore>,
    of_one_address: usize,
    addresses: Arc<Addresses>,
}

/// A place. It is free again when this is dropped.
#[must_use = "the place is free again when this is dropped"]
pub(crate) struct Place {
    _of_all: Option<OwnedSemaphorePermit>,
    _of_address: Option<OfAddress>,
}

/// The addresses that have places or wait for them.
#[derive(Default)]
struct Addresses(Mutex<HashMap<IpAddr, Waiting>>);

struct Waiting {
    places: Arc<Semaphore>,
    /// How many have a place or wait for one.
    count: usize,
}

/// A client of an address, which has a place or waits for one.
struct OfAddress {
    addresses: Arc<Addresses>,
    address: IpAddr,
    permit: Option<OwnedSemaphorePermit>,
}

impl Places {
    pub fn new(limits: Limits) -> Self {
        let Limits { all, of_one_address } = limits;
        Self { all: Arc::new(Semaphore::new(all)), of_one_address, addresses: Arc::default() }
    }

    /// Waits for a place. A client whose address is not known waits only for one of all.
    pub async fn place(&self, address: Option<IpAddr>) -> Place {
        let of_address = match address {
            Some(address) => Some(self.of(network(address)).await),
            None => None,
        };
        // A semaphore that is never closed gives a permit.
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok();
        Place { _of_all: of_all, _of_address: of_address }
    }

    async fn of(&self, address: IpAddr) -> OfAddress {
        let places = self.addresses.enter(address, self.of_one_address);
        let mut client =
            OfAddress { addresses: Arc::clone(&self.addresses), address, permit: None };
        client.permit = places.acquire_owned().await.ok();
        client
    }
}

impl Addresses {
    fn enter(&self, address: IpAddr, places: usize) -> Arc<Semaphore> {
        let mut all = self.lock();
        let waiting = all
            .entry(address)
            .or_insert_with(|| Waiting { places: Arc::new(Semaphore::new(places)), count: 0 });
        waiting.count += 1;
        Arc::clone(&waiting.places)
    }

    fn leave(&self, address: IpAddr) {
        let mut all = self.lock();
        let Some(waiting) = all.get_mut(&address) else { return };
        waiting.count -= 1;
        if waiting.count == 0 {
            all.remove(&address);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OfAddress {
    fn drop(&mut self) {
        drop(self.permit.take());
        self.addresses.leave(self.address);
    }
}

/// What one client has: its address, or a network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn places() -> Places {
        Places::new(Limits { all: 3, of_one_address: 2 })
    }

    /// The place, if there is one at once.
    fn now(places: &Places, address: &str) -> Option<Place> {
        let mut place = pin!(places.place(address.parse().ok()));
        match place.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(place) => Some(place),
            Poll::Pending => None,
        }
    }

    #[test]
    fn an_address_gets_its_places_and_leaves_the_others_to_others() {
        let places = places();
        let first = now(&places, "192.0.2.1").unwrap();
        let _second = now(&places, "192.0.2.1").unwrap();
        assert!(now(&places, "192.0.2.1").is_none());
        let _third = now(&places, "192.0.2.2").unwrap();
        assert!(now(&places, "192.0.2.2").is_none(), "all are taken");
        drop(first);
        assert!(now(&places, "192.0.2.2").is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_a_mapped_address_is_that_of_ipv4() {
        let places = places();
        let _first = now(&places, "2001:db8::1").unwrap();
        let _second = now(&places, "2001:db8::2").unwrap();
        assert!(now(&places, "2001:db8:0:0:ffff::").is_none());
        assert!(now(&places, "2001:db8:0:1::").is_some());
        let places = self::places();
        let _first = now(&places, "192.0.2.1").unwrap();
        let _second = now(&places, "::ffff:192.0.2.1").unwrap();
        assert!(now(&places, "192.0.2.1").is_none());
    }

    #[test]
    fn nothing_is_remembered_of_an_address_that_has_no_place() {
        let places = places();
        for last in 0..250 {
            let address = format!("192.0.2.{last}");
            let _one = now(&places, &address).unwrap();
            let _two = now(&places, &address).unwrap();
            assert!(now(&places, &address).is_none());
        }
        assert!(places.addresses.lock().is_empty());
    }
}
