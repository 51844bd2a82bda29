use std::sync::OnceLock;
use std::time::Duration;

use rocket::http::Header;
use serde_json::{Map, Value};

use super::error::IdpError;
use super::keys::{Keys, Signing};
use super::permitted::permitted;
use super::sign_in::LocalClient;
use crate::names::ORGANIZATION_AUDIENCE;
use crate::resource::ResourceIndicator;
use crate::resource_server::ResourceServer;

/// How long a token is valid, in seconds, as Logto's are.
const LIFE: u64 = 3600;

/// The key that signs the access tokens of [`bearer()`] for one application under test.
#[derive(Default)]
pub(crate) struct BearerKey(OnceLock<Keys>);

/// An access token for an application under test, without a provider. It is signed with a key that only this
/// application trusts, and can be used as the header of a request.
///
/// Set the audience with [`resource()`](BearerToken::resource) or
/// [`organization()`](BearerToken::organization). Without an audience the token is refused everywhere. By
/// default the subject is a user with the id `user`.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Bearer, Config, Logto, authenticated, resource, testing};
/// use rocket::http::Status;
/// use rocket::local::blocking::Client;
///
/// resource!(Orders = "https://api.example.com/orders");
///
/// #[authenticated(bearer, resource = Orders, scope = "read:orders")]
/// #[get("/orders")]
/// fn orders(caller: Bearer<Orders>) -> String { format!("for {}", caller.subject()) }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::new().endpoint("https://id.example.com");
/// let api = rocket::build().attach(Logto::resource_server().config(config));
/// let client = Client::tracked(api.mount("/", routes![orders]))?;
///
/// let token = testing::bearer(&client)?.resource(Orders).scopes(["read:orders"]).subject("alice");
/// let response = client.get("/orders").header(token).dispatch();
/// assert_eq!(response.into_string().as_deref(), Some("for alice"));
///
/// let expired = testing::bearer(&client)?.resource(Orders).scopes(["read:orders"]).expired();
/// assert_eq!(client.get("/orders").header(expired).dispatch().status(), Status::Unauthorized);
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`IdpError::Profile`] and [`IdpError::ReleaseBuild`] outside Rocket's debug profile and in builds
/// without debug assertions, [`IdpError::NotAttached`] without one of the fairings.
pub fn bearer(client: &impl LocalClient) -> Result<BearerToken<'_>, IdpError> {
    let rocket = client.orbit();
    permitted(&rocket.config().profile, cfg!(debug_assertions))?;
    let server = ResourceServer::of(rocket).ok_or(IdpError::NotAttached)?;
    let BearerKey(key) = rocket.state::<BearerKey>().ok_or(IdpError::NotAttached)?;
    let keys = if let Some(keys) = key.get() {
        keys
    } else {
        let generated = Keys::generate(Signing::Es384)?;
        let keys = key.get_or_init(|| generated);
        server.issuer().trust(keys.public());
        keys
    };
    let now = server.issuer().clock().now();
    let mut claims = Map::new();
    claims.insert("iss".into(), server.issuer().identifier().into());
    claims.insert("sub".into(), "user".into());
    claims.insert("client_id".into(), "client".into());
    claims.insert("iat".into(), now.into());
    claims.insert("exp".into(), (now + LIFE).into());
    Ok(BearerToken { keys, claims, now })
}

/// An access token to be made; see [`bearer()`].
#[derive(Clone)]
#[must_use = "it is for the header of a request"]
pub struct BearerToken<'c> {
    keys: &'c Keys,
    claims: Map<String, Value>,
    now: u64,
}

impl BearerToken<'_> {
    /// For this API resource.
    pub fn resource<R: ResourceIndicator>(self, resource: R) -> Self {
        let indicator = resource.into_indicator();
        self.claim("aud", indicator)
    }

    /// For this organization, or, if it is for a resource, limited to this organization.
    pub fn organization(self, id: &str) -> Self {
        if self.claims.contains_key("aud") {
            return self.claim("organization_id", id);
        }
        self.claim("aud", format!("{ORGANIZATION_AUDIENCE}{id}"))
    }

    /// With these scopes.
    pub fn scopes<'s>(self, scopes: impl IntoIterator<Item = &'s str>) -> Self {
        self.claim("scope", scopes.into_iter().collect::<Vec<_>>().join(" "))
    }

    /// About the user with this id.
    pub fn subject(self, id: &str) -> Self {
        self.claim("sub", id)
    }

    /// Issued to the application with this id.
    pub fn client_id(self, id: &str) -> Self {
        self.claim("client_id", id)
    }

    /// Issued to the application with this id for itself, without a user.
    pub fn machine(self, id: &str) -> Self {
        self.client_id(id).subject(id)
    }

    /// For a user who signed in at Logto this long ago (`auth_time`). Logto's own tokens do not have this
    /// claim, unless a JWT customizer of the tenant adds it.
    pub fn signed_in(self, ago: Duration) -> Self {
        let at = self.now.saturating_sub(ago.as_secs());
        self.claim("auth_time", at)
    }

    /// With a further claim, such as one that a JWT customizer adds, or with another value of a claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Expired a minute ago.
    pub fn expired(self) -> Self {
        let at = self.now - 60;
        self.claim("exp", at)
    }

    /// The token as text.
    pub fn text(&self) -> String {
        self.keys.sign(Some("at+jwt"), self.claims.clone(), "", &[])
    }
}

impl From<BearerToken<'_>> for Header<'static> {
    fn from(token: BearerToken<'_>) -> Self {
        Header::new("Authorization", format!("Bearer {}", token.text()))
    }
}
