//! [`Bearer`]: the program that presents an access token; [`Caller`]: a program or a signed-in user.

mod audience;
mod caller;

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;

pub(crate) use self::audience::required_audience;
pub use self::audience::{Organizations, TokenAudience, same_audience};
pub use self::caller::{AnyCaller, Caller};
use crate::oidc::VerifiedToken;

/// The program that presents an access token for `R`, an API resource or [`Organizations`], in
/// `Authorization: Bearer …` ([RFC 6750, section
/// 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)). As the parameter of a handler it is a
/// guard.
///
/// The token is verified according to [RFC 9068, section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4):
/// it is an access token for `R` from the configured issuer, signed by Logto and not expired. Below
/// [`#[authenticated(bearer, …)]`](crate::authenticated) it also meets the requirement. Without the attribute,
/// a token for an API resource that is limited to an organization is refused, and a `Bearer<Organizations>` may
/// be for any organization, so compare [`organization_id()`](Self::organization_id).
///
/// The guard refuses a request
///
/// - with 401 if there is no token, or the token is not valid or not for `R`;
/// - with 400 if the header is malformed or given twice;
/// - with 503 if Logto's keys are needed and cannot be fetched.
///
/// The guard never forwards. With `Option<Bearer<R>>` and `Result<Bearer<R>, Refusal>` the request continues.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Bearer, authenticated, resource};
///
/// resource!(pub Orders = "https://api.example.com/orders");
///
/// #[authenticated(bearer, resource = Orders, scope = "read:orders")]
/// #[get("/orders")]
/// fn orders(caller: Bearer<Orders>) -> String {
///     format!("the orders of {}", caller.subject())
/// }
/// # fn main() { let _ = routes![orders]; }
/// ```
pub struct Bearer<R: TokenAudience> {
    token: VerifiedToken,
    audience: PhantomData<fn() -> R>,
}

impl<R: TokenAudience> Bearer<R> {
    /// A token that is for `R`.
    pub(crate) fn new(token: VerifiedToken) -> Self {
        Self { token, audience: PhantomData }
    }

    /// The subject of the token: the user's id at Logto, or the id of the application if [it is a
    /// machine](Self::is_machine).
    pub fn subject(&self) -> &str {
        self.token.sub()
    }

    /// The id of the application to which Logto issued the token.
    pub fn client_id(&self) -> &str {
        self.token.client_id()
    }

    /// The id of the organization that the token is for or limited to.
    pub fn organization_id(&self) -> Option<&str> {
        self.token.organization()
    }

    /// The scopes of the token.
    pub fn scopes(&self) -> &[String] {
        self.token.scopes()
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|granted| granted == scope)
    }

    /// The audience of the token, which contains `R`.
    pub fn audience(&self) -> &[String] {
        self.token.audience()
    }

    /// Whether an application got the token for itself (client credentials), without a user.
    pub fn is_machine(&self) -> bool {
        self.token.is_machines()
    }

    /// When the token expires.
    pub fn expires_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.token.expires_at())
    }

    /// When Logto issued the token, if it says so.
    pub fn issued_at(&self) -> Option<SystemTime> {
        self.token.issued_at().map(|at| UNIX_EPOCH + Duration::from_secs(at))
    }

    /// All claims of the token as your own type, including those that a tenant's JWT customizer adds.
    ///
    /// # Errors
    ///
    /// If the claims cannot be read as a `T`; the message names the claim.
    ///
    /// ```
    /// use logto_rocket::{Bearer, Resource};
    /// # use rocket::serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// # #[serde(crate = "rocket::serde")]
    /// struct Plan {
    ///     plan: String,
    /// }
    ///
    /// fn is_gold<R: Resource>(caller: &Bearer<R>) -> bool {
    ///     caller.claims_as::<Plan>().is_ok_and(|claims| claims.plan == "gold")
    /// }
    /// ```
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.token.payload())
    }

    /// The token itself, to pass on to another API in its [audience](Self::audience). It is a secret.
    pub fn as_str(&self) -> &str {
        self.token.text()
    }
}

impl<R: TokenAudience> Clone for Bearer<R> {
    fn clone(&self) -> Self {
        Self::new(self.token.clone())
    }
}

impl<R: TokenAudience> fmt::Debug for Bearer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("subject", &self.subject())
            .field("client_id", &self.client_id())
            .field("organization_id", &self.organization_id())
            .field("scopes", &self.scopes())
            .finish_non_exhaustive()
    }
}

/// The program that presents this token, which was found to be for `R`.
#[doc(hidden)]
pub fn bearer<R: TokenAudience>(token: VerifiedToken) -> Bearer<R> {
    Bearer::new(token)
}

/// A caller whose token, if it has one, was found to be for `R`.
#[doc(hidden)]
pub fn caller<R: TokenAudience>(caller: AnyCaller) -> Caller<R> {
    caller.into()
}
