//! [`SignInBuilder`]: what a sign-in asks for, before it starts.

use std::sync::Arc;
use std::time::Duration;

use rocket::Request;

use super::hooks::Hooks;
use super::sign_in::{START_TIMEOUT, SignIn};
use crate::client::{Client, Logto};
use crate::error::{Call, Error};
use crate::events::Event;
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::oidc::{DirectSignIn, FirstScreen, Identifier, Prompt, SignInOptions};
use crate::session::{AskedInFlow, Flow};
use crate::user::LogtoUser;

/// A sign-in that is about to start, from [`Logto::sign_in()`].
#[derive(Debug)]
#[must_use = "nothing happens before `.start().await`"]
pub struct SignInBuilder<'l> {
    client: &'l Arc<Client>,
    host: HostId,
    options: SignInOptions,
    return_to: Option<LocalPath>,
    sub: Option<String>,
    persistent: Option<bool>,
}

impl Logto {
    /// Starts a sign-in from a handler, with options that the routes of this crate do not accept.
    pub fn sign_in(&self) -> SignInBuilder<'_> {
        SignInBuilder::new(self.client(), self.host())
    }

    /// Starts a sign-in on the page that creates an account.
    pub fn sign_up(&self) -> SignInBuilder<'_> {
        self.sign_in().first_screen(FirstScreen::Register)
    }
}

impl<'l> SignInBuilder<'l> {
    pub(crate) fn new(client: &'l Arc<Client>, host: HostId) -> Self {
        let options = SignInOptions::default();
        Self { client, host, options, return_to: None, sub: None, persistent: None }
    }

    /// The page to which the browser returns after the sign-in: a path on this site with its query, of at most
    /// 1,024 bytes, or an address of this site (default: `after_sign_in`). A fragment is dropped. It is safe to
    /// pass text from the request. If the text is not a page of this site, the default applies, and the event
    /// [`Event::ReturnToIgnored`] gives the reason.
    pub fn return_to(mut self, path: &str) -> Self {
        self.return_to = self.client.return_to(self.host, path);
        self
    }

    /// Whether the browser keeps the session when it is closed: "keep me signed in". Default: the value of
    /// `session.persistent`, or that of the current session if the same user signs in again.
    pub fn remember(mut self, keep: bool) -> Self {
        self.persistent = Some(keep);
        self
    }

    /// The page that Logto shows first.
    pub fn first_screen(self, screen: FirstScreen) -> Self {
        self.with(|options| options.first_screen(screen))
    }

    /// The kinds of identifiers for which the first page asks, if that page asks for identifiers only.
    pub fn identifiers(self, identifiers: impl IntoIterator<Item = Identifier>) -> Self {
        self.with(|options| options.identifiers(identifiers))
    }

    /// The initial text of the sign-in field.
    pub fn login_hint(self, hint: impl Into<String>) -> Self {
        self.with(|options| options.login_hint(hint))
    }

    /// Goes straight to a social or enterprise connector.
    pub fn direct_sign_in(self, connector: DirectSignIn) -> Self {
        self.with(|options| options.direct_sign_in(connector))
    }

    /// What Logto asks the user (default: `prompt` of the configuration). Without `consent` there
    /// is no refresh token, and the session ends when its claims must be confirmed.
    pub fn prompt(self, prompt: impl IntoIterator<Item = Prompt>) -> Self {
        self.with(|options| options.prompt(prompt))
    }

    /// Asks for a sign-in that is not older than `age`. The age is verified.
    ///
    /// If a guard of this crate, such as `LogtoUser` or `#[authenticated]`, has found a signed-in user for this
    /// request, that user must sign in again, as with [`step_up`](Self::step_up). Otherwise any user may sign
    /// in, because this function does not load the session.
    pub fn max_age(self, age: Duration) -> Self {
        self.with(|options| options.max_age(age))
    }

    /// Asks this user for a sign-in that is not older than `age`. The age is verified. If another user signs in
    /// instead, that user's session begins, and the browser goes to `after_sign_in` and not to `return_to`. The
    /// other user therefore does not complete what the first user began.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// # use std::time::Duration;
    /// use logto_rocket::{Error, Logto, LogtoUser, SignIn};
    ///
    /// #[get("/confirm")]
    /// async fn confirm(logto: &Logto, user: &LogtoUser) -> Result<SignIn, Error> {
    ///     let age = Duration::from_secs(5 * 60);
    ///     logto.sign_in().step_up(user, age).return_to("/transfer").start().await
    /// }
    /// ```
    pub fn step_up(mut self, user: &LogtoUser, age: Duration) -> Self {
        self.sub = Some(user.id().to_owned());
        self.max_age(age)
    }

    /// The languages of Logto's pages, preferred first, as BCP 47 tags.
    pub fn ui_locales<L: Into<String>>(self, locales: impl IntoIterator<Item = L>) -> Self {
        self.with(|options| options.ui_locales(locales))
    }

    /// The organization whose branding and rules apply.
    pub fn organization_id(self, id: impl Into<String>) -> Self {
        self.with(|options| options.organization_id(id))
    }

    /// The token of a magic link. `login_hint` must be the e-mail address for which it was created.
    pub fn one_time_token(self, token: impl Into<String>) -> Self {
        self.with(|options| options.one_time_token(token))
    }

    /// One more scope, besides those of the configuration.
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.with(|options| options.scope(scope))
    }

    /// One more API resource, besides those of the configuration.
    pub fn resource(self, resource: impl Into<String>) -> Self {
        self.with(|options| options.resource(resource))
    }

    /// A parameter of the authorization request for which this type has no method. [`start`](Self::start) fails
    /// if the protocol reserves the name, or if the parameter has a method.
    pub fn extra(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|options| options.extra(name, value))
    }

    /// Prepares the sign-in. The first call makes a request to Logto to find the authorization
    /// endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if Logto does not answer within 2.5 seconds (503 as the response of a
    /// handler), [`Error::InvalidOption`] for an option that cannot be sent (500).
    pub async fn start(self) -> Result<SignIn, Error> {
        let client = self.client;
        let started =
            tokio::time::timeout(START_TIMEOUT, self.prepare()).await.unwrap_or_else(|_| {
                Err(Error::Unavailable {
                    call: Call::Discovery,
                    why: "no answer within 2.5 seconds".into(),
                    status: None,
                    retry_after: None,
                })
            });
        started.inspect_err(|error| {
            client.emit(&Event::SignInNotStarted { error: error.clone() });
        })
    }

    pub(crate) fn with(mut self, change: impl FnOnce(SignInOptions) -> SignInOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// With the options as the application's hook changes them; `None` if it panics.
    pub(crate) fn changed_by_hook(mut self, request: &Request<'_>) -> Option<Self> {
        self.options = Hooks::options(request, self.options)?;
        Some(self)
    }

    async fn prepare(self) -> Result<SignIn, Error> {
        let Self { client, host, options, return_to, sub, persistent } = self;
        let scopes = client.scopes();
        let resources = client.resources();
        let redirect_uri = client.redirect_uri(host);
        let max_age = options.max_age_in_seconds();
        let authorization =
            client.oidc().authorize(&redirect_uri, &options, &scopes, &resources).await?;
        let asked =
            AskedInFlow::new(&authorization.scopes, &authorization.resources, &client.asked());
        let mut flow = Flow::new(authorization.verifier, asked, client.clock().now());
        (flow.return_to, flow.max_age, flow.sub) = (return_to, max_age, sub);
        flow.persistent = persistent;
        Ok(SignIn::new(Arc::clone(client), host, authorization.url, flow))
    }
}
