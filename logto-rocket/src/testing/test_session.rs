//! [`TestSession`]: the properties of a session that a test starts.

use std::time::Duration;

use rocket::Request;
use rocket::http::Cookie;
use serde::Serialize;
use serde_json::Value;

use super::bearer::{BearerToken, bearer};
use super::permitted::permitted;
use super::{IdpError, LocalClient, User};
use crate::claims::Claims;
use crate::client::Client;
use crate::events::Event;
use crate::flows::{Hooks, NotAdmitted};
use crate::host::HostId;
use crate::resource::ResourceIndicator;
use crate::session::{Begin, CachedToken, CachedTokens, NotCreated, TokenTarget};
use crate::session_values::{MAX_VALUES, SessionValues};
use crate::user::LogtoUser;

/// How long an access token is valid, in seconds, as Logto's are.
const LIFE: u64 = 3600;

/// A session for [`sign_in()`](super::sign_in()): a [`User`], with what the session has besides claims. The
/// methods of the same names on `User` make one, and a `User` can be passed directly.
///
/// ```
/// use std::time::Duration;
/// use logto_rocket::{resource, testing::User};
///
/// resource!(Orders = "https://api.example.com/orders");
///
/// let session = User::new("alice")
///     .role("clerk")
///     .access_token(Orders, ["read:orders"])
///     .organization_token("org_1", ["invite:member"])
///     .signed_in(Duration::from_secs(3600));
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is for `testing::sign_in`"]
pub struct TestSession {
    user: User,
    tokens: Vec<TestToken>,
    signed_in: Option<Duration>,
    values: Option<Result<SessionValues, String>>,
    without_hooks: bool,
}

#[derive(Debug, Clone)]
struct TestToken {
    target: TokenTarget,
    scopes: Vec<String>,
}

impl User {
    /// A session with an access token for an API resource; see [`TestSession::access_token`].
    pub fn access_token<'s, R: ResourceIndicator>(
        self,
        resource: R,
        scopes: impl IntoIterator<Item = &'s str>,
    ) -> TestSession {
        TestSession::from(self).access_token(resource, scopes)
    }

    /// A session with an access token for an organization; see [`TestSession::organization_token`].
    pub fn organization_token<'s>(
        self,
        organization: &str,
        scopes: impl IntoIterator<Item = &'s str>,
    ) -> TestSession {
        TestSession::from(self).organization_token(organization, scopes)
    }

    /// A session of a user who signed in at Logto this long ago; see [`TestSession::signed_in`].
    pub fn signed_in(self, ago: Duration) -> TestSession {
        TestSession::from(self).signed_in(ago)
    }

    /// A session with values of the application; see [`TestSession::values`].
    pub fn values<T: Serialize + ?Sized>(self, values: &T) -> TestSession {
        TestSession::from(self).values(values)
    }

    /// A session that begins without the hook; see [`TestSession::without_hooks`].
    pub fn without_hooks(self) -> TestSession {
        TestSession::from(self).without_hooks()
    }
}

