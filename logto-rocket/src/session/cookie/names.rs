//! [`Names`]: the names of this crate's cookies.

use sha2::{Digest, Sha256};

/// The maximum number of cookies that a session is split into.
pub(super) const MAX_PIECES: usize = 3;

/// The names of the cookies of one application.
///
/// The names are derived from the application's id and from the path of our routes, so that two applications on
/// one host do not overwrite each other's cookies. Browsers send the same cookies to all ports of a host. With
/// plain http, as on `localhost`, or if the site is at several ports of one host, the port is therefore part of
/// the names. With https the names have the prefix `__Host-`, so that a browser accepts the cookies from this
/// host only. The configuration may set another name for the session's cookie, but not for the others, because
/// a sibling domain must not be able to plant a sign-in.
#[derive(Clone, Debug)]
pub(super) struct Names {
    session: String,
    short_lived: String,
    flows: String,
}

impl Names {
    /// `port` is the site's port, if the names of the cookies must contain it.
    pub fn new(
        secure: bool,
        configured: Option<&str>,
        app_id: &str,
        base: &str,
        port: Option<u16>,
    ) -> Self {
        let prefix = if secure { "__Host-" } else { "" };
        let port = port.map_or_else(String::new, |port| format!("\n{port}"));
        let own = format!("{prefix}logto-{}", &hash(&format!("{app_id}\n{base}{port}"))[..6]);
        Self {
            session: configured.map_or_else(|| own.clone(), ToOwned::to_owned),
            flows: format!("{own}-flow-"),
            short_lived: own,
        }
    }

    /// The session, or its first piece.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// A further piece of the session, from 1.
    pub fn piece(&self, number: usize) -> String {
        format!("{}-{number}", self.session)
    }

    /// A sign-in, by its slot.
    pub fn flow(&self, slot: usize) -> String {
        format!("{}{slot}", self.flows())
    }

    /// The prefix of the names of the cookies of sign-ins.
    pub fn flows(&self) -> &str {
        &self.flows
    }

    /// Where to go after signing out.
    pub fn post_logout(&self) -> String {
        format!("{}-post-logout", self.short_lived)
    }
}

/// The SHA-256 of a text, in hexadecimal.
pub(in crate::session) fn hash(text: &str) -> String {
    use std::fmt::Write;

    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
