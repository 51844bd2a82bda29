//! [`ClientCredentials`]: tokens of the application itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use url::Url;

use super::machine_token::MachineToken;
use super::machine_tokens::Wanted;
use crate::client::{Client, Logto};
use crate::error::Error;
use crate::names::{OWN_MANAGEMENT_API, scope};
use crate::oidc::{ClientSecret, Machine};
use crate::resource::ResourceIndicator;

/// The domain of the tenants of Logto Cloud.
const CLOUD: &str = ".logto.app";

/// Gets tokens of the application itself. Create one with [`Logto::client_credentials()`].
///
/// A `ClientCredentials` is cheap to clone, and background tasks may store it.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before a token is asked for"]
pub struct ClientCredentials {
    client: Arc<Client>,
    machine: Option<Machine>,
    scopes: BTreeSet<String>,
}

impl Logto {
    /// Tokens of the application itself, for calls without a user ([RFC 6749, section
    /// 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    ///
    /// Logto issues them only to applications of the type "Machine-to-machine", and not to the application to
    /// which users sign in. Register a second application and pass its id and secret to
    /// [`app()`](ClientCredentials::app).
    ///
    /// This process caches tokens by application, resource, organization and scopes. Concurrent handlers share
    /// one request to Logto, and the request continues if a handler is cancelled. A token is renewed when less
    /// than a minute, or less than a tenth of its lifetime, is left. If the renewal fails, the old token is
    /// used until it expires. After an answer without a usable token, this process makes no request for the
    /// time that Logto asks for, or for 30 seconds.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, Logto};
    ///
    /// logto_rocket::resource!(pub Stock = "https://api.example.com/stock");
    ///
    /// #[get("/stock")]
    /// async fn stock(logto: &Logto) -> Result<String, Error> {
    ///     let machine = logto.client_credentials().app("m2m-app-id", "its secret");
    ///     let token = machine.scope("read:stock").access_token(Stock).await?;
    ///     Ok(format!("good for {} seconds", token.expires_in().as_secs()))
    /// }
    /// # fn main() { let _ = routes![stock]; }
    /// ```
    pub fn client_credentials(&self) -> ClientCredentials {
        ClientCredentials {
            client: Arc::clone(self.client()),
            machine: None,
            scopes: BTreeSet::new(),
        }
    }
}

impl ClientCredentials {
    /// The machine-to-machine application that requests the token, by its id and secret (default:
    /// the application of the configuration).
    pub fn app(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.machine = Some(Machine { id: id.into(), secret: ClientSecret::from(secret.into()) });
        self
    }

    /// One more scope that the token must have. Logto grants only requested scopes.
    pub fn scope(self, scope: impl AsRef<str>) -> Self {
        self.scopes([scope])
    }

    /// More scopes that the token must have.
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        for scope in scopes {
            self.scopes.extend(scope.as_ref().split_whitespace().map(ToOwned::to_owned));
        }
        self
    }

    /// A token for an API resource.
    ///
    /// # Errors
    ///
    /// With the status as the response of a handler:
    ///
    /// - [`Error::ScopeNotGranted`] (500) if Logto issued a token without a requested scope,
    ///   because the application has no role with that scope.
    /// - [`Error::Refused`] (502): `invalid_client` for a wrong id or secret, `invalid_request` for
    ///   an application that is not of the type "Machine-to-machine", `invalid_target` for a
    ///   resource that Logto does not know.
    /// - [`Error::Unavailable`] (503) if Logto does not answer, or did not answer a moment ago.
    /// - [`Error::BadAnswer`] (503) if Logto's answer cannot be read.
    pub async fn access_token<R: ResourceIndicator>(
        &self,
        resource: R,
    ) -> Result<MachineToken, Error> {
        self.token(Some(resource.into_indicator()), None).await
    }

    /// A token for an API resource in an organization, with the application's permissions there.
    ///
    /// # Errors
    ///
    /// Those of [`access_token`](Self::access_token), and [`Error::Refused`] (403) with `access_denied` for an
    /// organization of which the application is not a member.
    pub async fn access_token_for<R: ResourceIndicator>(
        &self,
        resource: R,
        organization: impl Into<String>,
    ) -> Result<MachineToken, Error> {
        self.token(Some(resource.into_indicator()), Some(organization.into())).await
    }

    /// A token for an organization, by its id.
    ///
    /// # Errors
    ///
    /// Those of [`access_token_for`](Self::access_token_for).
    pub async fn organization_token(
        &self,
        organization: impl Into<String>,
    ) -> Result<MachineToken, Error> {
        self.token(None, Some(organization.into())).await
    }

    /// A token for Logto's Management API with the scope `all`. The token gives access to all users,
    /// applications and settings of the tenant.
    ///
    /// The API's indicator is `https://default.logto.app/api` at a self-hosted Logto, and
    /// `https://{tenant}.logto.app/api` at Logto Cloud, where the endpoint contains the tenant. For
    /// a cloud tenant with a custom domain, declare the indicator that the console shows:
    ///
    /// ```
    /// # use logto_rocket::{Error, Logto, MachineToken};
    /// logto_rocket::resource!(ManagementApi = "https://my-tenant.logto.app/api");
    ///
    /// # async fn token(logto: &Logto) -> Result<MachineToken, Error> {
    /// let machine = logto.client_credentials().app("m2m-app-id", "its secret");
    /// machine.scope("all").access_token(ManagementApi).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`access_token`](Self::access_token).
    pub async fn management_api(&self) -> Result<MachineToken, Error> {
        let indicator = management_api_of(self.client.settings().connection.issuer.as_str());
        self.clone().scope(scope::ALL).token(Some(indicator), None).await
    }

    async fn token(
        &self,
        resource: Option<String>,
        organization: Option<String>,
    ) -> Result<MachineToken, Error> {
        let (machine, scopes) = (self.machine.clone(), self.scopes.clone());
        let wanted = Wanted { machine, resource, organization, scopes };
        let client = &self.client;
        client.machine_tokens.get(client.oidc(), client.clock(), wanted).await
    }
}

/// The indicator of the Management API of the Logto with this issuer.
fn management_api_of(issuer: &str) -> String {
    let url = Url::parse(issuer).ok();
    match url.as_ref().and_then(Url::host_str) {
        Some(host) if host.ends_with(CLOUD) => format!("https://{host}/api"),
        _ => OWN_MANAGEMENT_API.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_management_api_is_that_of_the_tenant_or_of_ones_own_logto() {
        for (issuer, indicator) in [
            ("https://acme.logto.app/oidc", "https://acme.logto.app/api"),
            ("https://auth.example.com/oidc", OWN_MANAGEMENT_API),
            ("http://localhost:3001/oidc", OWN_MANAGEMENT_API),
            ("https://evil-logto.app/oidc", OWN_MANAGEMENT_API),
            ("https://acme.logto.app.example.com/oidc", OWN_MANAGEMENT_API),
        ] {
            assert_eq!(management_api_of(issuer), indicator, "{issuer}");
        }
    }
}
