use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use url::Url;

use super::authorize::Decision;
use super::backchannel_logout::send_farewells;
use super::builder::Builder;
use super::discovery;
use super::faults::Planned;
use super::params::Params;
use super::routes::Shared;
use super::server::Server;
use super::state::State;
use super::{Endpoint, Fault, IdpError, Requests, Signing, Tamper, User};

/// A running test provider. It stops when this is dropped.
pub struct Idp {
    shared: Shared,
    server: Mutex<Option<Server>>,
    port: u16,
    endpoint: String,
    app_id: String,
    app_secret: String,
}

impl Idp {
    /// Starts a provider with the users alice (role `admin`, a full profile, the organization
    /// `org_1` as `org-admin`) and bob (nothing but a user name), the application `test_app`, and
    /// the API resource `https://api.example.test/orders`, on which `admin` has `read:orders` and
    /// `write:orders`. In `org_1`, `org-admin` has `invite:member` and `manage:billing`.
    ///
    /// ```
    /// # rocket::async_test(async {
    /// let idp = logto_rocket::testing::Idp::start().await?;
    /// assert!(idp.endpoint().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), logto_rocket::testing::IdpError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`].
    pub async fn start() -> Result<Self, IdpError> {
        Self::builder().start().await
    }

    /// Describes a provider of your own.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn new(shared: Shared, server: Server) -> Self {
        let endpoint = format!("http://127.0.0.1:{}", server.port);
        endpoint.clone_into(&mut shared.lock().endpoint);
        let app = shared.lock().settings.apps.first().cloned();
        let (app_id, app_secret) = app.map(|app| (app.id, app.secret)).unwrap_or_default();
        let port = server.port;
        Self { shared, server: Mutex::new(Some(server)), port, endpoint, app_id, app_secret }
    }

    /// What goes into the configuration as `endpoint`: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The issuer of the tokens: `{endpoint}/oidc`.
    pub fn issuer(&self) -> String {
        format!("{}/oidc", self.endpoint)
    }

    /// The id of the first application.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The secret of the first application.
    pub fn app_secret(&self) -> &str {
        &self.app_secret
    }

    /// The id of a user, which is `sub` in the tokens; `None` if there is no such user.
    pub fn user_id(&self, username: &str) -> Option<String> {
        self.state().user_named(username).map(|user| user.id().to_owned())
    }

    /// The discovery document as it is served now, to be changed and served by [`Fault::Body`].
    pub fn discovery(&self) -> Value {
        discovery::document(&self.state())
    }

    /// The keys as they are served now.
    pub fn jwks(&self) -> Value {
        self.state().keys.public()
    }

    /// What came so far, in the order in which it came.
    pub fn requests(&self) -> Requests {
        self.state().requests.all()
    }

    /// Forgets what came so far.
    pub fn forget_requests(&self) {
        self.state().requests.forget();
    }

    /// Goes through an authorization URL as a browser without cookies and as this user, and
    /// returns the URL that the browser is sent back to. It runs the code behind `/oidc/auth` and
    /// the sign-in page, without HTTP, and counts as a request.
    ///
    /// # Errors
    ///
    /// [`IdpError::Page`] if the provider shows a page of its own,
    /// [`IdpError::UnknownUser`] if there is no such active user,
    /// [`IdpError::NotAnAuthorizationUrl`] if the URL leads elsewhere.
    #[expect(clippy::unused_async, reason = "it stands for requests, which are awaited")]
    pub async fn authorize(&self, url: &str, username: &str) -> Result<String, IdpError> {
        let not_ours = || IdpError::NotAnAuthorizationUrl(url.to_owned());
        let parsed = Url::parse(url).map_err(|_| not_ours())?;
        let auth = format!("{}/oidc/auth", self.endpoint);
        if url.split('?').next() != Some(auth.as_str()) {
            return Err(not_ours());
        }
        let params = Params::urlencoded(parsed.query().unwrap_or_default());
        let mut state = self.state();
        state.requests.add(Endpoint::Authorization, "GET", params.clone());
        let decision = match state.decide(&params, None) {
            Decision::SignIn(request) => {
                let session = state
                    .sign_in(username, None)
                    .ok_or_else(|| IdpError::UnknownUser(username.to_owned()))?;
                state.complete(*request, &session)
            }
            other => other,
        };
        match decision {
            Decision::Return(callback, params) => Ok(callback.url(&params)),
            Decision::Show(refused) => {
                let answer = super::answer::Answer::from(refused);
                Err(IdpError::Page { status: answer.status, body: answer.body })
            }
            Decision::SignIn(_) => Err(not_ours()),
        }
    }

    /// Plans a fault for the next request to a door; the returned value says if for more. Several
    /// at the same door come one after the other.
    ///
    /// ```
    /// # use logto_rocket::testing::{Endpoint, Fault, Idp};
    /// # fn faults(idp: &Idp) {
    /// idp.fault(Endpoint::Token, Fault::Status(500)).times(2);
    /// idp.fault(Endpoint::Keys, Fault::Hang).for_ever();
    /// idp.heal();
    /// # }
    /// ```
    pub fn fault(&self, endpoint: Endpoint, fault: Fault) -> Planned<'_> {
        let number = self.state().faults.plan(endpoint, fault);
        Planned { idp: self, number }
    }

    /// Puts something wrong into the ID tokens, logout tokens and token answers from now on.
    pub fn tamper(&self, tamper: Tamper) {
        self.state().tampers.push(tamper);
    }

    /// Puts something wrong into the JWT access tokens from now on.
    pub fn tamper_access_tokens(&self, tamper: Tamper) {
        self.state().access_token_tampers.push(tamper);
    }

    /// Ends all faults and all tampering; hanging requests go on.
    pub fn heal(&self) {
        let mut state = self.state();
        state.faults.heal();
        state.tampers.clear();
        state.access_token_tampers.clear();
    }

    /// Signs with a new key from now on. The JWKS holds it and the one before.
    ///
    /// # Errors
    ///
    /// [`IdpError::Keys`] if no key could be made.
    pub fn rotate_keys(&self, signing: Signing) -> Result<(), IdpError> {
        self.state().keys.rotate(signing)
    }

    /// Suspends a user: nobody can sign in as them, and their tokens are refused.
    pub fn suspend(&self, username: &str) {
        self.change(username, |user| user.suspended = true);
    }

    /// Ends a suspension.
    pub fn reinstate(&self, username: &str) {
        self.change(username, |user| user.suspended = false);
    }

    /// Gives a user a global role; seen in the tokens from the next refresh on.
    pub fn add_role(&self, username: &str, role: &str) {
        self.change(username, |user| user.add_role(role));
    }

    /// Takes a global role from a user; seen in the tokens from the next refresh on.
    pub fn remove_role(&self, username: &str, role: &str) {
        self.change(username, |user| user.remove_role(role));
    }

    /// Ends a user's membership in an organization.
    pub fn leave_organization(&self, username: &str, organization: &str) {
        self.change(username, |user| user.leave(organization));
    }

    /// Sets a claim of a user, one that exists already included; seen from the next refresh on.
    pub fn set_claim(&self, username: &str, name: &str, value: impl Into<Value>) {
        let value = value.into();
        self.change(username, |user| user.set_claim(name, value));
    }

    /// Ends all opaque access tokens: userinfo answers 401. Refresh tokens go on.
    pub fn expire_access_tokens(&self) {
        self.state().access_tokens.clear();
    }

    /// Ends all sessions at the provider, as an administrator or their expiry does. Refresh tokens
    /// with `offline_access` go on.
    pub fn end_sessions(&self) {
        self.state().sessions.clear();
    }

    /// Ends all sessions of a user at the provider, as a sign-out there does, and tells the
    /// application by [back-channel logout](Builder::backchannel_logout), if it wants to be told.
    /// Refresh tokens with `offline_access` go on.
    pub async fn sign_out(&self, username: &str) {
        let user = self.user_id(username);
        {
            let mut state = self.state();
            let ended =
                state.sessions.extract_if(|_, session| Some(&session.user) == user.as_ref());
            let ended: Vec<_> = ended.map(|(_, session)| session).collect();
            for session in ended {
                state.bid_farewell(&session);
            }
        }
        send_farewells(&self.shared).await;
    }

    /// A back-channel logout token for a user's latest session and the first application. It has a
    /// `sid` if the provider was built with
    /// [`session_required`](Builder::session_required).
    ///
    /// # Errors
    ///
    /// [`IdpError::UnknownUser`] if there is no such user.
    pub fn logout_token(&self, username: &str) -> Result<String, IdpError> {
        let user = self.user_id(username);
        let user = user.ok_or_else(|| IdpError::UnknownUser(username.to_owned()))?;
        let state = self.state();
        let sessions = state.sessions.values().filter(|session| session.user == user);
        let latest = sessions.max_by_key(|session| session.authenticated_at);
        let sid = latest.filter(|_| state.settings.session_required).map(|s| s.id.as_str());
        Ok(state.logout_token(&user, sid, &self.app_id))
    }

    /// Stops listening: connections are refused until [`resume`](Self::resume).
    pub async fn pause(&self) {
        let server = self.server().take();
        if let Some(server) = server {
            server.stop().await;
        }
    }

    /// Listens again on the same port, with the same keys and all that was known.
    ///
    /// # Errors
    ///
    /// [`IdpError::Launch`] if the port was taken by somebody else meanwhile.
    pub async fn resume(&self) -> Result<(), IdpError> {
        if self.server().is_some() {
            return Ok(());
        }
        let server = Server::launch(&self.shared, self.port).await?;
        *self.server() = Some(server);
        Ok(())
    }

    /// Stops the provider and waits until its port is free.
    pub async fn stop(self) {
        self.pause().await;
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    fn change(&self, username: &str, change: impl FnOnce(&mut User)) {
        if let Some(user) = self.state().user_named(username) {
            change(user);
        }
    }

    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Idp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idp").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
