//! [`Token`]: an access token of the user, and [`AccessToken`], the guard that gets one.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::token_claims::TokenClaims;
use super::{answer, is_detached, refusal, user};
use crate::logto::Logto;
use crate::oidc::AccessToken as Text;
use crate::refusal::Refusal;
use crate::requirement::{Resource, uri_of};
use crate::session::{CachedToken, TokenTarget};
use crate::visit::Visit;

/// An access token of the user, to call an API with in the user's name. The guard
/// [`AccessToken<R>`](AccessToken) and the methods of [`LogtoUser`](crate::LogtoUser) give one.
///
/// Whoever has the text can do with it what the user may do, until it expires: send it to the API
/// that it is for, as `Authorization: Bearer …`
/// ([RFC 6750, section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)), and nowhere else.
/// It does not serialize, and its `Debug` prints all but the text.
#[derive(Clone)]
pub struct Token {
    text: Text,
    scopes: Vec<String>,
    expires_at: u64,
}

/// An access token of the user for the API resource `R`, renewed where that is due. As a handler's
/// parameter it also brings the resource into every sign-in: nothing else need name it.
///
/// It refuses
///
/// - with 401 if nobody is signed in, or if this session's sign-in did not ask for the resource
///   because the route is newer, which sends a browser through the sign-in once;
/// - with 403 if Logto denies the token (`access_denied`), and to another site's `POST`;
/// - with 503 if the token must come from Logto, which is out of reach.
///
/// It never forwards. `Option<AccessToken<R>>` and `Result<AccessToken<R>, Refusal>` let the request
/// through. That Logto gives a token does not say that it permits anything: look at
/// [`has_scope()`](Token::has_scope), or require the scope with
/// [`#[authenticated]`](crate::authenticated).
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{AccessToken, resource};
/// use rocket::http::Status;
///
/// resource!(pub Orders = "https://api.example.com/orders");
///
/// #[get("/orders")]
/// async fn orders(token: AccessToken<Orders>) -> Result<String, Status> {
///     let answer = reqwest::Client::new().get(Orders::URI).bearer_auth(token.as_str()).send();
///     let answer = answer.await.map_err(|_| Status::BadGateway)?;
///     answer.text().await.map_err(|_| Status::BadGateway)
/// }
/// # use logto_rocket::Resource;
/// # fn main() { let _ = routes![orders]; }
/// ```
pub struct AccessToken<R: Resource>(Token, PhantomData<fn() -> R>);

impl Token {
    /// The token as it is sent. It is a secret.
    pub fn as_str(&self) -> &str {
        self.text.reveal()
    }

    /// What Logto permits with the token. Permissions that the sign-in did not ask for are never
    /// among them.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether the token permits this.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// When the token expires, by the clock of this machine and as counted from the arrival of
    /// Logto's answer: up to the time that this took after `exp` in [`claims()`](Self::claims). It
    /// was given out with at least 60 seconds, or a tenth of its life, left; who keeps it for longer
    /// asks for it again.
    pub fn expires_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.expires_at)
    }

    /// What the token says, if it is a JWT, as Logto's tokens for API resources and organizations
    /// are; `None` of any other.
    ///
    /// It is decoded and not verified. That is right here: the token came from Logto itself over
    /// TLS, so nobody else has written it. Whoever receives a token from a client, as the API does,
    /// must verify it before believing a word.
    pub fn claims(&self) -> Option<TokenClaims> {
        TokenClaims::read(&self.text.payload()?)
    }
}

impl From<CachedToken> for Token {
    fn from(token: CachedToken) -> Self {
        Self { text: token.text, scopes: token.scopes, expires_at: token.expires_at }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut token = f.debug_struct("Token");
        token.field("scopes", &self.scopes).field("expires_at", &self.expires_at);
        token.finish_non_exhaustive()
    }
}

impl<R: Resource> Deref for AccessToken<R> {
    type Target = Token;

    fn deref(&self) -> &Token {
        &self.0
    }
}

impl<R: Resource> fmt::Debug for AccessToken<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccessToken").field(&self.0).finish()
    }
}

#[rocket::async_trait]
impl<'r, R: Resource> FromRequest<'r> for AccessToken<R> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let visit = Visit::of(request);
        answer(visit, token(request, visit, const { uri_of::<R>() }).await)
            .map(|token| Self(token, PhantomData))
    }
}

impl<R: Resource> Sentinel for AccessToken<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        if let Some(logto) = Logto::fetch(rocket) {
            logto.register_resource(const { uri_of::<R>() });
        }
        is_detached(rocket, "the guard `AccessToken`")
    }
}

/// The token of the request's user for a resource.
async fn token(request: &Request<'_>, visit: &Visit, resource: &str) -> Result<Token, Refusal> {
    let user = user::of(request, visit).await?;
    let audience = TokenTarget { resource: Some(resource.into()), organization: None };
    let token = user.token(audience).await;
    token
        .map_err(|error| refusal(request, user, error, format!("an access token for `{resource}`")))
}
