//! [`Arrivals`]: which requests of a diagnosis have come back to this process, and whether a first request
//! has come over the network.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;

/// The header by which a request of a diagnosis is known.
pub(super) const HEADER: &str = "Logto-Rocket-Diagnosis";

/// Which requests of a diagnosis have come back to this process. If no diagnosis waits for a request, each
/// request of the site costs only one read of an atomic number.
#[derive(Default)]
pub(crate) struct Arrivals {
    /// How many things are watched for.
    watches: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whether the first request over the network is watched for.
    first: bool,
    /// The requests that are under way, by what is in their header.
    under_way: BTreeMap<String, Option<Arrival>>,
}

/// A request of a diagnosis that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// The path as Rocket has it.
    pub path: String,
    pub host: Option<String>,
}

/// A request that is watched for, until this is dropped.
pub(super) struct Watch<'a> {
    arrivals: &'a Arrivals,
    /// What is in its header.
    pub token: String,
}

impl Arrivals {
    /// Watches for the first request over the network.
    pub fn watch_for_the_first(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.first {
            state.first = true;
            self.watches.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Watches for a request that this process sends.
    pub(super) fn watch(&self) -> Watch<'_> {
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.under_way.insert(token.clone(), None);
        self.watches.fetch_add(1, Ordering::Relaxed);
        Watch { arrivals: self, token }
    }

    /// Notes a request that has come. Whether it is the first over the network, if that is watched for.
    pub fn note(&self, request: &Request<'_>) -> bool {
        if self.watches.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = request.headers().get_one(HEADER) {
            if let Some(arrival) = state.under_way.get_mut(token) {
                let path = request.uri().path().as_str().to_owned();
                let host = request.headers().get_one("Host").map(ToOwned::to_owned);
                let host = host.or_else(|| request.host().map(ToString::to_string));
                *arrival = Some(Arrival { path, host });
            }
            return false;
        }
        let is_first = state.first && request.remote().is_some();
        if is_first {
            state.first = false;
            self.watches.fetch_sub(1, Ordering::Relaxed);
        }
        is_first
    }
}

impl Watch<'_> {
    /// The request, if it has come.
    pub fn arrival(&self) -> Option<Arrival> {
        let state = self.arrivals.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.under_way.get(&self.token).cloned().flatten()
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut state = self.arrivals.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.under_way.remove(&self.token);
        self.arrivals.watches.fetch_sub(1, Ordering::Relaxed);
    }
}
