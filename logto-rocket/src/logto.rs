//! [`Logto`]: the client that the fairing manages.

mod client_credentials;
mod introspection;
mod machine_tokens;
mod sessions;
mod sign_in;
mod sign_out;
mod token_exchange;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rocket::{Phase, Rocket};
use url::Url;

pub use self::client_credentials::{ClientCredentials, MachineToken};
use self::machine_tokens::MachineTokens;
pub use self::sessions::{SessionControl, SessionInfo};
pub use self::sign_in::{SignIn, SignInBuilder};
pub use self::sign_out::{SignOut, SignOutBuilder};
pub use self::token_exchange::TokenExchange;
use crate::clock::Clock;
use crate::config::{Origin, Settings};
use crate::error::Error;
use crate::events::Event;
use crate::guard::{LogtoUser, Place};
use crate::hooks::Hooks;
use crate::oidc::{FirstScreen, Oidc};
use crate::requirement::{Asks, Tree};
use crate::session::{Sessions, USUAL_SCOPES};

/// The client of this application at Logto.
///
/// [`Logto::fairing()`] attaches it; as the guard `&Logto` a handler gets it. It is cheap to clone.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Error, Logto, SignIn};
///
/// #[get("/join")]
/// async fn join(logto: &Logto) -> Result<SignIn, Error> {
///     logto.sign_up().return_to("/welcome").start().await
/// }
/// ```
#[derive(Clone)]
pub struct Logto(Arc<Inner>);

pub(crate) struct Inner {
    settings: Settings,
    base_url: OnceLock<Origin>,
    clock: Clock,
    sessions: Arc<Sessions>,
    machine_tokens: MachineTokens,
    hooks: Hooks,
    protected: Mutex<Vec<(Place, Tree)>>,
    guarded: Mutex<BTreeSet<&'static str>>,
    warned_of_public_caching: AtomicBool,
}

