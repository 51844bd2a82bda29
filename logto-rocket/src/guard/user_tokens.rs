//! What a [`LogtoUser`] gets from Logto: access tokens, user info, newer claims.

use super::{LogtoUser, Token, is_organization_id};
use crate::claims::Claims;
use crate::error::{Call, Error};
use crate::requirement::{ORGANIZATIONS, ORGANIZATIONS_RESOURCE, Resource, uri_of};
use crate::session::TokenTarget;

/// # Tokens
///
/// Access tokens come from memory for as long as they are good, which takes no request; else from
/// Logto, with one token request at a time for each session, however many ask. The rotated refresh
/// token that may come along is written into the session by the response.
impl LogtoUser {
    /// An access token for an API resource, to call it in the user's name. The guard
    /// [`AccessToken<R>`](crate::AccessToken) does the same before the handler runs.
    ///
    /// The sign-in must have asked for the resource: name it in `logto.resources`, in a requirement,
    /// or let a mounted handler take the guard.
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
    /// - [`Error::SignInAskedLess`] (401, which sends a browser through the sign-in once) if this
    ///   session's sign-in did not, because the resource was declared later;
    /// - [`Error::SessionOver`] (401) if Logto no longer honours the session, which then ends here
    ///   as well;
    /// - [`Error::NoRefreshToken`] (401; 500 right after a sign-in) if Logto gave no refresh token;
    /// - [`Error::Refused`] with `access_denied` (403) if Logto denies the user this token, which
    ///   leaves the session as it is;
    /// - [`Error::Unavailable`] (503) if Logto does not answer, which does too. So do all others.
    pub async fn access_token<R: Resource>(&self, resource: R) -> Result<Token, Error> {
        let _ = resource;
        self.token(TokenTarget { resource: Some(uri_of::<R>().into()), organization: None }).await
    }

    /// An access token for an API resource as it is seen from an organization: it names the
    /// organization in the claim `organization_id`, and permits what the user's roles there permit.
    /// At Logto it also permits what the user's roles outside of organizations do, so the API must
    /// look at `organization_id` too.
    ///
    /// The sign-in must have asked for the resource and for the scope
    /// `urn:logto:scope:organizations`.
    ///
    /// # Errors
    ///
    /// Those of [`access_token()`](Self::access_token). [`Error::Refused`] with `access_denied`
    /// (403) if the user is no member of the organization, or there is none of this id.
    pub async fn access_token_for<R: Resource>(
        &self,
        resource: R,
        organization: &str,
    ) -> Result<Token, Error> {
        let _ = resource;
        let resource = Some(uri_of::<R>().into());
        self.token(TokenTarget { resource, organization: Some(organization.into()) }).await
    }

    /// An access token for an organization, by its id: it permits what the user's roles there
    /// permit. Its audience is `urn:logto:organization:<id>`.
    ///
    /// The sign-in must have asked for the scope `urn:logto:scope:organizations`, and for those that
    /// are to be among the permissions. A requirement that names an organization asks for it.
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
    /// Those of [`access_token()`](Self::access_token), the first two if no sign-in, or not this
    /// one, asked for organizations. [`Error::Refused`] with `access_denied` (403) if the user is no
    /// member of the organization, or there is none of this id; the session stays as it is.
    pub async fn organization_token(&self, organization: &str) -> Result<Token, Error> {
        self.token(TokenTarget { resource: None, organization: Some(organization.into()) }).await
    }

    /// An access token for each of the user's [`organizations()`](Self::organizations), by its id
    /// and in their order, one request to Logto after the other. One that fails does not keep the
    /// others from coming.
    ///
    /// It is empty if the claims name no organizations: also if the sign-in did not ask for the
    /// scope `urn:logto:scope:organizations`, or `session.claims` does not keep `organizations`.
    ///
    /// # Errors
    ///
    /// Each result has those of [`organization_token()`](Self::organization_token).
    pub async fn organization_tokens(&self) -> Vec<(&str, Result<Token, Error>)> {
        let mut tokens = Vec::new();
        for organization in self.organizations() {
            let token = self.organization_token(organization).await;
            tokens.push((organization.as_str(), token));
        }
        tokens
    }

