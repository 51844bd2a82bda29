//! The cookies of a browser, their names, and their encrypted contents.
//!
//! [`Cookies`] reads a request and returns what the response must write ([`CookieWrite`]). Only the fairing
//! writes it. [Each host](CookiesByHost) has its own `Cookies`. Nothing here remembers a session, and nothing
//! waits.

mod asked;
mod by_host;
mod codec;
mod compact;
mod flash;
mod flow;
mod flows;
mod names;
mod post_logout;
mod session_cookies;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod vault;
mod write;

use std::sync::atomic::AtomicBool;

use cookie::{Key, SameSite};

pub(crate) use self::asked::AskedInFlow;
pub(super) use self::by_host::CookiesByHost;
pub(crate) use self::flow::{Flow, FlowSecret, MAX_RETURN_TO, StateHash};
use self::names::Names;
pub(super) use self::names::hash;
pub(crate) use self::post_logout::PostLogout;
pub(crate) use self::session_cookies::TooLarge;
pub(super) use self::vault::{SealedAs, Vault};
pub(crate) use self::write::CookieWrite;
use super::lifetimes::Lifetimes;
use crate::clock::Clock;
use crate::host::HostId;

/// The cookies of an application at one of its hosts: their names, their encryption and their attributes.
pub(crate) struct Cookies {
    host: HostId,
    names: Names,
    vault: Vault,
    attributes: Attributes,
    lifetimes: Lifetimes,
    clock: Clock,
    warned_of_size: AtomicBool,
}

/// The attributes that all cookies of the application share.
#[derive(Clone, Copy)]
pub(super) struct Attributes {
    /// Whether they go over https only.
    pub secure: bool,
    /// `SameSite` of the session.
    pub same_site: SameSite,
    /// Whether browsers keep a session when they are closed, unless its sign-in says otherwise.
    pub persistent: bool,
    /// The most bytes that a session's cookies have together.
    pub max_bytes: usize,
}

/// The parts of the cookies' names, and the application and host that the cookies belong to.
#[derive(Clone, Copy)]
pub(super) struct Naming<'n> {
    pub issuer: &'n str,
    pub app_id: &'n str,
    /// Where browsers find our routes.
    pub base: &'n str,
    /// The host of the site, as far as it is known.
    pub host: &'n str,
    /// The port of the site, if the names of the cookies must contain it.
    pub port: Option<u16>,
    /// The name of the session's cookie, if the configuration gives one.
    pub configured: Option<&'n str>,
}

impl Cookies {
    /// The cookies of a host. The first key encrypts, and all keys decrypt.
    fn new(
        host: HostId,
        naming: &Naming<'_>,
        keys: Vec<Key>,
        attributes: Attributes,
        lifetimes: Lifetimes,
        clock: Clock,
    ) -> Self {
        let names = Names::new(
            attributes.secure,
            naming.configured,
            naming.app_id,
            naming.base,
            naming.port,
        );
        let owner = [naming.issuer, naming.app_id, naming.base, naming.host];
        let (vault, warned_of_size) = (Vault::new(keys, owner), AtomicBool::new(false));
        Self { host, names, vault, attributes, lifetimes, clock, warned_of_size }
    }

    /// The host that they are of.
    pub(super) fn host(&self) -> HostId {
        self.host
    }

    /// Encrypts cookies and the records of a store.
    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }
}
