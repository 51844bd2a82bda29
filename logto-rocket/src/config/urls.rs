//! The rules for URLs.

use url::Url;

use super::errors::Wrong;
use crate::loopback::is_loopback;

/// The URL of Logto: https, or http on a loopback host.
pub(super) fn endpoint(text: &str) -> Result<Url, Wrong> {
    let url = secure_url(text)?;
    if url.path().trim_end_matches('/').ends_with("/oidc") {
        return Err(Wrong::new(
            "ends in `/oidc`, which is part of the issuer",
            "remove `/oidc`, or set this value as `issuer`",
        ));
    }
    Ok(url)
}

/// Where this server reaches Logto: any http or https URL.
pub(super) fn internal_endpoint(text: &str) -> Result<Url, Wrong> {
    web_url(text)
}

/// An https URL, or http on a loopback host.
pub(super) fn secure_url(text: &str) -> Result<Url, Wrong> {
    let url = web_url(text)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(Wrong::new(
            "is plain http, which an attacker on the network can read and change; http is allowed \
             only for a loopback host (`localhost`, `127.0.0.1`, `[::1]`)",
            "use https",
        ));
    }
    Ok(url)
}

fn web_url(text: &str) -> Result<Url, Wrong> {
    let remedy = "write a URL such as `https://example.logto.app`";
    let not = || Wrong::new("is not an http or https URL", remedy);
    // The URL parser removes spaces and line breaks; a value that it would change is rejected.
    if !text.chars().all(|char| char.is_ascii_graphic() && char != '\\') {
        return Err(Wrong::new("has a space or a character that is not allowed in a URL", remedy));
    }
    let url = Url::parse(text).map_err(|_| not())?;
    if !matches!(url.scheme(), "http" | "https") || !text.contains("://") {
        return Err(not());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Wrong::new("contains a user name or a password", "leave them off"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Wrong::new(
            "has a query or a fragment",
            "leave off `?` or `#` and what follows",
        ));
    }
    Ok(url)
}
