//! The rules for URLs.

use url::{Host, Url};

use super::errors::Wrong;
use crate::loopback::is_loopback;
use crate::shown::shown;

/// What stands behind an issuer in the address of its discovery document
/// ([OpenID Connect Discovery, section 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// The path of Logto's issuer below the endpoint.
const OIDC: &str = "/oidc";

/// The paths of the other addresses that Logto's console shows, below the endpoint.
const BELOW_ISSUER: [&str; 4] = ["/oidc/auth", "/oidc/token", "/oidc/me", "/oidc/jwks"];

/// The URL of Logto: https, or http on a loopback host. The issuer and its discovery address are
/// understood as well.
pub(super) fn endpoint(text: &str) -> Result<Url, Wrong> {
    let url = url_of_logto(text, "https://example.logto.app", "endpoint")?;
    let url = not_the_console(url)?;
    let issuer = url.as_str().strip_suffix(DISCOVERY);
    if let Some(issuer) = issuer.filter(|issuer| !issuer.ends_with(OIDC)) {
        let remedy = format!("write `issuer = \"{issuer}\"` instead of `endpoint`");
        return Err(Wrong::new(
            "is the address of a discovery document, but not of one below an endpoint",
            remedy,
        ));
    }
    let below = BELOW_ISSUER.iter().find_map(|end| url.as_str().strip_suffix(end));
    if let Some(endpoint) = below {
        let remedy = format!("write `{endpoint}`");
        return Err(Wrong::new("is an address below the endpoint, not the endpoint", remedy));
    }
    Ok(without(url, [DISCOVERY, OIDC]))
}

/// Where this server reaches Logto: any http or https URL.
pub(super) fn internal_endpoint(text: &str) -> Result<Url, Wrong> {
    let url = not_the_console(web_url(text, "http://logto:3001")?)?;
    Ok(without(url, [DISCOVERY, OIDC]))
}

/// Logto's issuer identifier: https, or http on a loopback host.
pub(super) fn issuer(text: &str) -> Result<Url, Wrong> {
    let url = url_of_logto(text, "https://example.logto.app/oidc", "issuer")?;
    match text.strip_suffix(DISCOVERY) {
        Some(issuer) => {
            let remedy = format!("write `{issuer}`, exactly as the document has it in `issuer`");
            Err(Wrong::new("is the address of a discovery document, not the issuer", remedy))
        }
        None => Ok(url),
    }
}

/// An https URL, or http on a loopback host. An error gives `example` for the right form.
pub(super) fn secure_url(text: &str, example: &str) -> Result<Url, Wrong> {
    secure_url_or(text, example, "use https")
}

/// The same for an address of Logto, which may have another one for servers.
fn url_of_logto(text: &str, example: &str, key: &str) -> Result<Url, Wrong> {
    let remedy = format!(
        "use https; if only servers use this address, write it into `internal_endpoint`, and into \
         `{key}` the https address that browsers use, as Logto has it in `ENDPOINT`"
    );
    secure_url_or(text, example, &remedy)
}

fn secure_url_or(text: &str, example: &str, remedy: &str) -> Result<Url, Wrong> {
    let url = web_url(text, example)?;
    let unspecified = match url.host() {
        Some(Host::Ipv4(address)) => address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_unspecified(),
        _ => false,
    };
    if unspecified {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        return Err(Wrong::new(
            "is an address that a server listens on, not one that a browser can open",
            format!("write `{}://localhost{port}`, or the name of the host", url.scheme()),
        ));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(Wrong::new(
            "is plain http, which an attacker on the network can read and change; http is allowed \
             only for a loopback host (`localhost`, `127.0.0.1`, `[::1]`)",
            remedy,
        ));
    }
    Ok(url)
}

fn web_url(text: &str, example: &str) -> Result<Url, Wrong> {
    let as_in_example = || match placeholder(text) {
        Some(part) => {
            let part = shown(part);
            format!("write your own value in place of `{part}`, for a URL such as `{example}`")
        }
        None => format!("write a URL such as `{example}`"),
    };
    let not = || {
        let url = host_alone(text).map(|url| format!("write `{url}`"));
        Wrong::new("is not an http or https URL", url.unwrap_or_else(as_in_example))
    };
    // The URL parser removes spaces and line breaks, and encodes others; a value that it would change is rejected.
    let is_allowed = |char: char| char.is_ascii_graphic() && !"\\<>\"{}|^`".contains(char);
    if !text.chars().all(is_allowed) {
        let what = "has a space or a character that is not allowed in a URL";
        return Err(Wrong::new(what, as_in_example()));
    }
    let url = Url::parse(text).map_err(|_| not())?;
    if !matches!(url.scheme(), "http" | "https") || !text.contains("://") {
        return Err(not());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Wrong::new("contains a user name or a password", "remove them"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Wrong::new(
            "has a query or a fragment",
            "remove `?` or `#` and everything after it",
        ));
    }
    Ok(url)
}

/// The URL that is meant by a host without a scheme.
fn host_alone(text: &str) -> Option<String> {
    let plain = |char: char| char.is_ascii_alphanumeric() || ".-:".contains(char);
    let url = Url::parse(&format!("https://{text}")).ok().filter(|_| text.chars().all(plain))?;
    if is_loopback(&url) {
        return Some(format!("http://{text}"));
    }
    text.contains('.').then(|| format!("https://{text}"))
}

/// What a manual leaves to its readers to fill in, such as `<tenant>`. It is not looked for beside a user name and
/// password, which are not shown.
fn placeholder(text: &str) -> Option<&str> {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_ ".contains(char);
    let between = |(open, close): (char, char)| {
        let (_, name) = text.split_once(open)?;
        let (name, _) = name.split_once(close)?;
        let start = text.find(open)?;
        let is_name = !name.is_empty() && name.chars().all(is_plain);
        text.get(start..start + name.len() + 2).filter(|_| is_name)
    };
    let kinds = [('<', '>'), ('{', '}'), ('[', ']')];
    kinds.into_iter().find_map(between).filter(|_| !text.contains('@'))
}

/// Refuses the address of the pages on which administrators work, which answers no sign-in.
fn not_the_console(url: Url) -> Result<Url, Wrong> {
    let of_the_cloud = url.host_str() == Some("cloud.logto.io");
    if of_the_cloud || url.path_segments().is_some_and(|mut path| path.next() == Some("console")) {
        return Err(Wrong::new(
            "is the address of Logto's console, not of Logto",
            "copy the \"Logto endpoint\" from the application's page in the console, such as \
             `https://example.logto.app`",
        ));
    }
    Ok(url)
}

/// The URL without these ends of its path, in this order, each of which may be missing.
fn without(mut url: Url, ends: [&str; 2]) -> Url {
    for end in ends {
        let path = url.path().trim_end_matches('/').strip_suffix(end).map(ToOwned::to_owned);
        if let Some(path) = path {
            url.set_path(&path);
        }
    }
    url
}
