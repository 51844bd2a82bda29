//! The methods of [`LogtoUser`] that call Logto: access tokens, user info, newer claims.

use super::{LogtoUser, Token};
use crate::claims::Claims;
use crate::error::{Call, Error};
use crate::names::{ORGANIZATIONS_RESOURCE, scope};
use crate::resource::ResourceIndicator;
use crate::session::TokenTarget;

/// # Tokens
///
/// A valid access token comes from memory without a request. Otherwise it comes from Logto, with
/// one token request at a time for each session. If Logto rotates the refresh token, the response
/// writes the new one into the session.
impl LogtoUser {
    /// An access token for an API resource, to call the API on behalf of the user. The guard
    /// [`AccessToken<R>`](crate::AccessToken) does the same before the handler runs.
    ///
    /// The sign-in must have asked for the resource: name it in `logto.resources` or in a
    /// requirement, or use the guard in a mounted handler. A resource that is known only at run time is
    /// [named by a text](ResourceIndicator).
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, LogtoUser, resource};
    ///
    /// resource!(Orders = "https://api.example.com/orders");
    ///
    /// #[get("/may-i")]
    /// async fn may_i(user: LogtoUser) -> Result<String, Error> {
    ///     let token = user.access_token(Orders).await?;
    ///     Ok(if token.has_scope("write:orders") { "yes" } else { "no" }.into())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Each with its status as the error of a handler:
    ///
    /// - [`Error::UndeclaredResource`] (500) if no sign-in asks for the resource;
    /// - [`Error::SignInAskedLess`] (401, which sends a browser through the sign-in once) if the sign-in of
    ///   this session did not ask for the resource, because the resource was added later;
    /// - [`Error::SessionOver`] (401) if Logto no longer accepts the session; the session of this site then
    ///   ends too;
    /// - [`Error::NoRefreshToken`] (401; 500 right after a sign-in) if Logto issued no refresh
    ///   token;
    /// - [`Error::Refused`] with `access_denied` (403) if Logto denies the user this token; the session does
    ///   not change;
    /// - [`Error::Unavailable`] (503) if Logto does not answer. This error and all others do not change the
    ///   session.
    pub async fn access_token<R: ResourceIndicator>(&self, resource: R) -> Result<Token, Error> {
        let resource = Some(resource.into_indicator());
        self.token(TokenTarget { resource, organization: None }).await
    }

    /// An access token for an API resource in an organization. The claim `organization_id` names
    /// the organization, and the token has the permissions of the user's roles there. It also has
    /// the permissions of the user's roles outside organizations, so the API must also check
    /// `organization_id`.
    ///
    /// The sign-in must have asked for the resource and for the scope
    /// `urn:logto:scope:organizations`.
    ///
    /// # Errors
    ///
    /// Those of [`access_token()`](Self::access_token). [`Error::Refused`] with `access_denied` (403) if the
    /// user is not a member of the organization, or no organization has this id.
    pub async fn access_token_for<R: ResourceIndicator>(
        &self,
        resource: R,
        organization: &str,
    ) -> Result<Token, Error> {
        let resource = Some(resource.into_indicator());
        self.token(TokenTarget { resource, organization: Some(organization.into()) }).await
    }

    /// An access token for an organization, by its id. It has the permissions of the user's roles
    /// there. Its audience is `urn:logto:organization:<id>`.
    ///
    /// The sign-in must have asked for the scope `urn:logto:scope:organizations`, and for each scope that the
    /// token should have. If a mounted route requires an organization, each sign-in asks for
    /// `urn:logto:scope:organizations` automatically.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, LogtoUser};
    ///
    /// #[get("/orgs/<org>/members")]
    /// async fn members(user: LogtoUser, org: &str) -> Result<String, Error> {
    ///     let token = user.organization_token(org).await?;
    ///     Ok(format!("may {}", token.scopes().join(" and ")))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`access_token()`](Self::access_token). The first two mean that no sign-in, or not the sign-in
    /// of this session, asked for organizations. [`Error::Refused`] with `access_denied` (403) if the user is
    /// not a member of the organization, or no organization has this id; the session does not change.
    pub async fn organization_token(&self, organization: &str) -> Result<Token, Error> {
        self.token(TokenTarget { resource: None, organization: Some(organization.into()) }).await
    }

    /// An access token for each of the user's [`organizations()`](Self::organizations), in the same order, each
    /// with the id of the organization. The requests to Logto run one after the other. If one fails, the others
    /// continue.
    ///
    /// The list is empty if the claims name no organizations. The log warns once if the cause is that the
    /// sign-in did not ask for the scope `urn:logto:scope:organizations`, or that `session.claims` does not
    /// contain `organizations`.
    ///
    /// # Errors
    ///
    /// Each result may have the errors of [`organization_token()`](Self::organization_token).
    pub async fn organization_tokens(&self) -> Vec<(&str, Result<Token, Error>)> {
        let mut tokens = Vec::new();
        for organization in self.organizations() {
            let token = self.organization_token(organization).await;
            tokens.push((organization.as_str(), token));
        }
        tokens
    }

    /// The user's access token for Logto itself: for its Account API (`/api/my-account`), for user info, and as
    /// [`actor_token()`](crate::TokenExchange::actor_token) of a token exchange. The token is opaque and for no
    /// resource or organization. Your own APIs should not accept it.
    ///
    /// Anyone who has the token can read the claims for which the sign-in asked, and change the account if Logto's
    /// account center allows it. Never send the token to a page. Every sign-in gets such a token, and it is
    /// renewed like the others.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, Logto, LogtoUser, authenticated};
    /// use rocket::http::Status;
    ///
    /// logto_rocket::resource!(Orders = "https://api.example.com/orders");
    ///
    /// // Logto's Account API, in the name of the user.
    /// #[get("/my-account")]
    /// async fn my_account(user: LogtoUser) -> Result<Result<String, Status>, Error> {
    ///     let token = user.account_token().await?;
    ///     let request = reqwest::Client::new().get("https://example.logto.app/api/my-account");
    ///     let answer = request.bearer_auth(token.as_str()).send().await;
    ///     let Ok(answer) = answer else { return Ok(Err(Status::BadGateway)) };
    ///     Ok(answer.text().await.map_err(|_| Status::BadGateway))
    /// }
    ///
    /// // The token for Orders names both: the customer, and in `act` who acts for the customer.
    /// #[authenticated(role = "support")]
    /// #[post("/act-for", data = "<subject_token>")]
    /// async fn act_for(
    ///     user: &LogtoUser,
    ///     logto: &Logto,
    ///     subject_token: &str,
    /// ) -> Result<String, Error> {
    ///     let actor = user.account_token().await?;
    ///     let exchange = logto.exchange_token(subject_token).actor_token(actor.as_str());
    ///     let token = exchange.resource(Orders).scope("read:orders").send().await?;
    ///     Ok(format!("good for {} seconds", token.expires_in().as_secs()))
    /// }
    /// # fn main() { let _ = routes![my_account, act_for]; }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`access_token()`](Self::access_token) except the first two, because every sign-in asks for
    /// this token.
    pub async fn account_token(&self) -> Result<Token, Error> {
        self.token(TokenTarget::default()).await
    }

    /// Removes the access tokens of this session from memory, so that the next ones come from Logto. Call this
    /// function after the user's permissions have changed. It takes effect in this process at once and, with
    /// sessions in a store, in other processes shortly after. Tokens that were already returned stay valid
    /// until they expire.
    pub fn clear_access_tokens(&self) {
        self.client().sessions().clear_tokens(self.session());
    }

    /// The scopes for which the sign-in asked Logto, in their order. For the scopes of a token, see
    /// [`Token::scopes()`].
    pub fn scopes(&self) -> Vec<&str> {
        self.session().asked.each_scope().collect()
    }

    /// Fetches the user's current claims from Logto and renews the token of
    /// [`account_token()`](Self::account_token). Call this function after the user's roles have changed, or
    /// before an action that must not depend on claims that are up to `session.revalidate_after` old. It
    /// returns the new user, and guards that run later in this request return the new user too. The old value
    /// does not change.
    ///
    /// This example needs the scope `roles`, as `scopes = ["roles"]` in the configuration:
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, LogtoUser};
    /// use rocket::http::Status;
    ///
    /// #[post("/launch")]
    /// async fn launch(user: LogtoUser) -> Result<Status, Error> {
    ///     let user = user.refresh().await?;
    ///     Ok(if user.has_role("commander") { Status::Ok } else { Status::Forbidden })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Each with its status as the error of a handler:
    ///
    /// - [`Error::SessionOver`] (401) if Logto no longer accepts the session, for example because the user was
    ///   suspended or deleted; the session of this site then ends too;
    /// - [`Error::NoRefreshToken`] (401; 500 right after a sign-in) if the session has no refresh token;
    /// - [`Error::Unavailable`] (503) if Logto does not answer; the session does not change.
    pub async fn refresh(&self) -> Result<Self, Error> {
        let session = self.client().sessions().refresh(self.session()).await?;
        Ok(Self::new(self.client(), session))
    }

    /// Fetches the user info from Logto with the token of [`account_token()`](Self::account_token). This crate
    /// renews the token if it has expired or Logto has revoked it. The claims of the session do not change;
    /// [`refresh()`](Self::refresh) renews them.
    ///
    /// User info also contains claims that ID tokens omit, such as `custom_data` and `identities`, if the
    /// sign-in asked for their scopes. To have these claims in every session, set `session.user_info`. User
    /// info about another user is rejected ([OpenID Connect Core, section
    /// 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
    ///
    /// # Errors
    ///
    /// Each with its status as the error of a handler:
    ///
    /// - [`Error::SessionOver`] (401) if Logto no longer accepts the session; the session of this site then
    ///   ends too;
    /// - [`Error::NoRefreshToken`] (401) if the access token has expired and cannot be renewed;
    /// - [`Error::Unavailable`] (503) if Logto did not answer; the session does not change.
    pub async fn fetch_user_info(&self) -> Result<Claims, Error> {
        let (sessions, session) = (self.client().sessions(), self.session());
        let access_token = sessions.access_token(session, TokenTarget::default()).await?.text;
        match self.client().oidc().user_info(&access_token, self.id()).await {
            Err(Error::Refused { code, .. }) if code == "invalid_token" => {
                sessions.forget_token(session, &TokenTarget::default(), &access_token);
                let renewed = sessions.access_token(session, TokenTarget::default()).await?.text;
                self.client().oidc().user_info(&renewed, self.id()).await
            }
            answer => answer,
        }
    }

    /// An access token for this resource or organization, if the sign-in asked for it.
    pub(crate) async fn token(&self, audience: TokenTarget) -> Result<Token, Error> {
        self.check_asked(&audience)?;
        // An empty id would count as no id, and the token would have more permissions than
        // intended.
        if audience.organization.as_deref().is_some_and(|id| !is_organization_id(id)) {
            return Err(self.client().oidc().refused(Call::Token, "access_denied"));
        }
        let token = self.client().sessions().access_token(self.session(), audience).await?;
        Ok(token.into())
    }

    /// An error if the sign-in did not ask for the resource or organization, because Logto then issues no
    /// token for it.
    fn check_asked(&self, audience: &TokenTarget) -> Result<(), Error> {
        let (client, asked) = (self.client(), &self.session().asked);
        if let Some(resource) = &audience.resource
            && !asked.has_resource(resource)
        {
            return Err(asked_less(resource, client.resources().contains(resource)));
        }
        if audience.organization.is_some() && !asked.has_scope(scope::ORGANIZATIONS) {
            let new_sign_ins_ask = client.scopes().iter().any(|it| it == scope::ORGANIZATIONS);
            return Err(asked_less(ORGANIZATIONS_RESOURCE, new_sign_ins_ask));
        }
        Ok(())
    }
}

/// The error if the sign-in did not ask for the resource. `new_sign_ins_ask`: whether new sign-ins ask for
/// it.
fn asked_less(resource: &str, new_sign_ins_ask: bool) -> Error {
    if new_sign_ins_ask {
        Error::SignInAskedLess
    } else {
        Error::UndeclaredResource { resource: resource.to_owned() }
    }
}

/// Whether this can be the id of an organization at Logto. A text such as `..`, which can come from a path, cannot.
pub(crate) fn is_organization_id(id: &str) -> bool {
    id.len() <= 128
        && id.bytes().all(|byte| byte.is_ascii_graphic())
        && id.bytes().any(|byte| byte.is_ascii_alphanumeric())
}
