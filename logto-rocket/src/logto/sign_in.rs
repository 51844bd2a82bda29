//! [`SignIn`]: the start of a sign-in.

use std::time::Duration;

use rocket::http::Status;
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use super::Logto;
use crate::at_once::at_once;
use crate::challenge::redirect;
use crate::error::{Call, Error};
use crate::events::Event;
use crate::oidc::{DirectSignIn, FirstScreen, Identifier, Prompt, SignInOptions};
use crate::redirect::LocalPath;
use crate::session::{Asked, CookieWrite, Flow};
use crate::visit::Visit;

/// How long somebody who wants to sign in waits for Logto.
const PATIENCE: Duration = Duration::from_millis(2500);

/// A sign-in about to start; [`Logto::sign_in()`] makes one.
#[derive(Debug)]
#[must_use = "nothing happens before `.start().await`"]
pub struct SignInBuilder<'l> {
    logto: &'l Logto,
    options: SignInOptions,
    return_to: Option<Result<LocalPath, Error>>,
}

/// A sign-in that has started: as the response of a handler, it sends the browser to Logto.
#[must_use = "a sign-in goes nowhere unless it is the response"]
pub struct SignIn {
    logto: Logto,
    url: String,
    flow: Flow,
}

impl<'l> SignInBuilder<'l> {
    pub(super) fn new(logto: &'l Logto) -> Self {
        Self { logto, options: SignInOptions::default(), return_to: None }
    }

    /// Where to go after signing in: a path on this site (default: `after_sign_in`).
    pub fn return_to(mut self, path: &str) -> Self {
        let why = |why: crate::redirect::NotLocal| Error::InvalidOption {
            option: "return_to",
            why: why.to_string(),
        };
        self.return_to = Some(path.parse().map_err(why));
        self
    }

    /// The page of Logto's that is shown first.
    pub fn first_screen(self, screen: FirstScreen) -> Self {
        self.with(|options| options.first_screen(screen))
    }

    /// What the first page asks for, where it is one of those that ask for one thing.
    pub fn identifiers(self, identifiers: impl IntoIterator<Item = Identifier>) -> Self {
        self.with(|options| options.identifiers(identifiers))
    }

    /// What the sign-in field is filled with.
    pub fn login_hint(self, hint: impl Into<String>) -> Self {
        self.with(|options| options.login_hint(hint))
    }

    /// Goes straight to a social or enterprise connector.
    pub fn direct_sign_in(self, connector: DirectSignIn) -> Self {
        self.with(|options| options.direct_sign_in(connector))
    }

    /// What Logto asks the user (default: `prompt` of the configuration). Without `consent` there
    /// is no refresh token, and the session is over when its claims can no longer be confirmed.
    pub fn prompt(self, prompt: impl IntoIterator<Item = Prompt>) -> Self {
        self.with(|options| options.prompt(prompt))
    }

    /// Asks for a sign-in that is not older than `age`; whether it is, is verified.
    pub fn max_age(self, age: Duration) -> Self {
        self.with(|options| options.max_age(age))
    }

    /// The languages of Logto's pages, preferred first, as BCP 47 tags.
    pub fn ui_locales<L: Into<String>>(self, locales: impl IntoIterator<Item = L>) -> Self {
        self.with(|options| options.ui_locales(locales))
    }

    /// The organization whose branding and rules apply.
    pub fn organization_id(self, id: impl Into<String>) -> Self {
        self.with(|options| options.organization_id(id))
    }

    /// The token of a magic link. `login_hint` must hold the e-mail address that it was made for.
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

    /// A parameter of the authorization request that has no method here. A name that is reserved
    /// by the protocol or has a method makes [`start`](Self::start) fail.
    pub fn extra(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|options| options.extra(name, value))
    }

    /// Prepares the sign-in: finds out where Logto's authorization endpoint is, which the first
    /// time takes a request to Logto.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if Logto does not answer within 2.5 seconds (503 as the response of a
    /// handler), [`Error::InvalidOption`] for an option that cannot be sent (500).
    pub async fn start(self) -> Result<SignIn, Error> {
        let logto = self.logto;
        let started = tokio::time::timeout(PATIENCE, self.prepare()).await.unwrap_or_else(|_| {
            Err(Error::Unavailable {
                call: Call::Discovery,
                why: "no answer within 2.5 seconds".into(),
                retry_after: None,
            })
        });
        started.inspect_err(|error| {
            logto.tell(&Event::SignInNotStarted { error: error.clone() });
        })
    }

    pub(crate) fn with(mut self, change: impl FnOnce(SignInOptions) -> SignInOptions) -> Self {
        self.options = change(self.options);
        self
    }

    async fn prepare(self) -> Result<SignIn, Error> {
        let Self { logto, options, return_to } = self;
        let return_to = return_to.transpose()?;
        let scopes = logto.scopes();
        let resources = logto.resources();
        let redirect_uri = logto.door_url("sign-in-callback");
        let max_age = options.max_age_in_seconds();
        let authorization =
            logto.oidc().authorize(&redirect_uri, &options, &scopes, &resources).await?;
        let flow = Flow {
            state: authorization.state,
            nonce: authorization.nonce,
            verifier: authorization.verifier,
            return_to,
            started_at: logto.clock().now(),
            asked: Asked::new(&authorization.scopes, &authorization.resources),
            max_age,
            sub: None,
            attempt: 1,
            finished: false,
        };
        Ok(SignIn { logto: logto.clone(), url: authorization.url.into(), flow })
    }
}

impl<'r> Responder<'r, 'static> for SignIn {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Ok(self.respond(request))
    }
}

impl SignIn {
    /// Leaves the flow for the fairing, and goes to Logto.
    pub(crate) fn respond(mut self, request: &Request<'_>) -> Response<'static> {
        let cookies = self.logto.keeper().cookies();
        let flows = cookies.flows(request);
        self.flow.attempt = flows.next_attempt();
        if self.flow.max_age.is_some() {
            let presented = at_once(Visit::of(request).presented(request, &self.logto));
            let presented = presented.and_then(Result::ok).flatten();
            self.flow.sub = presented.map(|presented| presented.session.claims.sub.clone());
        }
        let mut writes = Visit::of(request).writes();
        writes.cookies.extend(flows.in_the_way().into_iter().map(CookieWrite::forget_flow));
        writes.cookies.extend(cookies.flow_write(&self.flow));
        redirect(Status::SeeOther, self.url)
    }
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}
