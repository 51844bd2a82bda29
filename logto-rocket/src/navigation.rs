//! [`Kind`]: what a request is for, judged by what only the browser itself can say.

use rocket::Request;
use rocket::http::{MediaType, Method};

use crate::redirect::LocalPath;

/// What a browser makes a request for
/// ([Fetch Metadata](https://www.w3.org/TR/fetch-metadata/); where a browser sends none, by
/// `Accept` and `X-Requested-With`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Somebody goes to a page.
    Navigation,
    /// The browser guesses that somebody might go there.
    Prefetch,
    /// An image, a script, a frame.
    Embedded,
    /// A form that is sent.
    Form,
    /// A script asks, or a program that is no browser.
    Script,
}

impl Kind {
    /// Judges a request for a page of the application: without Fetch Metadata, a navigation is what
    /// prefers HTML.
    pub fn of(request: &Request<'_>) -> Self {
        Self::judge(request, prefers_html(request))
    }

    /// Judges a request for one of the doors: without Fetch Metadata, also a request that accepts
    /// anything is a navigation.
    pub fn at_door(request: &Request<'_>) -> Self {
        let anything = request.accept().is_none_or(|accept| accept.preferred().is_any());
        Self::judge(request, anything || prefers_html(request))
    }

    fn judge(request: &Request<'_>, by_accept: bool) -> Self {
        if is_prefetch(request) {
            return Self::Prefetch;
        }
        if is_htmx(request) || header(request, "X-Requested-With").is_some() {
            return Self::Script;
        }
        let fetched = match header(request, "Sec-Fetch-Mode") {
            None => by_accept.then_some(()).ok_or(Self::Script),
            Some("navigate") => match header(request, "Sec-Fetch-Dest") {
                None | Some("document") => Ok(()),
                Some(_) => Err(Self::Embedded),
            },
            Some(_) => match header(request, "Sec-Fetch-Dest") {
                None | Some("empty") => Err(Self::Script),
                Some(_) => Err(Self::Embedded),
            },
        };
        match (fetched, request.method()) {
            (Ok(()), Method::Get | Method::Head) => Self::Navigation,
            (Ok(()), _) if prefers_html(request) => Self::Form,
            (Ok(()), _) => Self::Script,
            (Err(kind), _) => kind,
        }
    }
}

/// Whether HTMX asks.
pub(crate) fn is_htmx(request: &Request<'_>) -> bool {
    header(request, "HX-Request") == Some("true")
}

/// Whether an answer in HTML is what the request prefers.
pub(crate) fn prefers_html(request: &Request<'_>) -> bool {
    request.accept().is_some_and(|accept| {
        let preferred = accept.preferred().media_type();
        preferred == &MediaType::HTML || preferred == &MediaType::new("application", "xhtml+xml")
    })
}

/// Whether the request comes from a page of this site: the browser says so itself, or, where it
/// says nothing, names this site as the origin.
pub(crate) fn is_own(request: &Request<'_>, origin: &str) -> bool {
    match header(request, "Sec-Fetch-Site") {
        Some(site) => site == "same-origin",
        None => match header(request, "Origin") {
            Some(from) => from == origin,
            None => referrer(request, origin).is_some(),
        },
    }
}

/// The page that somebody wants to come back to after signing in.
///
/// Of a navigation that is its own path and query, of anything else the page that it was made from.
pub(crate) fn page(request: &Request<'_>, kind: Kind, origin: &str) -> Option<LocalPath> {
    let boosted = header(request, "HX-Boosted") == Some("true");
    if kind == Kind::Navigation || boosted {
        return request.uri().to_string().parse().ok();
    }
    let current = header(request, "HX-Current-URL").filter(|_| is_htmx(request));
    match current {
        Some(url) => local(url, origin),
        None => referrer(request, origin),
    }
}

fn referrer(request: &Request<'_>, origin: &str) -> Option<LocalPath> {
    local(header(request, "Referer")?, origin)
}

/// The path and query of an absolute URL of this site.
fn local(url: &str, origin: &str) -> Option<LocalPath> {
    let mut url = url::Url::parse(url).ok()?;
    if url.origin().ascii_serialization() != origin {
        return None;
    }
    url.set_fragment(None);
    url[url::Position::BeforePath..].parse().ok()
}

fn is_prefetch(request: &Request<'_>) -> bool {
    ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].iter().any(|name| {
        request.headers().get(name).any(|value| {
            let value = value.to_ascii_lowercase();
            ["prefetch", "prerender", "preview"].iter().any(|purpose| value.contains(purpose))
        })
    })
}

pub(crate) fn header<'r>(request: &'r Request<'_>, name: &str) -> Option<&'r str> {
    request.headers().get_one(name)
}
