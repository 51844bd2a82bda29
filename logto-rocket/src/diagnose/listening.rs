//! [`Listening`]: where Rocket listens, if it does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

use super::arrivals::Arrivals;
use super::probe::{Probe, Sent};

/// Where Rocket listens, by its configuration.
#[derive(Clone, Debug)]
pub(crate) struct Listening {
    pub address: IpAddr,
    pub port: u16,
    pub has_tls: bool,
    /// The path of a route of this crate, as Rocket has it.
    pub path: String,
}

impl Listening {
    /// Whether this process listens: a request to its own port arrives. A local client of a test also lifts
    /// off, but does not listen.
    pub(super) async fn is_so(&self, arrivals: &Arrivals) -> bool {
        let (Some(url), Some(probe)) = (self.url(), Probe::new(arrivals)) else { return false };
        matches!(probe.send(&url).await, Sent::Here(_))
    }

    fn url(&self) -> Option<Url> {
        let address = match self.address {
            IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            address => address,
        };
        let (scheme, path) = (if self.has_tls { "https" } else { "http" }, &self.path);
        Url::parse(&format!("{scheme}://{}{path}", SocketAddr::new(address, self.port))).ok()
    }
}
