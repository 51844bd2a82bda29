use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use url::Url;

use super::answer::Answer;
use super::authorize::Decision;
use super::background::Background;
use super::discovery;
use super::error::IdpError;
use super::faults::Fault;
use super::keys::Signing;
use super::params::Params;
use super::planned::Planned;
use super::requests::{Endpoint, Requests};
use super::server::Server;
use super::shared::Shared;
use super::state::State;
use super::tamper::Tamper;
use crate::clock::Clock;

/// A running test provider. It stops when this value is dropped.
pub struct Idp {
    pub(super) shared: Shared,
    server: Mutex<Option<Server>>,
    pub(super) port: u16,
    endpoint: String,
    app_id: String,
    app_secret: String,
    /// Where it runs, and what it posts later.
    pub(super) background: Background,
}

impl Idp {
    pub(super) fn new(shared: Shared, server: Server, background: Background) -> Self {
        let endpoint = format!("http://127.0.0.1:{}", server.port);
        endpoint.clone_into(&mut shared.lock().endpoint);
        let app = shared.lock().settings.apps.first().cloned();
        let (app_id, app_secret) = app.map(|app| (app.id, app.secret)).unwrap_or_default();
        let port = server.port;
        let server = Mutex::new(Some(server));
        Self { shared, server, port, endpoint, app_id, app_secret, background }
    }

    /// The value for `endpoint` in the configuration: `http://127.0.0.1:PORT`.
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

    /// The current discovery document. A test can change it and serve it with [`Fault::Body`].
    pub fn discovery(&self) -> Value {
        discovery::document(&self.state())
    }

    /// The current key set.
    pub fn jwks(&self) -> Value {
        self.state().keys.public()
    }

    /// The clock of the provider. A test can move it, unless the builder got the clock of the machine. An
    /// application that [uses the provider](crate::LogtoFairing::provider) and has no clock of its own uses the
    /// same clock.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use logto_rocket::testing::Idp;
    /// # fn time(idp: &Idp) {
    /// // An hour later the access tokens have expired.
    /// idp.clock().advance(Duration::from_secs(3600));
    /// # }
    /// ```
    pub fn clock(&self) -> Clock {
        self.state().clock.clone()
    }

    /// The requests so far, in the order in which they came.
    pub fn requests(&self) -> Requests {
        self.state().requests.all()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.state().requests.forget();
    }

    /// Follows an authorization URL as a browser without cookies and as this user, and returns the URL to which
    /// the browser is sent back. The function runs the code of `/oidc/auth` and of the sign-in page without
    /// HTTP, and counts as a request.
    ///
    /// # Errors
    ///
    /// [`IdpError::Page`] if the provider shows a page of its own,
    /// [`IdpError::UnknownUser`] if there is no such user, [`IdpError::Suspended`] if the user is suspended,
    /// [`IdpError::NotAnAuthorizationUrl`] if the URL leads elsewhere.
    #[expect(clippy::unused_async, reason = "it stands for requests, which are awaited")]
    pub async fn authorize(&self, url: &str, username: &str) -> Result<String, IdpError> {
        self.authorized(url, username)
    }

    pub(super) fn authorized(&self, url: &str, username: &str) -> Result<String, IdpError> {
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
                let session = match state.sign_in(username, None) {
                    Some(session) => session,
                    None if state.user_named(username).is_some() => {
                        return Err(IdpError::Suspended(username.to_owned()));
                    }
                    None => return Err(IdpError::UnknownUser(username.to_owned())),
                };
                state.complete(*request, &session)
            }
            other => other,
        };
        match decision {
            Decision::Return(callback, params) => Ok(callback.url(&params)),
            Decision::Show(refused) => {
                let answer = Answer::from(refused);
                Err(IdpError::Page { status: answer.status, body: answer.body })
            }
            Decision::SignIn(_) => Err(not_ours()),
        }
    }

    /// Plans a fault for the next request to an endpoint. The returned value can plan it for more requests.
    /// Several faults at the same endpoint happen one after the other.
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
        Planned { shared: &self.shared, number }
    }

    /// Makes ID tokens, logout tokens and answers of the token endpoint wrong from now on.
    pub fn tamper(&self, tamper: Tamper) {
        self.state().tampers.push(tamper);
    }

    /// Makes JWT access tokens wrong from now on.
    pub fn tamper_access_tokens(&self, tamper: Tamper) {
        self.state().access_token_tampers.push(tamper);
    }

    /// Ends all faults and all tampering. Hanging requests continue.
    pub fn heal(&self) {
        let mut state = self.state();
        state.faults.heal();
        state.tampers.clear();
        state.access_token_tampers.clear();
    }

    /// Signs with a new key from now on. The JWKS contains the new key and the previous one.
    ///
    /// # Errors
    ///
    /// [`IdpError::Keys`] if no key could be made.
    pub fn rotate_keys(&self, signing: Signing) -> Result<(), IdpError> {
        self.state().keys.rotate(signing)
    }

    /// Stops listening: connections are refused until [`resume`](Self::resume).
    pub async fn pause(&self) {
        let server = self.server().take();
        if let Some(server) = server {
            // The only error is that its thread is gone, and then so is the server.
            self.background.run(server.stop()).await.ok();
        }
    }

    /// Listens again on the same port, with the same keys and state.
    ///
    /// # Errors
    ///
    /// [`IdpError::Launch`] if the port was taken meanwhile.
    pub async fn resume(&self) -> Result<(), IdpError> {
        if self.server().is_some() {
            return Ok(());
        }
        let server = Server::launch(&self.background, &self.shared, self.port).await?;
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

    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Idp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idp").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
