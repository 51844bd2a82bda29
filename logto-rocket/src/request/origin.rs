//! [`Initiator`]: which page made a request. The one rule of "the site's own".

use rocket::Request;
use rocket::http::Method;

use super::headers::header;
use super::host::host_of;
use super::return_to::is_referred_by;
use crate::client::Client;
use crate::shown::shown;

/// Which page made a request, by the headers that a browser sets and no page can.
///
/// | `Sec-Fetch-Site` | `Origin` | `Referer` | initiator | may change something | may change the user | may sign out |
/// | --- | --- | --- | --- | --- | --- | --- |
/// | one of these two more than once | | any | `OtherSite` | no | no | no |
/// | `same-origin` | any | any | `OwnPage` | yes | yes | yes |
/// | `none` | any | any | `AddressBar` | yes | no | no |
/// | another value | this site's, or in `trusted_origins` | any | `TrustedPage` | yes | no | no |
/// | another value | another one, or none | any | `OtherSite` | no | no | no |
/// | absent | this site's | any | `OwnPage` | yes | yes | yes |
/// | absent | in `trusted_origins` | any | `TrustedPage` | yes | no | no |
/// | absent | another one | any | `OtherSite` | no | no | no |
/// | absent | absent | this site's | `OwnReferrer` | yes, but no `Upgrade` | yes | no |
/// | absent | absent | another one, or none | `Unstated` | yes, but no `Upgrade` | no | no |
///
/// "This site" is the host that the request is for: another host of the application is another site.
///
/// A request without either header does not come from a browser that supports them, and no other
/// site can make such a browser send this site's cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Initiator {
    /// A page of this site.
    OwnPage,
    /// A page of an origin in `trusted_origins`.
    TrustedPage,
    /// The user, by the address bar or a bookmark.
    AddressBar,
    /// Only `Referer` names a page of this site.
    OwnReferrer,
    /// No header says.
    Unstated,
    /// A page of another site.
    OtherSite,
}

impl Initiator {
    /// The initiator of a request.
    pub fn of(request: &Request<'_>, client: &Client) -> Self {
        if is_repeated(request, "Origin") || is_repeated(request, "Sec-Fetch-Site") {
            return Self::OtherSite;
        }
        let origin = header(request, "Origin");
        let site = client.origin(host_of(request, client));
        let own = origin == Some(site);
        let trusted = own || origin.is_some_and(|origin| is_trusted(origin, client));
        match (header(request, "Sec-Fetch-Site"), origin) {
            (Some("same-origin"), _) => Self::OwnPage,
            (Some("none"), _) => Self::AddressBar,
            (None, Some(_)) if own => Self::OwnPage,
            (_, Some(_)) if trusted => Self::TrustedPage,
            (Some(_), _) | (None, Some(_)) => Self::OtherSite,
            (None, None) if is_referred_by(request, site) => Self::OwnReferrer,
            (None, None) => Self::Unstated,
        }
    }

    /// Whether the session of the request counts: it changes nothing, or this site, a trusted one or
    /// no browser made it.
    pub fn may_act(request: &Request<'_>, client: &Client) -> bool {
        // Cheaper than a lookup, which hashes the name.
        let upgrade = request.headers().iter().any(|header| header.name() == "Upgrade");
        let safe = matches!(
            request.method(),
            Method::Get | Method::Head | Method::Options | Method::Trace
        );
        (safe && !upgrade) || Self::of(request, client).may_change_something(upgrade)
    }

    /// Why a request does not count as one of this site, for the log and for developers.
    pub fn why_foreign(request: &Request<'_>, client: &Client) -> String {
        let said: Vec<_> = ["Origin", "Sec-Fetch-Site"]
            .into_iter()
            .flat_map(|name| {
                let values = request.headers().get(name);
                values.map(move |value| format!("`{name}: {}`", shown(value)))
            })
            .collect();
        let said = if said.is_empty() {
            "it has no `Origin` and no `Sec-Fetch-Site`".to_owned()
        } else {
            format!("its headers are {}", said.join(" and "))
        };
        let site = client.origin(host_of(request, client));
        let cure = cure_of_foreign(request, client);
        format!("it does not come from a page of `{site}`: {said}; {cure}")
    }

    /// Whether the request may change something in the user's name, or, with `upgrade`, open a
    /// connection that can.
    pub fn may_change_something(self, upgrade: bool) -> bool {
        match self {
            Self::OwnPage | Self::TrustedPage | Self::AddressBar => true,
            Self::OwnReferrer | Self::Unstated => !upgrade,
            Self::OtherSite => false,
        }
    }

    /// Whether the request may sign another user in without asking.
    pub fn may_change_the_user(self) -> bool {
        matches!(self, Self::OwnPage | Self::OwnReferrer)
    }

    /// Whether the request may sign the user out without asking.
    pub fn may_sign_out(self) -> bool {
        self == Self::OwnPage
    }
}

/// What makes a request count as one of this site, by the headers that it has.
fn cure_of_foreign(request: &Request<'_>, client: &Client) -> String {
    if is_repeated(request, "Origin") || is_repeated(request, "Sec-Fetch-Site") {
        return "send each of these headers once, as a browser does; a proxy may add another one"
            .into();
    }
    match header(request, "Origin") {
        None => "a browser sends an `Origin` with such a request; another client has to send that \
                 of this site"
            .into(),
        Some("null") => {
            "the page has an opaque origin, like a sandboxed frame or a file, or hides \
                         its origin (`Referrer-Policy: no-referrer`); send the request from a page \
                         of this site"
                .into()
        }
        Some(_) => format!(
            "if you trust this origin, add it to `logto.trusted_origins`; if it is an address of \
             this site, correct `logto.base_url`{}",
            client.settings().source_of("base_url")
        ),
    }
}

/// Browsers send each of these headers once.
fn is_repeated(request: &Request<'_>, name: &str) -> bool {
    request.headers().get(name).nth(1).is_some()
}

fn is_trusted(origin: &str, client: &Client) -> bool {
    client.settings().trusted_origins.iter().any(|trusted| trusted.as_str() == origin)
}
