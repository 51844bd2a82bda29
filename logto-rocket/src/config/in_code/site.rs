//! Where the site is, and what it is called, written in code.

use super::{Config, RoutesConfig, list};

impl Config {
    /// The address of this site as browsers see it, such as `https://app.example.com`. A site that shares its
    /// host with others has a path, such as `https://example.com/app`. The address must be https, or http on a
    /// loopback host. Default: in the debug profile `http://localhost:{port}`, or `https` if Rocket itself has
    /// TLS; required otherwise. It determines the redirect URIs and whether cookies are `Secure`. The `Host`
    /// header is never used, because a client can forge it.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.set("base_url", url.into())
    }

    /// The addresses of a site at several hosts, instead of [`base_url()`](Config::base_url). All must have the
    /// same scheme and the same path. The `Host` of a request selects one of them; see [several
    /// hosts](crate::guide::deployment#several-hosts). Default: none.
    pub fn base_urls<S: Into<String>>(self, urls: impl IntoIterator<Item = S>) -> Self {
        self.set("base_urls", list(urls))
    }

    /// What the proxy does with the path of [`base_url()`](Config::base_url): `keep` if it passes on the whole
    /// path, so that all routes are mounted below it, or `strip` if it removes the path. Default: `keep`.
    pub fn proxy_prefix(self, what: impl Into<String>) -> Self {
        self.set("proxy_prefix", what.into())
    }

    /// The path below which sign-in, callback and sign-out are mounted, without a slash at its end and without
    /// the path of [`base_url()`](Config::base_url). Default: `/auth`. It is part of the redirect URIs that are
    /// registered at Logto.
    pub fn base(self, path: impl Into<String>) -> Self {
        self.set("base", path.into())
    }

    /// The names of single routes below [`base()`](Config::base), and which of them are left out.
    pub fn routes(self, routes: RoutesConfig) -> Self {
        self.set("routes", routes.into_dict())
    }

    /// The name of the site: plain text of at most 60 characters. Each built-in [page](crate::guide::pages)
    /// shows it. Default: the host of [`base_url()`](Config::base_url).
    pub fn site_name(self, name: impl Into<String>) -> Self {
        self.set("site_name", name.into())
    }
}