    /// Forgets the access tokens of this session, so that the next ones come from Logto: after
    /// something changed what the user may do. That goes for this process; with sessions in a store
    /// the others follow a moment later. Tokens that were given out stay good until they expire.
    pub fn clear_access_tokens(&self) {
        self.logto().keeper().clear_tokens(self.session());
    }

    /// The scopes that the sign-in asked Logto for, in their order. What a token permits are
    /// [`Token::scopes()`].
    pub fn scopes(&self) -> Vec<&str> {
        self.session().asked.each_scope().collect()
    }

    /// Asks Logto now for what it knows of the user, and renews the access token of the sign-in:
    /// after something changed the user's roles, or before something that must not go by claims
    /// that are up to `session.revalidate_after` old. It answers with the new user; guards of this
    /// request that run later give the new one too. This one stays as it was.
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
    /// Each with its status as the error of a handler: [`Error::SessionOver`] (401) if Logto no
    /// longer honours the session, as that of a user who was suspended or deleted, which then ends
    /// here as well; [`Error::NoRefreshToken`] (401; 500 right after a sign-in) if there is nothing
    /// to ask with; [`Error::Unavailable`] (503) if Logto does not answer, which leaves the session
    /// as it is.
    pub async fn refresh(&self) -> Result<Self, Error> {
        let session = self.logto().keeper().refresh(self.session()).await?;
        Ok(Self::new(self.logto().clone(), session))
    }

    /// Asks Logto for what it knows of the user now, with the access token of the sign-in, which
    /// is renewed if it has expired or Logto has ended it before its time. The claims of the session
    /// stay as they are; [`refresh()`](Self::refresh) renews those.
    ///
    /// User info also has what ID tokens leave out: `custom_data`, `identities`, and so on, each if
    /// its scope was asked for. An answer about somebody else is thrown away
    /// ([OpenID Connect Core, section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if Logto no longer honours the session, which then ends here as well;
    /// [`Error::NoRefreshToken`] if the access token has expired and cannot be renewed;
    /// [`Error::Unavailable`] if Logto did not answer, which leaves the session as it is. As the
    /// error of a handler they are 401, 401 and 503.
    pub async fn fetch_user_info(&self) -> Result<Claims, Error> {
        let (sessions, session) = (self.logto().keeper(), self.session());
        let access_token = sessions.access_token(session, TokenTarget::default()).await?;
        match sessions.oidc().user_info(&access_token, self.id()).await {
            Err(Error::Refused { code, .. }) if code == "invalid_token" => {
                sessions.forget_token(session, &TokenTarget::default(), &access_token);
                let renewed = sessions.access_token(session, TokenTarget::default()).await?;
                sessions.oidc().user_info(&renewed, self.id()).await
            }
            answer => answer,
        }
    }

    /// An access token for what the sign-in has asked for.
    pub(super) async fn token(&self, audience: TokenTarget) -> Result<Token, Error> {
        self.check_asked(&audience)?;
        // An empty id would read like none, and the token would be good for more than was meant.
        if audience.organization.as_deref().is_some_and(|id| !is_organization_id(id)) {
            return Err(Error::Refused { call: Call::Token, code: "access_denied".into() });
        }
        let token = self.logto().keeper().current_token(self.session(), audience).await?;
        Ok(token.into())
    }

    /// Logto gives a token only for what the sign-in has asked for.
    fn check_asked(&self, audience: &TokenTarget) -> Result<(), Error> {
        let (logto, asked) = (self.logto(), &self.session().asked);
        if let Some(resource) = &audience.resource
            && !asked.has_resource(resource)
        {
            return Err(asked_less(resource, logto.resources().contains(resource)));
        }
        if audience.organization.is_some() && !asked.has_scope(ORGANIZATIONS) {
            let declared = logto.scopes().iter().any(|scope| scope == ORGANIZATIONS);
            return Err(asked_less(ORGANIZATIONS_RESOURCE, declared));
        }
        Ok(())
    }
}

/// Whether another sign-in would ask for the resource, or none does.
fn asked_less(resource: &str, declared: bool) -> Error {
    if declared {
        Error::SignInAskedLess
    } else {
        Error::UndeclaredResource { resource: resource.to_owned() }
    }
}
