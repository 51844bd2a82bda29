//! [`SignIn`]: a sign-in that has started, as a response.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::{Method, Status};
use rocket::response::{self, Responder};
use rocket::{Request, Response};
use url::Url;

use super::Instead;
use crate::client::Client;
use crate::host::HostId;
use crate::request::{Kind, RequestState, own_path};
use crate::response::redirect::Destination;
use crate::response::{Kept, PageDraft, Topic, onward, sign_in_loop};
use crate::session::{Activity, Flow, Loaded};

/// How long a user who wants to sign in waits for Logto.
pub(super) const START_TIMEOUT: Duration = Duration::from_millis(2500);

/// A sign-in that has started. As the response of a handler, it sends the browser to Logto. A script gets 200
/// and `{"location": "…"}`, because a script cannot follow a redirect to Logto. HTMX, Inertia, Turbo and Unpoly
/// get the response that each understands. A page in a frame gets a link that opens a new tab.
#[must_use = "a sign-in has no effect unless it is returned as the response"]
pub struct SignIn {
    client: Arc<Client>,
    host: HostId,
    url: Url,
    flow: Flow,
    /// Whether the request is known to carry a session that the browser has used for a while.
    keeps_sessions: bool,
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
    pub(super) fn new(client: Arc<Client>, host: HostId, url: Url, flow: Flow) -> Self {
        Self { client, host, url, flow, keeps_sessions: false }
    }

    /// Loads the session of the request. If the sign-in has to be fresh, it must be one of the session's
    /// user. If the session has been in use for a while, the browser is not in a loop. If the store does not
    /// answer in time, the sign-in starts without this knowledge.
    pub(crate) async fn bind(&mut self, request: &Request<'_>) {
        let (state, client) = (RequestState::of(request), &self.client);
        let is_used = async {
            if self.flow.max_age.is_some() || state.found().is_some() {
                let loaded = state.loaded(request, client).await;
                return loaded.is_ok_and(|loaded| self.is_used(loaded));
            }
            // Loaded without a note in the request, so that the response does not write this session too: it is
            // long already.
            let loaded = client.sessions().load(request, self.host, Activity::None).await;
            loaded.is_ok_and(|loaded| self.is_used(loaded.as_ref()))
        };
        let is_used = tokio::time::timeout(START_TIMEOUT, is_used).await;
        self.keeps_sessions = is_used.unwrap_or(false);
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
        if Kind::at_route(request) == Kind::Navigation && !self.keeps_sessions(request) {
            let sign_in = self.client.sign_in(self.flow.return_to.as_ref());
            if let Some(page) = sign_in_loop(&self.client, request, &sign_in) {
                return page;
            }
        }
        onward::lead(request, &self.take_effect(request))
    }

    /// Passes the flow to the fairing. It waits for nothing.
    fn take_effect(mut self, request: &Request<'_>) -> Destination {
        let cookies = self.client.sessions().cookies(self.host);
        let mut flows = cookies.flows(request);
        if self.keeps_sessions(request) {
            flows = flows.in_progress(cookies);
        }
        self.flow.attempt = cookies.attempts(&flows).saturating_add(1);
        if self.flow.max_age.is_some() && self.flow.sub.is_none() {
            let found = RequestState::of(request).found();
            self.flow.sub = found.map(|loaded| loaded.session.claims.sub.clone());
        }
        let begun = cookies.begin_flow(&self.flow, &flows);
        RequestState::of(request).writes().cookies.extend(begun);
        Destination::AtLogto(self.url)
    }

    /// Whether the browser has used a session for a while: then the sign-ins before are no loop.
    fn keeps_sessions(&self, request: &Request<'_>) -> bool {
        self.keeps_sessions || self.is_used(RequestState::of(request).found())
    }

    /// Whether a session is valid and has not only just begun. A session that has just begun proves nothing,
    /// because the process that serves the pages may not accept it.
    fn is_used(&self, loaded: Option<&Loaded>) -> bool {
        loaded.is_some_and(|Loaded { session, .. }| {
            let has_just_begun = session.has_just_begun(self.client.clock().now());
            !has_just_begun && self.client.sessions().is_alive(session)
        })
    }

    /// A page with a link that starts the sign-in in a new tab, because Logto's pages refuse to be framed,
    /// and a tab may have other cookies than the frame. The link repeats the request if it was a GET.
    fn in_new_tab(self, request: &Request<'_>) -> Response<'static> {
        let own = own_path(request, &self.client).filter(|_| request.method() == Method::Get);
        let sign_in = || self.client.sign_in(self.flow.return_to.as_ref());
        PageDraft::new(Status::BadRequest, Topic::SignInInFrame)
            .sign_in_in_new_tab(Kept::Frame, own.unwrap_or_else(sign_in))
            .respond(request)
    }
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}
