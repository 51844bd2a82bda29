//! [`Kind`]: what a request is for, judged by headers that only the browser itself can set.

use rocket::Request;
use rocket::http::Method;

use super::headers::{header, is_htmx, is_prefetch, prefers_html};

/// The purpose of a request, by [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/), or by
/// `Accept` and `X-Requested-With` if the browser sends none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A user goes to a page.
    Navigation,
    /// The browser loads a page that the user may go to next.
    Prefetch,
    /// An image, a script, a frame.
    Embedded,
    /// A form that is sent.
    Form,
    /// A request by a script, or by a program that is not a browser.
    Script,
}

impl Kind {
    /// The kind of a request for a page of the application. Without Fetch Metadata, a request that
    /// prefers HTML is a navigation.
    pub fn of(request: &Request<'_>) -> Self {
        Self::judge(request, prefers_html(request))
    }

    /// Judges a request for a route of this crate: without Fetch Metadata, a request that accepts
    /// anything is a navigation as well.
    pub fn at_route(request: &Request<'_>) -> Self {
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
