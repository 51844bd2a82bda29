//! Which of the hosts of the site a request is for.

use rocket::Request;

use crate::client::Client;
use crate::host::HostId;

/// Why a request is for none of the hosts that are configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotListed {
    /// It names this host, or none.
    Other(Option<String>),
    /// It names several, which no browser does
    /// ([RFC 9112, section 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)).
    Several,
}

/// The host by which a request is judged. One that is for none of the site's own is judged by the first.
pub(crate) fn host_of(request: &Request<'_>, client: &Client) -> HostId {
    listed_host(request, client).unwrap_or_default()
}

/// The host that a request is for: the only one, whatever the request says, or else the one that its
/// `Host`, or with HTTP/2 its `:authority`, names. `X-Forwarded-Host` is not read, because any client can
/// send it.
pub(crate) fn listed_host(request: &Request<'_>, client: &Client) -> Result<HostId, NotListed> {
    if client.hosts().len() == 1 {
        return Ok(HostId::FIRST);
    }
    let mut sent = request.headers().get("Host");
    let (header, second) = (sent.next(), sent.next());
    if second.is_some() {
        return Err(NotListed::Several);
    }
    // With HTTP/1, this is the same header, if Rocket can parse it.
    let authority = request.host().map(ToString::to_string);
    let named = match (header, authority.as_deref()) {
        (Some(header), Some(authority)) if !is_same(header, authority, client) => {
            return Err(NotListed::Several);
        }
        (Some(named), _) | (None, Some(named)) => named,
        (None, None) => return Err(NotListed::Other(None)),
    };
    client.host_named(named).ok_or_else(|| NotListed::Other(Some(named.to_owned())))
}

/// Whether two texts name the same host, of the site's own or another.
fn is_same(one: &str, other: &str, client: &Client) -> bool {
    let named = |text: &str| client.host_named(text);
    one.eq_ignore_ascii_case(other) || named(one).is_some() && named(one) == named(other)
}
