//! [`Site`]: whether the address of the site leads to this process.

use url::Url;

use super::arrivals::{Arrival, Arrivals};
use super::finding::DiagnosisCheck::BaseUrl;
use super::finding::Finding;
use super::listening::Listening;
use super::probe::{Probe, Sent};
use crate::loopback::is_loopback;
use crate::oidc::Issuer;
use crate::shown::shown;

/// How many hosts are looked at.
const MOST: usize = 4;

/// Where browsers find the site, by the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The key that says so.
    pub key: &'static str,
    /// The address of a route of this crate at each host.
    pub routes: Vec<Url>,
    /// The path of this route in Rocket, and the path that it would have there if `proxy_prefix` had the
    /// other value.
    pub paths: [String; 2],
    /// The value of `proxy_prefix` for the second of these paths.
    pub other_proxy_prefix: &'static str,
}

impl Site {
    /// Sends requests to the addresses of the site, and looks how they come here.
    pub(super) async fn check(
        &self,
        listening: Option<&Listening>,
        arrivals: &Arrivals,
        issuer: &Issuer,
    ) -> Vec<Finding> {
        let is_so = match listening {
            Some(listening) => listening.is_so(arrivals).await,
            None => false,
        };
        let (Some(listening), Some(probe)) = (listening.filter(|_| is_so), Probe::new(arrivals))
        else {
            let cure = "call `Logto::diagnose()` in a handler or a task while the site runs";
            let found = "not checked: this process does not listen";
            let finding = Finding::unknown(BaseUrl, found, cure);
            return self.routes.first().map(|route| finding.of(base(route))).into_iter().collect();
        };
        let look = Look { site: self, listening, probe, key: issuer.key(self.key) };
        let mut findings = Vec::new();
        for route in self.routes.iter().take(MOST) {
            findings.push(look.at(route).await.of(base(route)));
        }
        let found = "not checked: there are too many hosts";
        findings.extend(
            self.routes
                .iter()
                .skip(MOST)
                .map(|route| Finding::unknown(BaseUrl, found, Look::open(route)).of(base(route))),
        );
        findings
    }
}

/// A look at the addresses of a site that is up.
struct Look<'a> {
    site: &'a Site,
    listening: &'a Listening,
    probe: Probe<'a>,
    key: String,
}

impl Look<'_> {
    async fn at(&self, route: &Url) -> Finding {
        match self.probe.send(route).await {
            Sent::Here(arrival) => self.arrived(route, &arrival),
            Sent::Elsewhere(status) => self.elsewhere(route, status),
            Sent::Refused => self.refused(route),
            Sent::Lost(why) => self.lost(route, &why).await,
        }
    }

    /// The request has come here; but not necessarily as it was sent.
    fn arrived(&self, route: &Url, Arrival { path, host }: &Arrival) -> Finding {
        let [expected, other] = &self.site.paths;
        if path == other && other != expected {
            return Finding::wrong(
                BaseUrl,
                format!(
                    "a request to {route} arrives at Rocket as `{path}`, but the routes are at \
                     `{expected}`"
                ),
                format!("set `logto.proxy_prefix` to \"{}\"", self.site.other_proxy_prefix),
            );
        }
        if path != expected {
            return Finding::wrong(
                BaseUrl,
                format!("a request to {route} arrives at Rocket as `{}`", shown(path)),
                format!("let the proxy pass the path on, or correct {}", self.key),
            );
        }
        let is_sent_on = |host: &str| {
            let url = Url::parse(&format!("{}://{host}", route.scheme()));
            url.is_ok_and(|url| url.origin() == route.origin())
        };
        if self.site.routes.len() > 1 && !host.as_deref().is_some_and(is_sent_on) {
            return Finding::wrong(
                BaseUrl,
                format!(
                    "a request to it arrives at Rocket with the `Host` `{}`, which is none of \
                     the configured hosts",
                    shown(host.as_deref().unwrap_or_default())
                ),
                "let the proxy pass the host on (nginx: `proxy_set_header Host $host`)",
            );
        }
        Finding::good(BaseUrl, "it leads to this process")
    }

    fn elsewhere(&self, route: &Url, status: u16) -> Finding {
        // Another process of the application has the same route, which answers with 200.
        if self.is_sure(route) && status != 200 {
            return Finding::wrong(
                BaseUrl,
                format!("another server answers there, not this application ({status} to {route})"),
                self.correct(),
            );
        }
        let found = format!(
            "a request from this server to it did not arrive at this process ({status}); another \
             process of the application may have answered"
        );
        Finding::unknown(BaseUrl, found, Self::open(route))
    }

    fn refused(&self, route: &Url) -> Finding {
        if self.is_sure(route) {
            let found =
                format!("nothing listens there; Rocket listens on port {}", self.listening.port);
            return Finding::wrong(BaseUrl, found, self.correct());
        }
        let found = "this server cannot connect to it, but browsers may be able to";
        Finding::unknown(BaseUrl, found, Self::open(route))
    }

    /// The finding if there was no answer. An answer by the other scheme shows the cause.
    async fn lost(&self, route: &Url, why: &str) -> Finding {
        let mut other = route.clone();
        let port = route.port_or_known_default();
        let is_https = route.scheme() == "https";
        let changed = other.set_scheme(if is_https { "http" } else { "https" });
        let changed = changed.is_ok() && other.set_port(port).is_ok();
        if changed && matches!(self.probe.send(&other).await, Sent::Here(_)) {
            let (found, cure) = if is_https {
                let found = "it says https, but the server there speaks plain http, so browsers cannot \
                     connect";
                (found, "give Rocket TLS (`tls` in Rocket.toml), or put a proxy with TLS in front")
            } else {
                (
                    "it says http, but the server there speaks TLS, so browsers cannot connect",
                    "write `https://`",
                )
            };
            return Finding::wrong(BaseUrl, found, format!("{cure}, or correct {}", self.key));
        }
        let found = format!("a request from this server to it got no answer: {}", shown(why));
        Finding::unknown(BaseUrl, found, Self::open(route))
    }

    /// Whether a browser at this address certainly gets the same server as this process does: both are on
    /// this machine, and this process listens on a loopback address only, so it is not behind the port of a
    /// container.
    fn is_sure(&self, route: &Url) -> bool {
        is_loopback(route) && self.listening.address.is_loopback()
    }

    fn correct(&self) -> String {
        let scheme = if self.listening.has_tls { "https" } else { "http" };
        format!(
            "correct {}: Rocket itself is at `{scheme}://localhost:{}`; if a proxy should answer \
             there, it must run and pass this path on",
            self.key, self.listening.port
        )
    }

    fn open(route: &Url) -> String {
        format!("open {route} in a browser, and check that a page of this site appears")
    }
}

/// The address of a route as far as a host of the site is known by it.
fn base(route: &Url) -> String {
    route.origin().ascii_serialization()
}