impl TestSession {
    /// With an access token for an API resource, with these scopes, valid for one hour. Like the token of
    /// [`bearer()`](super::bearer()), it is signed with a key that only this application trusts.
    pub fn access_token<'s, R: ResourceIndicator>(
        self,
        resource: R,
        scopes: impl IntoIterator<Item = &'s str>,
    ) -> Self {
        self.token(Some(&resource.into_indicator()), None, scopes)
    }

    /// With an access token for an API resource that is limited to an organization.
    pub fn access_token_for<'s, R: ResourceIndicator>(
        self,
        resource: R,
        organization: &str,
        scopes: impl IntoIterator<Item = &'s str>,
    ) -> Self {
        self.token(Some(&resource.into_indicator()), Some(organization), scopes)
    }

    /// With an access token for an organization.
    pub fn organization_token<'s>(
        self,
        organization: &str,
        scopes: impl IntoIterator<Item = &'s str>,
    ) -> Self {
        self.token(None, Some(organization), scopes)
    }

    /// With a sign-in at Logto this long ago, for `max_age`. By default the sign-in was just now.
    pub fn signed_in(mut self, ago: Duration) -> Self {
        self.signed_in = Some(ago);
        self
    }

    /// With these values of the application in place of those that its hook returns; see
    /// [`SessionValues`].
    pub fn values<T: Serialize + ?Sized>(mut self, values: &T) -> Self {
        let values = SessionValues::new(values);
        self.values = Some(values.map_err(|error| {
            format!("`TestSession::values` got a value that cannot be written as JSON: {error}")
        }));
        self
    }

    /// Without the application's hook [`on_sign_in`](crate::LogtoFairing::on_sign_in), and without the
    /// event [`Event::SignedIn`].
    pub fn without_hooks(mut self) -> Self {
        self.without_hooks = true;
        self
    }

    fn token<'s>(
        mut self,
        resource: Option<&str>,
        organization: Option<&str>,
        scopes: impl IntoIterator<Item = &'s str>,
    ) -> Self {
        let [resource, organization] = [resource, organization].map(|it| it.map(str::to_owned));
        let scopes = scopes.into_iter().map(str::to_owned).collect();
        self.tokens.push(TestToken { target: TokenTarget { resource, organization }, scopes });
        self
    }

    /// Begins the session at an application, as the callback does, and answers with its cookies.
    pub(super) async fn begin(
        self,
        client: &impl LocalClient,
        request: &Request<'_>,
    ) -> Result<Vec<Cookie<'static>>, IdpError> {
        let rocket = client.orbit();
        permitted(&rocket.config().profile, cfg!(debug_assertions))?;
        let attached = Client::of(rocket).ok_or(IdpError::NotAttached)?;
        let sessions = attached.sessions();
        let tokens =
            self.cached_tokens(client, &attached.settings().app_id, attached.clock().now())?;
        let asked = attached.asked();
        let claims = self.claims(attached)?;
        let own = self.values.transpose().map_err(IdpError::Session)?;
        let host = HostId::FIRST;
        let begin = Begin { host, claims, asked, persistent: None, max_age: None, origin: None };
        let mut session = sessions.begin_without_logto(begin, tokens);
        sessions.create(&session).await.map_err(not_created)?;
        let mut values = None;
        if !self.without_hooks {
            let user = LogtoUser::new(attached, session.clone());
            match Hooks::admit(request, &user).await {
                Ok(own) => values = own,
                Err(why) => {
                    sessions.refuse(&session).await;
                    return Err(IdpError::Refused(match why {
                        NotAdmitted::Refused(why) => why.to_string(),
                        NotAdmitted::Panicked => "it panicked".into(),
                    }));
                }
            }
        }
        if let Some(values) = own.or(values) {
            if values.bytes() > MAX_VALUES {
                sessions.refuse(&session).await;
                let why = format!(
                    "the values of the session take {} bytes, and at most {MAX_VALUES} fit; give fewer with \
                     `TestSession::values`, or return fewer from `on_sign_in`",
                    values.bytes()
                );
                return Err(IdpError::TooLarge(why));
            }
            session = sessions.add_values(&session, values).await.map_err(not_created)?;
        }
        if !self.without_hooks {
            let (sub, id) = (session.claims.sub.clone(), session.id.clone());
            attached.emit(&Event::SignedIn { sub, session: id });
        }
        let cookies = sessions.cookies(session.host);
        let writes = cookies.of(&session).map_err(|why| IdpError::TooLarge(why.to_string()))?;
        Ok(writes.into_iter().map(|write| cookies.build(write)).collect())
    }

    /// The claims for the scopes of the application, and those of user info if the application stores them.
    fn claims(&self, client: &Client) -> Result<Claims, IdpError> {
        let scopes = client.scopes();
        let mut claims = if client.settings().session.user_info {
            self.user.userinfo(&scopes)
        } else {
            self.user.id_token_claims(&scopes)
        };
        let ago = self.signed_in.unwrap_or_default().as_secs();
        let at = client.clock().now().saturating_sub(ago);
        claims.entry("auth_time").or_insert_with(|| at.into());
        Claims::read(&Value::Object(claims).to_string()).map_err(|misfit| {
            let set = self.user.misfit_set_by();
            let set = set.map(|call| format!("; `{call}` sets it")).unwrap_or_default();
            IdpError::Session(format!("{}{set}", misfit.in_words("the user")))
        })
    }

    fn cached_tokens(
        &self,
        client: &impl LocalClient,
        app_id: &str,
        now: u64,
    ) -> Result<CachedTokens, IdpError> {
        let each = self.tokens.iter().map(|TestToken { target, scopes }| {
            let token = bearer(client)?.client_id(app_id);
            let text = self.jwt(token, target, scopes).text().into();
            let (scopes, expires_at) = (scopes.clone(), now + LIFE);
            let renew_at = expires_at - 60;
            let token =
                CachedToken { text, scopes, renew_at, expires_at, fetched_at: now, marks: 0 };
            Ok((target.clone(), token))
        });
        each.collect()
    }

    fn jwt<'c>(
        &self,
        mut token: BearerToken<'c>,
        target: &TokenTarget,
        scopes: &[String],
    ) -> BearerToken<'c> {
        token = token.subject(self.user.id()).scopes(scopes.iter().map(String::as_str));
        if let Some(resource) = &target.resource {
            token = token.claim("aud", resource.as_str());
        }
        match &target.organization {
            Some(organization) => token.organization(organization),
            None => token,
        }
    }
}

fn not_created(error: NotCreated) -> IdpError {
    match error {
        NotCreated::TooLarge(why) => IdpError::TooLarge(why.to_string()),
        NotCreated::Store(error) => IdpError::Store(error.to_string()),
    }
}

impl From<User> for TestSession {
    fn from(user: User) -> Self {
        Self { user, tokens: Vec::new(), signed_in: None, values: None, without_hooks: false }
    }
}

impl From<&User> for TestSession {
    fn from(user: &User) -> Self {
        user.clone().into()
    }
}