impl Logto {
    /// Starts a sign-in from a handler, with whatever options the doors do not take.
    pub fn sign_in(&self) -> SignInBuilder<'_> {
        SignInBuilder::new(self)
    }

    /// Starts a sign-in on the page that creates an account.
    pub fn sign_up(&self) -> SignInBuilder<'_> {
        self.sign_in().first_screen(FirstScreen::Register)
    }

    /// Signs a user out, from a handler that has made sure that the user wants it: the request
    /// should be a `POST` of the site's own, which the guard of `user` has then checked.
    pub fn sign_out<'l>(&'l self, user: &'l LogtoUser) -> SignOutBuilder<'l> {
        SignOutBuilder::new(self, user)
    }

    /// The sessions of this application, to list or end them from a handler or a task of one's own.
    pub fn sessions(&self) -> SessionControl<'_> {
        SessionControl::new(self)
    }

    /// A link to the sign-in, as a path on this site. `return_to` is a path on this site, too;
    /// anything else is left out, and the sign-in then ends on `after_sign_in`.
    pub fn sign_in_uri(&self, return_to: Option<&str>) -> String {
        let door = self.door("sign-in");
        match return_to {
            None => door,
            Some(path) => {
                let query: String = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("return_to", path)
                    .finish();
                format!("{door}?{query}")
            }
        }
    }

    /// A link to the sign-out, as a path on this site.
    pub fn sign_out_uri(&self) -> String {
        self.door("sign-out")
    }

    /// Whether Logto can be reached, for a readiness probe. A liveness probe should not ask: the
    /// application serves signed-in users without Logto.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if Logto does not answer, [`Error::BadAnswer`] if what it publishes
    /// is not usable.
    pub async fn ready(&self) -> Result<(), Error> {
        self.oidc().ready().await
    }

    pub(crate) fn new(settings: Settings, clock: Clock, sessions: Sessions, hooks: Hooks) -> Self {
        let base_url = settings.base_url.clone().map_or_else(OnceLock::new, OnceLock::from);
        Self(Arc::new(Inner {
            settings,
            base_url,
            clock,
            sessions: Arc::new(sessions),
            machine_tokens: MachineTokens::new(),
            hooks,
            protected: Mutex::default(),
            guarded: Mutex::default(),
            warned_of_public_caching: AtomicBool::new(false),
        }))
    }

    /// The client that is attached to a Rocket, if one is.
    pub(crate) fn fetch<P: Phase>(rocket: &Rocket<P>) -> Option<&Self> {
        rocket.state::<Self>()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn keeper(&self) -> &Arc<Sessions> {
        &self.0.sessions
    }

    pub(crate) fn oidc(&self) -> &Arc<Oidc> {
        self.0.sessions.oidc()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.0.hooks
    }

    /// Sets the address of this site where only the launch knew it.
    pub(crate) fn launched_at(&self, port: u16) {
        self.0.base_url.get_or_init(|| self.settings().base_url_for_port(port));
    }

    /// The origin of this site, as browsers write it.
    pub(crate) fn origin(&self) -> &str {
        self.base_url().as_str()
    }

    fn base_url(&self) -> &Origin {
        self.0.base_url.get_or_init(|| self.settings().base_url_for_port(DEFAULT_PORT))
    }

    /// Whether requests that change something may come from a page of `origin`.
    pub(crate) fn is_trusted(&self, origin: &str) -> bool {
        let trusted = &self.settings().trusted_origins;
        origin == self.origin() || trusted.iter().any(|trusted| trusted.as_str() == origin)
    }

    /// The scopes that every sign-in asks for: the usual ones, those of the configuration, and what
    /// the mounted routes need, unless the configuration says that only its own are sent.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let settings = self.settings();
        let usual = USUAL_SCOPES.into_iter().filter(|_| settings.include_reserved_scopes);
        let mut scopes: Vec<_> = usual.map(ToOwned::to_owned).collect();
        let needed = self.asks().scopes;
        let needed = needed.into_iter().filter(|_| settings.include_reserved_scopes);
        for scope in settings.scopes.iter().map(String::as_str).chain(needed) {
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        scopes
    }

    /// The API resources that every sign-in asks for: those of the configuration, and what the
    /// mounted routes need.
    pub(crate) fn resources(&self) -> Vec<String> {
        let mut resources = self.settings().resources.clone();
        for resource in self.asks().resources {
            if !resources.iter().any(|known| known == resource) {
                resources.push(resource.to_owned());
            }
        }
        resources
    }

    fn asks(&self) -> Asks {
        let mut asks = Asks::default();
        asks.resources.extend(self.0.guarded.lock().unwrap_or_else(PoisonError::into_inner).iter());
        for (_, tree) in self.0.protected.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            asks.join(tree.asks());
        }
        asks
    }

    /// The path of one of the doors.
    pub(crate) fn door(&self, name: &str) -> String {
        format!("{}/{name}", self.settings().base.as_str())
    }

    /// The address of one of the doors, as Logto knows it.
    pub(crate) fn door_url(&self, name: &str) -> Url {
        let mut url = self.base_url().url().clone();
        url.set_path(&self.door(name));
        url
    }

    /// Tells the application and the log what happened.
    pub(crate) fn tell(&self, event: &Event) {
        self.keeper().events().emit(event);
    }

    /// Says once that a response behind a guard was meant for public caches.
    pub(crate) fn warn_of_public_caching(&self) {
        if !self.0.warned_of_public_caching.swap(true, Ordering::Relaxed) {
            log::warn!(
                "A handler behind a guard sent `Cache-Control: public`, which would show one \
                 user's page to another; `no-store` was sent instead. Say `private` to let the \
                 user's own browser keep it."
            );
        }
    }

    /// Notes a route with a requirement, for the launch to list.
    pub(crate) fn register(&self, place: Place, requirement: Tree) {
        let mut protected = self.0.protected.lock().unwrap_or_else(PoisonError::into_inner);
        if !protected.iter().any(|(known, _)| *known == place) {
            protected.push((place, requirement));
        }
    }

    /// Notes an API resource that a guard needs a token for, for every sign-in to ask for it.
    pub(crate) fn register_resource(&self, resource: &'static str) {
        self.0.guarded.lock().unwrap_or_else(PoisonError::into_inner).insert(resource);
    }

    /// The routes with a requirement, as they were noted.
    pub(crate) fn protected(&self) -> Vec<(Place, Tree)> {
        self.0.protected.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Where Rocket listens if nobody says otherwise.
const DEFAULT_PORT: u16 = 8000;

impl fmt::Debug for Logto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logto").field("settings", self.settings()).finish_non_exhaustive()
    }
}
