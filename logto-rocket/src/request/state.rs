//! [`RequestState`]: what one request has found out, and what its response has to write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rocket::Request;

use super::current_user::CurrentUser;
use super::host::host_of;
use super::on_route::{Accepted, Credentials, OnRoute};
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::oidc::VerifiedToken;
use crate::session::{Activity, CookieWrite, Loaded, Session};

/// What one request has found out, and what its response has to write.
///
/// Guards and routes note here what to write. The fairing writes it after the catchers have run,
/// because Rocket drops cookies that were set before.
#[derive(Default)]
pub(crate) struct RequestState {
    loaded: OnceLock<Result<Option<Loaded>, Error>>,
    /// The user, once a guard has loaded it.
    pub user: OnceLock<CurrentUser>,
    /// The access token that it presents, once a guard has verified it.
    pub token: OnceLock<Result<VerifiedToken, Refusal>>,
    on_route: Mutex<OnRoute>,
    background: AtomicBool,
    guarded: AtomicBool,
    token_guarded: AtomicBool,
    writes: Mutex<Writes>,
}

#[derive(Default)]
pub(crate) struct Writes {
    pub session: SessionWrite,
    pub cookies: Vec<CookieWrite>,
    /// Why the last guard of this crate refused, if it did.
    pub refusal: Option<Refusal>,
}

/// What happens to the session in the browser.
#[derive(Default)]
pub(crate) enum SessionWrite {
    /// It stays, and is written if there is a newer state.
    #[default]
    Keep,
    /// Another one begins.
    Begin(Arc<Session>),
    /// It is deleted.
    Delete,
}

impl Writes {
    /// Whether there are cookies to write, besides those of a continuing session.
    pub fn has_cookies(&self) -> bool {
        !matches!(self.session, SessionWrite::Keep) || !self.cookies.is_empty()
    }
}

impl RequestState {
    /// The one of this request.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// The session that the request presented, loaded once.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], if sessions are in a store that does not answer.
    pub async fn loaded(
        &self,
        request: &Request<'_>,
        client: &Client,
    ) -> Result<Option<&Loaded>, Error> {
        let loaded = if let Some(loaded) = self.loaded.get() {
            loaded
        } else {
            let host = host_of(request, client);
            let found = client.sessions().load(request, host, self.activity()).await;
            self.loaded.get_or_init(|| found)
        };
        loaded.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The session that was loaded, if a guard or a route has asked for it and it was found.
    pub fn found(&self) -> Option<&Loaded> {
        self.loaded.get()?.as_ref().ok()?.as_ref()
    }

    /// Notes whether the request is made in the background: then it does not count as activity in its
    /// session.
    pub fn set_background(&self, is_background: bool) {
        self.background.store(is_background, Ordering::Release);
    }

    /// Whether the request counts as activity in its session.
    pub fn activity(&self) -> Activity {
        if self.background.load(Ordering::Acquire) { Activity::None } else { Activity::Use }
    }

    /// Notes that a guard of this crate ran before the handler, and why it refused, if it did.
    pub fn guarded(&self, refusal: Option<Refusal>) {
        self.guarded.store(true, Ordering::Release);
        self.writes().refusal = refusal;
    }

    /// Notes that a guard for access tokens ran, and why it refused, if it did.
    pub fn token_guarded(&self, refusal: Option<Refusal>) {
        self.token_guarded.store(true, Ordering::Release);
        self.writes().refusal = refusal;
    }

    /// Notes which credentials the requirement of the route accepts, before the requirement is decided.
    pub fn set_credentials(&self, request: &Request<'_>, credentials: Credentials) {
        self.on_route(request, |it| (it.credentials, it.accepted) = (Some(credentials), None));
    }

    /// Which credentials the requirement of the route accepts, if the route has one.
    pub fn credentials(&self, request: &Request<'_>) -> Option<Credentials> {
        self.on_route(request, |it| it.credentials)
    }

    /// Notes the result of the route's requirement, which is met.
    pub fn accept(&self, request: &Request<'_>, accepted: Accepted) {
        self.on_route(request, |it| it.accepted = Some(accepted));
    }

    /// The result of the route's requirement, once it is met.
    pub fn accepted(&self, request: &Request<'_>) -> Option<Accepted> {
        self.on_route(request, |it| it.accepted.clone())
    }

    /// Notes for which API resource the route accepts tokens.
    pub fn set_resource(&self, request: &Request<'_>, resource: Option<&'static str>) {
        self.on_route(request, |it| it.resource = it.resource.or(resource));
    }

    /// The API resource for which the route accepts tokens.
    pub fn resource(&self, request: &Request<'_>) -> Option<&'static str> {
        self.on_route(request, |it| it.resource)
    }

    fn on_route<T>(&self, request: &Request<'_>, look: impl FnOnce(&mut OnRoute) -> T) -> T {
        let mut noted = self.on_route.lock().unwrap_or_else(PoisonError::into_inner);
        look(noted.now(request))
    }

    /// Records that the response depends on the signed-in user.
    #[cfg(feature = "templates")]
    pub fn personal(&self) {
        self.guarded.store(true, Ordering::Release);
    }

    /// Whether no guard and no route of this crate has handled the request.
    pub fn is_blank(&self) -> bool {
        !self.is_guarded() && self.found().is_none() && !self.writes().has_cookies()
    }

    /// Whether a guard or a route of this crate has handled the request.
    pub fn is_guarded(&self) -> bool {
        self.depends_on_cookies() || self.depends_on_token()
    }

    /// Whether the response depends on the session or on its absence.
    pub fn depends_on_cookies(&self) -> bool {
        self.guarded.load(Ordering::Acquire)
    }

    /// Whether the response depends on an access token or on its absence.
    pub fn depends_on_token(&self) -> bool {
        self.token_guarded.load(Ordering::Acquire)
    }

    pub fn writes(&self) -> MutexGuard<'_, Writes> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
