//! [`TokenExchange`]: a token that acts for a user.

use std::collections::BTreeSet;

use super::machine_token::MachineToken;
use crate::client::{Client, Logto};
use crate::error::Error;
use crate::oidc::{AccessToken, Exchange, SubjectTokenType};
use crate::resource::ResourceIndicator;

/// A token exchange that is about to be sent, from [`Logto::exchange_token()`].
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `.send().await`"]
pub struct TokenExchange<'l> {
    client: &'l Client,
    exchange: Exchange,
}

impl Logto {
    /// Exchanges a subject token for an access token that acts for its user ([RFC
    /// 8693](https://www.rfc-editor.org/rfc/rfc8693)). Logto calls this impersonation. It is for support staff
    /// who must see what a user sees.
    ///
    /// The subject token comes from Logto's Management API (`POST /api/subject-tokens`).
    /// [`management_api()`](crate::ClientCredentials::management_api) gets the access token for this API.
    /// Whoever can call such a handler can act as any user. Require a role, identify the acting user with
    /// [`actor_token()`](TokenExchange::actor_token), and log each exchange.
    ///
    /// Token exchange must be allowed in the application's settings at Logto.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, Logto, authenticated};
    ///
    /// logto_rocket::resource!(pub Orders = "https://api.example.com/orders");
    ///
    /// #[authenticated(role = "support")]
    /// #[post("/act-for", data = "<subject_token>")]
    /// async fn act_for(subject_token: &str, logto: &Logto) -> Result<String, Error> {
    ///     let exchange = logto.exchange_token(subject_token).resource(Orders);
    ///     let token = exchange.scope("read:orders").send().await?;
    ///     Ok(format!("good for {} seconds", token.expires_in().as_secs()))
    /// }
    /// # fn main() { let _ = routes![act_for]; }
    /// ```
    pub fn exchange_token(&self, subject_token: impl Into<String>) -> TokenExchange<'_> {
        let exchange = Exchange {
            subject: AccessToken::from(subject_token.into()),
            subject_type: SubjectTokenType::default(),
            actor: None,
            resource: None,
            organization: None,
            scopes: BTreeSet::new(),
        };
        TokenExchange { client: self.client(), exchange }
    }
}

impl TokenExchange<'_> {
    /// The type of the subject token (default: one that Logto's Management API created for a user).
    pub fn subject_token_type(mut self, subject_type: SubjectTokenType) -> Self {
        self.exchange.subject_type = subject_type;
        self
    }

    /// The opaque access token of the acting user, from [`account_token()`](crate::LogtoUser::account_token).
    /// The sign-in of that user must have asked for `openid`. The claim `act` of the new token names the acting
    /// user, so that both users are recorded.
    pub fn actor_token(mut self, token: impl Into<String>) -> Self {
        self.exchange.actor = Some(AccessToken::from(token.into()));
        self
    }

    /// The API resource that the token is for. Without a resource and an organization, the token is opaque and
    /// for user info.
    pub fn resource<R: ResourceIndicator>(mut self, resource: R) -> Self {
        self.exchange.resource = Some(resource.into_indicator());
        self
    }

    /// The id of the organization in which the user acts.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.exchange.organization = Some(id.into());
        self
    }

    /// One more scope. A token without scopes has no permissions.
    pub fn scope(self, scope: impl AsRef<str>) -> Self {
        self.scopes([scope])
    }

    /// More scopes.
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        for scope in scopes {
            self.exchange.scopes.extend(scope.as_ref().split_whitespace().map(ToOwned::to_owned));
        }
        self
    }

    /// Sends the exchange once. A subject token can be used only once, so the request is not
    /// repeated, and the answer is not cached.
    ///
    /// The token has those of the requested scopes that the user has. Logto omits the others without an error,
    /// so check [`has_scope()`](MachineToken::has_scope).
    ///
    /// # Errors
    ///
    /// As the response of a handler, [`Error::Refused`] is 502, or 403 with `access_denied`, and the others are
    /// 503, with the reason in the log:
    ///
    /// - [`Error::Refused`] with `invalid_grant` for a subject or actor token that is used, expired or unknown,
    ///   or whose user is suspended; `invalid_request` if the application may not exchange tokens;
    ///   `invalid_target` for a resource that Logto does not know; `access_denied` for an organization of which
    ///   the user is not a member.
    /// - [`Error::Unavailable`] if Logto does not answer. The subject token may have been used.
    /// - [`Error::BadAnswer`] if Logto's answer cannot be read.
    pub async fn send(self) -> Result<MachineToken, Error> {
        let clock = self.client.clock();
        let asked_at = clock.instant();
        let tokens = self.client.oidc().exchange_token(&self.exchange).await?;
        Ok(MachineToken::new(&tokens, asked_at, clock.clone()))
    }
}
