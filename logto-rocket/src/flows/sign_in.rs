//! [`SignIn`]: the start of a sign-in.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::{Method, Status};
use rocket::response::{self, Responder};
use rocket::{Request, Response};
use url::Url;

use super::Instead;
use crate::client::{Client, Logto};
use crate::error::{Call, Error};
use crate::events::Event;
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::oidc::{DirectSignIn, FirstScreen, Identifier, Prompt, SignInOptions};
use crate::request::{Kind, RequestState, own_path};
use crate::response::redirect::Destination;
use crate::response::{Label, PageDraft, Topic, onward};
use crate::session::{AskedInFlow, Flow};
use crate::user::LogtoUser;

/// How long a user who wants to sign in waits for Logto.
const START_TIMEOUT: Duration = Duration::from_millis(2500);

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

/// A sign-in that has started. As the response of a handler, it sends the browser to Logto. A script gets 200
/// and `{"location": "…"}`, because a script cannot follow a redirect to Logto. HTMX, Inertia, Turbo and Unpoly
/// get the response that each understands. A page in a frame gets a link that opens a new tab.
#[must_use = "a sign-in has no effect unless it is returned as the response"]
pub struct SignIn {
    client: Arc<Client>,
    host: HostId,
    url: Url,
    flow: Flow,
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

    async fn prepare(self) -> Result<SignIn, Error> {
        let Self { client, host, options, return_to, sub, persistent } = self;
        let scopes = client.scopes();
        let resources = client.resources();
        let redirect_uri = client.route_url(host, "sign-in-callback");
        let max_age = options.max_age_in_seconds();
        let authorization =
            client.oidc().authorize(&redirect_uri, &options, &scopes, &resources).await?;
        let asked =
            AskedInFlow::new(&authorization.scopes, &authorization.resources, &client.asked());
        let mut flow = Flow::new(authorization.verifier, asked, client.clock().now());
        (flow.return_to, flow.max_age, flow.sub) = (return_to, max_age, sub);
        flow.persistent = persistent;
        Ok(SignIn { client: Arc::clone(client), host, url: authorization.url, flow })
    }
}

impl<'r> Responder<'r, 'static> for SignIn {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Ok(self.respond(request))
    }
}

impl<'r, 'o: 'r, R: Responder<'r, 'o>> Responder<'r, 'o> for Instead<SignIn, R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        let _ = self.effect.take_effect(request);
        self.response.respond_to(request)
    }
}

impl SignIn {
    /// Loads the session of the request if the sign-in has to be fresh, so that it is asked of that
    /// user. A store that does not answer in time leaves it open who signs in.
    pub(crate) async fn bind(&self, request: &Request<'_>) {
        if self.flow.max_age.is_some() {
            let session = RequestState::of(request).loaded(request, &self.client);
            tokio::time::timeout(START_TIMEOUT, session).await.ok();
        }
    }

    /// The address at Logto that the browser must open. It works in one browser only, because the response sets
    /// a cookie there, and without this cookie Logto's answer is refused.
    ///
    /// If a handler returns this sign-in, a script gets the address as `{"location": "…"}`. To give another
    /// response, return [`instead`](Self::instead).
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The same sign-in, with your own response instead of a redirect.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, Instead, Logto, SignIn};
    ///
    /// #[post("/join")]
    /// async fn join(logto: &Logto) -> Result<Instead<SignIn, String>, Error> {
    ///     let start = logto.sign_up().start().await?;
    ///     let text = format!("Open {}", start.url());
    ///     Ok(start.instead(text))
    /// }
    /// ```
    pub fn instead<R>(self, response: R) -> Instead<Self, R> {
        Instead { effect: self, response }
    }

    /// Leaves the flow in the browser and leads it to Logto; from a frame, in a new tab.
    pub(crate) fn respond(self, request: &Request<'_>) -> Response<'static> {
        if Kind::at_route(request) == Kind::Frame {
            return self.in_new_tab(request);
        }
        onward::lead(request, &self.take_effect(request))
    }

    /// Passes the flow to the fairing. It waits for nothing.
    fn take_effect(mut self, request: &Request<'_>) -> Destination {
        let cookies = self.client.sessions().cookies(self.host);
        let flows = cookies.flows(request);
        self.flow.attempt = flows.next_attempt();
        if self.flow.max_age.is_some() && self.flow.sub.is_none() {
            let found = RequestState::of(request).found();
            self.flow.sub = found.map(|loaded| loaded.session.claims.sub.clone());
        }
        let begun = cookies.begin_flow(&self.flow, &flows);
        RequestState::of(request).writes().cookies.extend(begun);
        Destination::AtLogto(self.url)
    }

    /// Logto's pages refuse to be framed, and a cookie of this frame may be another one in a tab, so
    /// the sign-in starts there: by the same request, if it can be a link.
    fn in_new_tab(self, request: &Request<'_>) -> Response<'static> {
        let own = own_path(request, &self.client).filter(|_| request.method() == Method::Get);
        let sign_in = || self.client.sign_in(self.flow.return_to.as_ref());
        PageDraft::new(Status::BadRequest, Topic::SignInInFrame)
            .new_tab(Label::SignInInNewTab, own.unwrap_or_else(sign_in))
            .respond(request)
    }
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}
