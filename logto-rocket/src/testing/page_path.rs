//! [`check`]: whether a test names a page of the application as a browser asks for it.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rocket::http::uri::Origin;
use url::{Position, Url};

use super::IdpError;
use crate::local_path::LocalPath;
use crate::shown::shown;

/// What a path and query cannot have as it is, besides what is not ASCII.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// An error if this is not the path and query of a page.
pub(super) fn check(page: &str) -> Result<(), IdpError> {
    if is_path(page) { Ok(()) } else { Err(IdpError::NotAPath(page.to_owned())) }
}

/// Why this is not the path and query of a page, and how to write it.
pub(super) fn advice(page: &str) -> String {
    let named = shown(page);
    let url = Url::parse(page).ok().filter(Url::has_host);
    let (why, path) = if let Some(url) = url {
        (
            "is a URL, not a path of the application",
            url[Position::BeforePath..Position::AfterQuery].to_owned(),
        )
    } else if page.starts_with("//") {
        (
            "begins with two slashes, so it names a host",
            format!("/{}", page.trim_start_matches('/')),
        )
    } else if !page.starts_with('/') {
        ("does not begin with `/`", format!("/{page}"))
    } else if page.contains('#') {
        ("has a fragment, which no browser sends", page.to_owned())
    } else {
        ("has characters that a browser percent-encodes", page.to_owned())
    };
    let path = path.split('#').next().unwrap_or_default();
    let path = utf8_percent_encode(path, ENCODED).to_string();
    if is_path(&path) {
        format!("`{named}` {why}; write `{path}`")
    } else {
        format!("`{named}` is not the path and query of a page; write them as `/orders?page=2`")
    }
}

fn is_path(page: &str) -> bool {
    page.parse::<LocalPath>().is_ok() && Origin::parse(page).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_path_is_an_error_that_shows_how_to_write_it() {
        for (page, why, path) in [
            ("https://evil.example/account?x=1", "is a URL", "/account?x=1"),
            ("http://localhost:8000", "is a URL", "/"),
            ("/account#keys", "has a fragment", "/account"),
            ("/\u{e4}\u{f6}", "percent-encodes", "/%C3%A4%C3%B6"),
            ("/account?q=a b", "percent-encodes", "/account?q=a%20b"),
            ("account", "does not begin with `/`", "/account"),
            ("", "does not begin with `/`", "/"),
            ("//evil.example/account", "two slashes", "/evil.example/account"),
        ] {
            assert_eq!(check(page), Err(IdpError::NotAPath(page.into())), "{page}");
            let advice = advice(page);
            assert!(advice.contains(why), "{page}: {advice}");
            assert!(advice.ends_with(&format!("write `{path}`")), "{page}: {advice}");
            assert_eq!(check(path), Ok(()), "{path}");
        }
        for page in ["/", "/account/", "/account?return_to=/admin", "/a%20b?q=%C3%A4"] {
            assert_eq!(check(page), Ok(()), "{page}");
        }
    }
}
