//! What travels: the cookies of a browser, their names, and what is sealed in them.
//!
//! [`Cookies`] reads a request and says what a response is to write ([`CookieWrite`]); the fairing
//! alone writes it. Nothing here remembers a session, and nothing waits.

mod codec;
mod compact;
mod flow;
mod flows;
mod names;
mod post_logout;
mod session_cookies;
mod vault;
mod write;

use std::sync::atomic::AtomicBool;

use cookie::{Key, SameSite};

pub(crate) use self::flow::{AskedInFlow, Flow, MAX_RETURN_TO, StateHash};
use self::names::Names;
pub(super) use self::names::hash;
pub(crate) use self::session_cookies::TooLarge;
pub(super) use self::vault::{SealedAs, Vault};
pub(crate) use self::write::CookieWrite;
use super::lifetimes::Lifetimes;
use crate::clock::Clock;

/// The cookies of one application: what they are called, how they are sealed, and their attributes.
pub(crate) struct Cookies {
    names: Names,
    vault: Vault,
    attributes: Attributes,
    lifetimes: Lifetimes,
    clock: Clock,
    warned_of_size: AtomicBool,
}

/// What the application's cookies have in common.
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

/// What the names of the cookies are made of.
pub(super) struct Naming<'n> {
    pub issuer: &'n str,
    pub app_id: &'n str,
    /// Where our routes are mounted.
    pub base: &'n str,
    /// The port of the site, if it is plain http.
    pub port: Option<u16>,
    /// The name of the session's cookie, if the configuration gives one.
    pub configured: Option<&'n str>,
}

impl Cookies {
    /// The first key seals, all of them open.
    pub(super) fn new(
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
        let (vault, warned_of_size) =
            (Vault::new(keys, [naming.issuer, naming.app_id, naming.base]), AtomicBool::new(false));
        Self { names, vault, attributes, lifetimes, clock, warned_of_size }
    }

    /// What seals cookies, and the records of a store.
    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }
}
