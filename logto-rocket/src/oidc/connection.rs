//! Why a request got no answer: where it went, what happened, and which key to look at.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use url::Url;

use super::settings::IssuerSettings;

/// Why there was no answer to a request to `url`, in words.
pub(super) fn failure(error: &reqwest::Error, url: &Url, settings: &IssuerSettings) -> String {
    let (place, advice) = (address(url), settings.advice());
    if error.is_timeout() && error.is_connect() {
        let (limit, key) = (settings.connect_timeout, settings.key("connect_timeout"));
        return format!("no connection to {place} within {limit:?} ({key}){advice}");
    }
    let reasons = reasons(error);
    match kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => format!(
            "the connection to {place} was refused; nothing listens there, or a firewall blocks it\
             {advice}"
        ),
        // The resolver's and the TLS library's errors have no types that reach here.
        _ if reasons.contains("dns error") => {
            format!("no connection to {place}: the host name cannot be resolved{advice}")
        }
        _ if reasons.contains("InvalidContentType") => format!(
            "no TLS connection to {place}: the server there does not speak TLS; write the port at which it \
             does, or `http` if it is on this machine{advice}"
        ),
        _ if error.is_connect() && url.scheme() == "https" => format!(
            "no TLS connection to {place}: {reasons}; for a certificate authority of your own, set {}\
             {advice}",
            settings.key("ca_certificates")
        ),
        _ => format!("no answer from {place}: {reasons}"),
    }
}

/// Why there was no complete answer in time.
pub(super) fn too_slow(limit: Duration, url: &Url, settings: &IssuerSettings) -> String {
    let place = address(url);
    let key = settings.key("timeout");
    format!("no complete answer within {limit:?} from {place}; {key} is {:?}", settings.timeout)
}

/// The address without the query, which may hold what is for a browser only.
pub(super) fn address(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

/// The kind of the fault of the connection, if that was it.
fn kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut source = error.source();
    let mut kind = None;
    while let Some(cause) = source {
        kind = cause.downcast_ref::<io::Error>().map(io::Error::kind).or(kind);
        source = cause.source();
    }
    kind
}

/// The error and what caused it, in one line.
pub(super) fn reasons(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
