//! [`Kind`]: what a request is for, judged by headers that only the browser itself can set.

use rocket::Request;
use rocket::http::Method;

use super::headers::{header, is_navigation, is_prefetch, prefers_html};
use super::loader::Loader;

/// The purpose of a request, by [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/), or by
/// `Accept` and the headers of scripts if the browser sends none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A user goes to a page.
    Navigation,
    /// The browser loads a page that the user may go to next.
    Prefetch,
    /// A page in a frame of another one.
    Frame,
    /// An image, a style sheet, a script.
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

    /// The kind of a request for a route of this crate. Without Fetch Metadata, a request that accepts
    /// anything is a navigation as well.
    pub fn at_route(request: &Request<'_>) -> Self {
        let anything = request.accept().is_none_or(|accept| accept.preferred().is_any());
        Self::judge(request, anything || prefers_html(request))
    }

    fn judge(request: &Request<'_>, by_accept: bool) -> Self {
        if is_prefetch(request) {
            return Self::Prefetch;
        }
        let dest = header(request, "Sec-Fetch-Dest");
        let goes_to_a_page = match header(request, "Sec-Fetch-Mode") {
            None => by_accept && !is_scripts(request),
            // A service worker that passes a request on says `empty`.
            Some(_) if is_navigation(request) => match dest {
                None | Some("document" | "empty") => true,
                Some("iframe" | "frame" | "fencedframe" | "embed" | "object") => {
                    return Self::Frame;
                }
                Some(_) => return Self::Embedded,
            },
            Some(_) if dest.is_some_and(|dest| dest != "empty") => return Self::Embedded,
            Some(_) => false,
        };
        match request.method() {
            Method::Get | Method::Head if goes_to_a_page => Self::Navigation,
            // Every script in a browser says what it accepts.
            _ if goes_to_a_page && (prefers_html(request) || request.accept().is_none()) => {
                Self::Form
            }
            _ => Self::Script,
        }
    }
}

/// Whether a script says that it sends the request. An application on Android sends its own name in the same
/// header for each page that it shows.
fn is_scripts(request: &Request<'_>) -> bool {
    let by = header(request, "X-Requested-With");
    by.is_some_and(|by| by.eq_ignore_ascii_case("XMLHttpRequest")) || Loader::of(request).is_some()
}
