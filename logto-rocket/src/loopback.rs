//! Which hosts are this machine.

use url::{Host, Url};

/// Whether the URL's host is this machine: `localhost` and the names below it
/// ([RFC 6761, section 6.3](https://www.rfc-editor.org/rfc/rfc6761#section-6.3)), 127.0.0.0/8 or `::1`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_the_names_below_it_are_this_machine() {
        for host in
            ["localhost", "app.localhost", "a.b.localhost", "127.0.0.1", "127.9.9.9", "[::1]"]
        {
            assert!(is_loopback(&Url::parse(&format!("http://{host}:8000")).unwrap()), "{host}");
        }
    }

    #[test]
    fn other_hosts_are_not() {
        for host in
            ["notlocalhost", "localhost.example", "localhost.", "128.0.0.1", "0.0.0.0", "[::2]"]
        {
            assert!(!is_loopback(&Url::parse(&format!("http://{host}:8000")).unwrap()), "{host}");
        }
    }
}
