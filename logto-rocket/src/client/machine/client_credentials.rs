//! [`ClientCredentials`]: tokens of the application itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use url::Url;

use super::machine_token::MachineToken;
use super::machine_tokens::Wanted;
use crate::client::{Client, Logto};
use crate::error::Error;
use crate::oidc::{ClientSecret, Machine};
use crate::resource::{Resource, uri_of};

/// The Management API of every Logto that one runs oneself.
const OWN_MANAGEMENT_API: &str = "https://default.logto.app/api";

/// The domain of the tenants of Logto Cloud.
const CLOUD: &str = ".logto.app";

/// Gets tokens of the application itself; from [`Logto::client_credentials()`].
///
/// It is cheap to clone, and may be kept for tasks that run beside the requests.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before a token is asked for"]
pub struct ClientCredentials {
    client: Arc<Client>,
    machine: Option<Machine>,
    scopes: BTreeSet<String>,
}

impl Logto {
    /// Tokens of the application itself, for calls that no user stands behind
    /// ([RFC 6749, section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    ///
    /// Logto gives them to applications of the type "Machine-to-machine" only, and refuses the one
    /// that users sign in to: register a second one and name it with
    /// [`app()`](ClientCredentials::app).
    ///
    /// Tokens are kept in this process by application, resource, organization and scopes. However
    /// many handlers want one at once, Logto is asked once; a handler that is cancelled loses
    /// nothing. A token is renewed when less than a minute, or than a tenth of its life, is left, and
    /// where that fails the old one is given as long as it lives. After an answer that is of no use
    /// nothing is asked for as long as Logto says, or 30 seconds.
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
    /// The machine-to-machine application to ask as, by its id and secret (default: the application
    /// of the configuration).
    pub fn app(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.machine = Some(Machine { id: id.into(), secret: ClientSecret::from(secret.into()) });
        self
    }

    /// One more scope that the token must have. Logto gives none that are not asked for.
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
    /// - [`Error::ScopeNotGranted`] (500) if Logto gave a token without a scope that was asked for:
    ///   the application has no role with it.
    /// - [`Error::Refused`] (503): `invalid_client` for a wrong id or secret, `invalid_request` for
    ///   an application that is not of the type "Machine-to-machine", `invalid_target` for a
    ///   resource that Logto does not know.
    /// - [`Error::Unavailable`] (503) if Logto does not answer, and did not a moment ago.
    /// - [`Error::BadAnswer`] (503) if it answers what cannot be read.
    pub async fn access_token<R: Resource>(&self, _resource: R) -> Result<MachineToken, Error> {
        self.token(Some(uri_of::<R>().into()), None).await
    }

    /// A token for an API resource, with what the application may do there in an organization.
    ///
    /// # Errors
    ///
    /// Those of [`access_token`](Self::access_token), and [`Error::Refused`] (503) with
    /// `access_denied` for an organization that the application does not belong to.
    pub async fn access_token_for<R: Resource>(
        &self,
        _resource: R,
        organization: impl Into<String>,
    ) -> Result<MachineToken, Error> {
        self.token(Some(uri_of::<R>().into()), Some(organization.into())).await
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

    /// A token for Logto's Management API, with its scope `all`. It opens everything there: users,
    /// applications, settings.
    ///
    /// The API's indicator is `https://default.logto.app/api` at a Logto of one's own, and
    /// `https://{tenant}.logto.app/api` at Logto Cloud, where the tenant is read from the endpoint.
    /// A cloud tenant with a domain of its own declares it, as the console shows it:
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
        let indicator = management_api_of(self.client.settings().issuer.as_str());
        self.clone().scope("all").token(Some(indicator), None).await
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
