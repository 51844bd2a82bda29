//! [`Provider`]: where Logto's endpoints are, by its discovery document
//! ([OpenID Connect Discovery](https://openid.net/specs/openid-connect-discovery-1_0.html)).

use url::Url;

use super::http::{Http, bad_answer, moved};
use super::settings::IssuerSettings;
use super::types::Metadata;
use crate::error::{Call, Error};
use crate::loopback::is_loopback;

/// Logto's endpoints. Endpoints for a browser are on an origin that a browser can reach; [`Http`]
/// moves endpoints for this server to the internal origin.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    pub authorization: Url,
    pub token: Url,
    pub keys: Url,
    pub user_info: Option<Url>,
    pub revocation: Option<Url>,
    pub introspection: Option<Url>,
    pub pushed_authorization: Option<Url>,
    pub end_session: Option<Url>,
    /// Whether every answer to an authorization request names its issuer (RFC 9207).
    pub names_issuer: bool,
}

/// Gets the discovery document and reads it.
pub(super) async fn discover(
    http: &Http,
    settings: &IssuerSettings,
    issuer: &Url,
) -> Result<Provider, Error> {
    Provider::read(&fetch(http, settings).await?, settings, issuer)
}

/// Gets the discovery document.
pub(super) async fn fetch(http: &Http, settings: &IssuerSettings) -> Result<Metadata, Error> {
    let address = format!(
        "{}/.well-known/openid-configuration",
        settings.issuer.strip_suffix('/').unwrap_or(&settings.issuer)
    );
    let address = Url::parse(&address).map_err(|_| bad("the issuer is not a URL"))?;
    http.get_json(Call::Discovery, &address).await
}

impl Provider {
    /// Reads a discovery document, which must be that of the configured issuer.
    pub fn read(
        metadata: &Metadata,
        settings: &IssuerSettings,
        issuer: &Url,
    ) -> Result<Self, Error> {
        if metadata.issuer().as_str() != settings.issuer {
            return Err(bad(format!(
                "it names the issuer `{}`, but `{}` is configured; they must be equal byte for byte",
                metadata.issuer().as_str(),
                settings.issuer
            )));
        }
        Places { settings, issuer }.provider(metadata)
    }
}

/// Which origins endpoints may lie on.
struct Places<'a> {
    settings: &'a IssuerSettings,
    issuer: &'a Url,
}

impl Places<'_> {
    fn provider(&self, metadata: &Metadata) -> Result<Provider, Error> {
        let extra = metadata.additional_metadata();
        let token =
            metadata.token_endpoint().ok_or_else(|| bad("it names no `token_endpoint`"))?.url();
        Ok(Provider {
            authorization: self
                .for_browser("authorization_endpoint", metadata.authorization_endpoint().url())?,
            token: self.allowed("token_endpoint", token)?,
            keys: self.allowed("jwks_uri", metadata.jwks_uri().url())?,
            user_info: metadata
                .userinfo_endpoint()
                .map(|url| self.allowed("userinfo_endpoint", url.url()))
                .transpose()?,
            revocation: extra
                .revocation_endpoint
                .as_ref()
                .map(|url| self.allowed("revocation_endpoint", url))
                .transpose()?,
            introspection: extra
                .introspection_endpoint
                .as_ref()
                .map(|url| self.allowed("introspection_endpoint", url))
                .transpose()?,
            pushed_authorization: extra
                .pushed_authorization_request_endpoint
                .as_ref()
                .map(|url| self.allowed("pushed_authorization_request_endpoint", url))
                .transpose()?,
            end_session: extra
                .end_session_endpoint
                .as_ref()
                .map(|url| self.for_browser("end_session_endpoint", url))
                .transpose()?,
            names_issuer: extra.authorization_response_iss_parameter_supported,
        })
    }

    /// The endpoint at the address that a browser can reach. If Logto is asked at its internal
    /// address, it returns endpoints at that address.
    fn for_browser(&self, member: &str, url: &Url) -> Result<Url, Error> {
        let url = self.allowed(member, url)?;
        Ok(if self.is_internal(&url) { moved(&url, self.issuer) } else { url })
    }

    fn allowed(&self, member: &str, url: &Url) -> Result<Url, Error> {
        let known = url.origin() == self.issuer.origin() || self.is_internal(url);
        let elsewhere = !self.settings.endpoint_given
            && match url.scheme() {
                "https" => true,
                "http" => {
                    self.issuer.scheme() == "http" && is_loopback(self.issuer) && is_loopback(url)
                }
                _ => false,
            };
        let plain = url.username().is_empty() && url.password().is_none();
        if (known || elsewhere) && plain {
            Ok(url.clone())
        } else if self.settings.endpoint_given {
            Err(bad(format!(
                "its `{member}` is on {}, which is neither `endpoint` nor `internal_endpoint`",
                url.origin().ascii_serialization()
            )))
        } else {
            Err(bad(format!(
                "its `{member}` is on {}, which is not an https origin",
                url.origin().ascii_serialization()
            )))
        }
    }

    fn is_internal(&self, url: &Url) -> bool {
        self.settings.internal.as_ref().is_some_and(|internal| internal.origin() == url.origin())
    }
}

fn bad(why: impl Into<String>) -> Error {
    bad_answer(Call::Discovery, why)
}
