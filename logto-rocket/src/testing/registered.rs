//! [`Registered`]: the URIs to which a provider may send browsers.

use std::collections::BTreeSet;

use url::Url;

/// The URIs of one kind to which a provider may send browsers.
#[derive(Debug, Clone, Default)]
pub(super) struct Registered {
    /// Those that the builder describes. If there are any, there are no others.
    described: Vec<String>,
    /// Those of the applications that were given the provider.
    of_applications: BTreeSet<Url>,
}

impl Registered {
    pub(super) fn describe(&mut self, uri: &str) {
        self.described.push(uri.to_owned());
    }

    pub(super) fn add(&mut self, uri: Url) {
        self.of_applications.insert(uri);
    }

    /// Compares as Logto does: exactly, after the normalization of URLs. If the builder describes none, every
    /// URI on a loopback host counts as registered too.
    pub(super) fn has(&self, uri: &str) -> bool {
        let Ok(uri) = Url::parse(uri) else { return false };
        if self.described.is_empty() {
            let is_web = matches!(uri.scheme(), "http" | "https");
            let is_loopback = matches!(uri.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            return is_web && is_loopback || self.of_applications.contains(&uri);
        }
        self.described.iter().any(|known| Url::parse(known).is_ok_and(|known| known == uri))
    }
}
