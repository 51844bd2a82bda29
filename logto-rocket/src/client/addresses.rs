//! Where this application is: its hosts, its routes and the links to them.

use url::Url;

use super::{Client, DEFAULT_PORT};
use crate::config::Origin;
use crate::events::Event;
use crate::host::HostId;
use crate::local_path::{LocalPath, NotLocal};
use crate::session::MAX_RETURN_TO;
use crate::shown::shown;

impl Client {
    /// Sets the address of this site where only the launch knew it.
    pub fn launched_at(&self, port: u16) {
        self.hosts.get_or_init(|| self.settings.hosts_for_port(port));
    }

    /// The hosts of this site, at least one.
    pub fn hosts(&self) -> &[Origin] {
        self.hosts.get_or_init(|| self.settings.hosts_for_port(DEFAULT_PORT))
    }

    /// All hosts, in the order of the configuration.
    pub fn host_ids(&self) -> impl Iterator<Item = HostId> + use<> {
        (0..self.hosts().len()).map(HostId::new)
    }

    /// The host that requests with this `Host` are for.
    pub fn host_named(&self, host: &str) -> Option<HostId> {
        self.hosts().iter().position(|origin| origin.is_named(host)).map(HostId::new)
    }

    /// The origin of this site at a host, as browsers write it.
    pub fn origin(&self, host: HostId) -> &str {
        self.at(host).as_str()
    }

    fn at(&self, host: HostId) -> &Origin {
        let hosts = self.hosts();
        hosts.get(host.index()).unwrap_or(&hosts[0])
    }

    /// What is wrong with the `Host` of a request, if it names another site than `base_url`: Logto sends
    /// browsers back to `base_url`, where cookies of another host are not sent.
    pub fn other_host(&self, sent: Option<&str>, host: HostId) -> Option<String> {
        let sent = sent.filter(|sent| !self.at(host).is_named(sent))?;
        Some(format!(
            "the request's `Host` is `{}`, but `logto.base_url` is `{}{}`{}; open the site there, set \
             `logto.base_url`, or let the proxy pass the host on (nginx: `proxy_set_header \
             Host $host`)",
            shown(sent),
            self.origin(host),
            self.settings.base_urls.prefix,
            self.settings.source_of("base_url")
        ))
    }

    /// Logs once that sign-ins, or sign-outs, start under another name of this site.
    pub fn warn_of_other_host(&self, sent: Option<&str>, host: HostId, what: &'static str) {
        if let Some(other_host) = self.other_host(sent, host) {
            self.warnings.once("host", what, || format!("{what} starts elsewhere: {other_host}."));
        }
    }

    /// The name of this site at a host, for people.
    pub fn site_name(&self, host: HostId) -> &str {
        let of_host = || self.at(host).url().host_str().unwrap_or_default();
        self.settings.site_name.as_deref().unwrap_or_else(of_host)
    }

    /// The origin of Logto, to which a sign-out leads.
    pub fn logto_origin(&self) -> String {
        self.settings.connection.issuer.url().origin().ascii_serialization()
    }

    /// The path of a route of this crate, by its name.
    fn route(&self, name: &str) -> LocalPath {
        self.settings.base_path().join(name)
    }

    /// The URL of a route of this crate at a host, by its name, as Logto knows it.
    pub fn route_url(&self, host: HostId, name: &str) -> Url {
        let mut url = self.at(host).url().clone();
        url.set_path(self.route(name).as_str());
        url
    }

    /// Where Logto sends a browser back after a sign-in at a host.
    pub fn redirect_uri(&self, host: HostId) -> Url {
        self.route_url(host, &self.settings.routes.sign_in_callback)
    }

    /// Where Logto sends a browser back after a sign-out at a host.
    pub fn post_sign_out_uri(&self, host: HostId) -> Url {
        self.route_url(host, &self.settings.routes.sign_out_callback)
    }

    /// The page of this site to return to that a text from a request names. If the text names no page of this
    /// site, an event says why.
    pub fn return_to(&self, host: HostId, text: &str) -> Option<LocalPath> {
        let path = LocalPath::of_visitor(text, self.origin(host)).and_then(|path| {
            if path.as_str().len() > MAX_RETURN_TO {
                Err(NotLocal::TooLong)
            } else if self.settings.base_urls.prefix.holds(&path) {
                Ok(path)
            } else {
                Err(NotLocal::OtherApplication)
            }
        });
        path.map_err(|why| self.emit(&Event::ReturnToIgnored { why })).ok()
    }

    /// The path of the sign-in, which returns to a path of this site.
    pub fn sign_in(&self, return_to: Option<&LocalPath>) -> LocalPath {
        with_return_to(&self.sign_in_route(), return_to.map(LocalPath::as_str))
    }

    /// The path of a sign-in in which the user may choose another account than that of the session at
    /// Logto.
    pub fn sign_in_as_another(&self, return_to: Option<&LocalPath>) -> LocalPath {
        self.sign_in(return_to).with_parameter("switch", "1")
    }

    /// The path of a sign-out that ends the session at Logto also if there is none here.
    pub fn sign_out_everywhere(&self) -> LocalPath {
        self.sign_out(None).with_parameter("everywhere", "1")
    }

    /// The path of the sign-out, which returns to a path of this site.
    pub fn sign_out(&self, return_to: Option<&LocalPath>) -> LocalPath {
        with_return_to(
            &self.route(&self.settings.routes.sign_out),
            return_to.map(LocalPath::as_str),
        )
    }

    /// A link to the sign-in as text, with what a caller gives as the page to return to.
    pub fn sign_in_uri(&self, return_to: Option<&str>) -> String {
        with_return_to(&self.sign_in_route(), return_to).into()
    }

    /// A link to the sign-out as text.
    pub fn sign_out_uri(&self) -> String {
        self.sign_out(None).into()
    }

    /// Whether a browser, a proxy or Rocket may resolve the path to a route for sign-ins or sign-outs.
    pub fn leads_to_sign_in_or_out(&self, path: &LocalPath) -> bool {
        let routes = &self.settings.routes;
        let names = [Some(&routes.sign_in), routes.sign_up.as_ref(), Some(&routes.sign_out)];
        let mut routes = names.into_iter().flatten().map(|name| self.route(name));
        routes.any(|route| path.may_resolve_to(&route))
    }

    fn sign_in_route(&self) -> LocalPath {
        self.route(&self.settings.routes.sign_in)
    }
}

/// A path with the parameter `return_to`, if there is one.
fn with_return_to(path: &LocalPath, return_to: Option<&str>) -> LocalPath {
    return_to.map_or_else(|| path.clone(), |to| path.with_parameter("return_to", to))
}
