//! [`AccessToken`]: the guard that gets an access token of the user.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::{answer, is_detached_parameter, refusal};
use crate::client::Client;
use crate::error::Refusal;
use crate::request::{RequestState, user_of};
use crate::resource::{Resource, uri_of};
use crate::session::TokenTarget;
use crate::trace::Span;
use crate::user::Token;

/// An access token of the user for the API resource `R`, renewed when necessary. As a handler's parameter, the
/// guard also adds the resource and its declared [scopes](Resource::SCOPES) to every sign-in, so you need not
/// configure them elsewhere.
///
/// The guard refuses a request
///
/// - with 401 if no user is signed in, or if the sign-in of this session did not ask for the resource because
///   the route is newer; a browser is then sent through the sign-in once;
/// - with 403 if Logto denies the token (`access_denied`), or if another site made the `POST`;
/// - with 503 if the token must come from Logto, which does not answer.
///
/// The guard never forwards. With `Option<AccessToken<R>>` and `Result<AccessToken<R>, Refusal>` the request
/// continues. Logto also issues tokens without permissions: check [`has_scope()`](Token::has_scope), or require
/// the scope with [`#[authenticated]`](crate::authenticated).
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
        let state = RequestState::of(request);
        let resource = const { uri_of::<R>() };
        let span = Span::decision(format_args!("an access token for `{resource}`"));
        let token = span.around(token(request, state, resource)).await;
        answer(state, &span, token).map(|token| Self(token, PhantomData))
    }
}

impl<R: Resource> Sentinel for AccessToken<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        let resource = const { uri_of::<R>() };
        if let Some(client) = Client::of(rocket) {
            client.declare(R::SCOPES.iter().copied(), [resource]);
        }
        is_detached_parameter(rocket, "AccessToken", Some(resource))
    }
}

/// The token of the request's user for a resource.
async fn token(
    request: &Request<'_>,
    state: &RequestState,
    resource: &str,
) -> Result<Token, Refusal> {
    let user = user_of(request, state).await?;
    let audience = TokenTarget { resource: Some(resource.into()), organization: None };
    let token = user.token(audience).await;
    token
        .map_err(|error| refusal(request, user, error, format!("an access token for `{resource}`")))
}
