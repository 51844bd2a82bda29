//! [`CookiesByHost`]: the cookies of an application at each of its hosts.

use cookie::Key;

use super::{Attributes, Cookies, Naming};
use crate::clock::Clock;
use crate::host::HostId;
use crate::session::lifetimes::Lifetimes;

/// The cookies of an application at each of its hosts, at least one. What is encrypted for one host cannot be
/// decrypted for another.
pub(in crate::session) struct CookiesByHost {
    first: Cookies,
    others: Vec<Cookies>,
}

impl CookiesByHost {
    /// Creates the cookies of the first host and of the others, each with its naming.
    pub fn new(
        first: &Naming<'_>,
        others: &[Naming<'_>],
        keys: &[Key],
        attributes: Attributes,
        lifetimes: Lifetimes,
        clock: &Clock,
    ) -> Self {
        let of = |host: HostId, naming: &Naming<'_>| {
            Cookies::new(host, naming, keys.to_vec(), attributes, lifetimes, clock.clone())
        };
        let others = others.iter().enumerate();
        Self {
            first: of(HostId::FIRST, first),
            others: others.map(|(at, naming)| of(HostId::new(at + 1), naming)).collect(),
        }
    }

    /// The cookies of a host.
    pub fn of(&self, host: HostId) -> &Cookies {
        let other = host.index().checked_sub(1).and_then(|at| self.others.get(at));
        other.unwrap_or(&self.first)
    }

    /// The cookies of each host.
    pub fn each(&self) -> impl Iterator<Item = &Cookies> {
        std::iter::once(&self.first).chain(&self.others)
    }
}
