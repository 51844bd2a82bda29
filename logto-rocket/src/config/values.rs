//! The values of the configuration: a value of each of these types is always valid.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::errors::Wrong;
use super::urls;
use crate::oidc::{ClientSecret, Prompt};
use crate::shown::shown;

/// Logto's issuer identifier: the exact text, which tokens must contain byte for byte, and its URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    /// Reads an issuer: an https URL, or http on a loopback host, without query and fragment
    /// ([OpenID Connect Discovery, section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)).
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        Ok(Self { text: text.into(), url: urls::issuer(text)? })
    }

    /// The issuer of the Logto at `endpoint`: `{endpoint}/oidc`.
    pub(super) fn of(endpoint: &Url) -> Result<Self, Wrong> {
        Self::parse(&format!("{}/oidc", endpoint.as_str().trim_end_matches('/')))
    }

    /// The text, to the byte.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL that the text means.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }
}

/// The secret of the application at Logto.
pub(super) fn app_secret(text: &str) -> Result<ClientSecret, Wrong> {
    if text.trim() == text && !text.is_empty() && text.chars().all(is_visible_or_blank) {
        return Ok(ClientSecret::from(text));
    }
    Err(Wrong::new(
        "is not an app secret: an app secret is visible ASCII without spaces around it",
        "copy the app secret from the application's page in Logto's console",
    ))
}

/// The origin of a site: https, or http on a loopback host. Written as browsers write it in the
/// `Origin` header ([RFC 6454, section 6.2](https://www.rfc-editor.org/rfc/rfc6454#section-6.2)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    url: Url,
    text: String,
}

impl Origin {
    /// Reads the origin of another site.
    pub(super) fn of_another(text: &str) -> Result<Self, Wrong> {
        let url = urls::secure_url(text, "https://admin.example.com")?;
        let origin = Self::of(&url);
        if url.path() == "/" {
            return Ok(origin);
        }
        Err(Wrong::new(
            format!(
                "has the path `{}`; an origin is a scheme, a host and perhaps a port",
                shown(url.path())
            ),
            format!("write `{origin}`"),
        ))
    }

    /// `localhost` with the port, over https if there is TLS.
    pub(super) fn localhost(port: u16, has_tls: bool) -> Self {
        let url = if has_tls { "https://localhost" } else { "http://localhost" };
        let mut url = Url::parse(url).expect("a constant URL");
        // Fails only for URLs that can have no port.
        let _ = url.set_port(Some(port));
        Self::of(&url)
    }

    /// The origin of a URL.
    pub(super) fn of(url: &Url) -> Self {
        let text = url.origin().ascii_serialization();
        let mut url = url.clone();
        url.set_path("/");
        Self { url, text }
    }

    /// The origin as a URL with the path `/`.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The origin as browsers write it, without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a request with this `Host` is for the origin. Letter case and the usual port make no
    /// difference.
    pub(crate) fn is_named(&self, host: &str) -> bool {
        let own = self.text.split_once("://").map_or("", |(_, own)| own);
        if own.eq_ignore_ascii_case(host) {
            return true;
        }
        let is_host = |char: char| char.is_ascii_alphanumeric() || ".-_:[]".contains(char);
        let named = Url::parse(&format!("{}://{host}", self.url.scheme()));
        host.chars().all(is_host) && named.is_ok_and(|url| url.origin() == self.url.origin())
    }

    /// Whether the host is one of those that only manuals have
    /// ([RFC 2606](https://www.rfc-editor.org/rfc/rfc2606)). Networks of testers do have hosts below `.test`.
    pub(crate) fn is_of_documentation(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let is_in = |domain: &&str| {
            let rest = host.strip_suffix(*domain);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        ["example", "invalid", "example.com", "example.net", "example.org"].iter().any(is_in)
    }

    /// Whether the scheme is https.
    pub(super) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The path that the routes are mounted under. It begins with `/`, does not end with `/`, and its
/// segments contain only letters, digits, `-`, `_`, `.` and `~`, so that Rocket, browsers and Logto
/// interpret it in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base(String);

impl Base {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let remedy = "write a path such as `/auth`";
        let Some(path) = text.strip_prefix('/') else {
            return Err(Wrong::new("is not a path: it does not begin with `/`", remedy));
        };
        if path.is_empty() {
            return Err(Wrong::new(
                "is the root, where the routes could conflict with your own routes",
                remedy,
            ));
        }
        if path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            let what = "has an empty segment, `.`, `..` or a slash at its end";
            return Err(Wrong::new(what, remedy));
        }
        let plain = |char: char| char.is_ascii_alphanumeric() || "-_.~/".contains(char);
        if !path.chars().all(plain) {
            return Err(Wrong::new(
                "has a character other than letters, digits, `-`, `_`, `.` and `~`; \
                 dynamic segments cannot be part of a registered redirect URI",
                remedy,
            ));
        }
        Ok(Self(text.into()))
    }

    /// The path, without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Base {
    fn default() -> Self {
        Self("/auth".into())
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the `prompt` of an authorization request
/// ([OpenID Connect Core, section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
/// Only values that Logto supports are accepted.
pub(super) fn prompt(text: &str) -> Result<Vec<Prompt>, Wrong> {
    let remedy = "write \"consent\", \"login\", \"login consent\" or \"none\"";
    let mut prompt: Vec<Prompt> = Vec::new();
    for word in text.split(' ') {
        let Ok(value) = word.parse() else {
            let what = match word {
                "select_account" => "is refused by Logto, which has no `select_account`",
                _ => "is not a prompt that Logto knows",
            };
            return Err(Wrong::new(what, remedy));
        };
        if prompt.contains(&value) {
            return Err(Wrong::new("contains a prompt twice", remedy));
        }
        prompt.push(value);
    }
    if prompt.contains(&Prompt::None) && prompt.len() > 1 {
        return Err(Wrong::new("combines `none` with another prompt", remedy));
    }
    Ok(prompt)
}

/// The PEM file of a private certificate authority, read and checked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CaCertificates {
    /// Where the file is.
    pub(crate) path: PathBuf,
    /// The file: one or more certificates that a TLS client accepts as roots.
    pub(crate) pem: Vec<u8>,
}

impl CaCertificates {
    pub(super) fn read(path: PathBuf) -> Result<Self, Wrong> {
        let remedy = "give the path of a PEM file with the certificates of your own authority";
        let pem = std::fs::read(&path)
            .map_err(|why| Wrong::new(format!("cannot be read: {}", why.kind()), remedy))?;
        let none =
            || Wrong::new("contains no PEM certificate (`-----BEGIN CERTIFICATE-----`)", remedy);
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| none())?;
        if certificates.is_empty() {
            return Err(none());
        }
        let client = reqwest::Client::builder().use_rustls_tls().tls_built_in_root_certs(false);
        let client =
            certificates.into_iter().fold(client, reqwest::ClientBuilder::add_root_certificate);
        client
            .build()
            .map_err(|_| Wrong::new("contains a certificate that cannot be read", remedy))?;
        Ok(Self { path, pem })
    }
}

impl fmt::Debug for CaCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CaCertificates").field(&self.path).finish()
    }
}

fn is_visible_or_blank(char: char) -> bool {
    char.is_ascii_graphic() || char == ' '
}
