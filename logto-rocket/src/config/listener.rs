//! [`Listener`]: what Rocket itself listens on, and whether the address of the site fits it.

use rocket::figment::Figment;

use super::BaseUrls;
use super::errors::Warning;
use super::reader::Reader;
use super::values::Origin;
use crate::loopback::is_loopback;

/// What Rocket listens on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Listener {
    /// The port; 0 if the system chooses one.
    port: u16,
    /// Whether Rocket itself speaks TLS.
    pub(super) has_tls: bool,
}

impl Listener {
    /// What Rocket listens on with this configuration. If it is wrong, Rocket says so itself.
    pub(super) fn of(figment: &Figment) -> Self {
        let config = figment.extract::<rocket::Config>();
        config.map_or_else(
            |_| Self::default(),
            |it| Self { port: it.port, has_tls: it.tls_enabled() },
        )
    }

    /// The warning for each address at which browsers will hardly find the site.
    ///
    /// A reverse proxy usually has another port and the TLS, so only addresses of this machine are
    /// compared, at which there is seldom one.
    pub(super) fn warnings(
        self,
        base_urls: &BaseUrls,
        debug: bool,
        reader: &Reader,
    ) -> Vec<Warning> {
        let key = base_urls.key();
        let of_each = base_urls.hosts.iter().map(|host| self.warning(key, host, debug, reader));
        let mut warnings: Vec<_> = of_each.flatten().collect();
        warnings.dedup();
        warnings
    }

    fn warning(
        self,
        key: &str,
        base_url: &Origin,
        debug: bool,
        reader: &Reader,
    ) -> Option<Warning> {
        if !is_loopback(base_url.url()) {
            return None;
        }
        if !debug {
            let what = format!(
                "is an address of this machine, but the profile is `{}`, not `debug`: after the \
                 sign-in, a browser on another machine is sent to itself",
                reader.profile()
            );
            return Some(reader.warning(key, &what, "write the address that browsers see"));
        }
        let port = base_url.url().port_or_known_default().filter(|_| self.port != 0)?;
        let what = if port != self.port {
            format!(
                "has port {port}, but Rocket listens on port {}: unless a proxy at port {port} \
                 passes requests on, browsers do not find the site there",
                self.port
            )
        } else if base_url.is_https() && !self.has_tls {
            "is https, but Rocket has no TLS: browsers cannot connect to the site".into()
        } else if !base_url.is_https() && self.has_tls {
            "is http, but Rocket has TLS: browsers cannot connect to the site".into()
        } else {
            return None;
        };
        let right = Origin::localhost(self.port, self.has_tls);
        let cure = format!("write `{right}`, or leave it out in the debug profile");
        Some(reader.warning(key, &what, &cure))
    }
}
