//! [`Client`]: this application at Logto, with its settings, sessions and tokens. [`Logto`] is the
//! handle on it that handlers and fairings share.

mod addresses;
mod diagnose;
mod machine;
mod ready;
mod session_control;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rocket::{Phase, Rocket};

use self::machine::MachineTokens;
pub use self::machine::{ClientCredentials, MachineToken, TokenExchange};
pub use self::session_control::{SessionControl, SessionInfo};
use crate::clock::Clock;
use crate::config::{Origin, Settings};
use crate::diagnose::Doctor;
use crate::events::Event;
use crate::host::HostId;
use crate::names::{ORGANIZATIONS_RESOURCE, scope};
use crate::oidc::Oidc;
use crate::readiness::LastReadiness;
use crate::session::{Asked, Sessions, USUAL_SCOPES};
use crate::task::{Limits, Places};
use crate::warnings::Warnings;

/// The client of this application at Logto.
///
/// [`Logto::fairing()`] attaches the client, and a handler gets it with the guard `&Logto`. A `Logto` is cheap
/// to clone. With [several hosts](crate::guide::deployment#several-hosts), the guard returns the client for the
/// host of the request. The client in Rocket's state is for the first host.
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
pub struct Logto {
    client: Arc<Client>,
    host: HostId,
}

/// This application at Logto.
pub(crate) struct Client {
    settings: Settings,
    hosts: OnceLock<Vec<Origin>>,
    clock: Clock,
    sessions: Arc<Sessions>,
    machine_tokens: MachineTokens,
    declared: RwLock<Declared>,
    warnings: Warnings,
    exchanges: Places,
    readiness: LastReadiness,
    doctor: Arc<Doctor>,
}

/// How many codes are exchanged at once. Any client can send a code, so one address gets only a few of the
/// places.
const EXCHANGES: Limits = Limits { all: 256, of_one_address: 8 };

/// The scopes and resources that mounted routes need, as texts.
#[derive(Default)]
struct Declared {
    scopes: BTreeSet<&'static str>,
    resources: BTreeSet<&'static str>,
}

/// Where Rocket listens by default.
const DEFAULT_PORT: u16 = 8000;

impl Logto {
    /// The sessions of this application, which a handler or a task can list or end.
    pub fn sessions(&self) -> SessionControl<'_> {
        SessionControl::new(&self.client)
    }

    /// A link to a page of the application. If `base_url` has a path, the result is that path followed by
    /// `path`. Otherwise it is `path` unchanged. Use it for the application's own links and for
    /// [`return_to`](crate::SignInBuilder::return_to), because Rocket's `uri!` does not know the path that a
    /// proxy removes. If `path` does not begin with exactly one `/`, it is changed to begin with one.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::Logto;
    ///
    /// #[get("/menu")]
    /// fn menu(logto: &Logto) -> String {
    ///     // With `base_url = "https://example.com/shop"`: `/shop/orders?page=2`.
    ///     logto.path("/orders?page=2")
    /// }
    /// ```
    pub fn path(&self, path: &str) -> String {
        let is_none = |char: char| matches!(char, '/' | '\\') || char <= ' ';
        format!("{}/{}", self.client.settings().base_urls.prefix, path.trim_start_matches(is_none))
    }

    /// A link to the sign-in, as a path on this site. `return_to` must be a path on this site, as browsers see
    /// it ([`path()`](Self::path)). Any other value is ignored, and the browser goes to `after_sign_in` after
    /// the sign-in.
    pub fn sign_in_uri(&self, return_to: Option<&str>) -> String {
        self.client.sign_in_uri(return_to)
    }

    /// A link to the sign-out, as a path on this site.
    pub fn sign_out_uri(&self) -> String {
        self.client.sign_out_uri()
    }

    pub(crate) fn new(client: Client) -> Self {
        Self { client: Arc::new(client), host: HostId::FIRST }
    }

    /// The same client for requests of another host.
    pub(crate) fn at(&self, host: HostId) -> Self {
        Self { client: Arc::clone(&self.client), host }
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// The host that sign-ins are started for.
    pub(crate) fn host(&self) -> HostId {
        self.host
    }
}

impl Client {
    /// A client that has asked nothing of Logto yet.
    pub fn new(settings: Settings, clock: Clock, sessions: Arc<Sessions>) -> Self {
        let hosts = settings.base_urls.hosts.clone();
        let hosts = if hosts.is_empty() { OnceLock::new() } else { OnceLock::from(hosts) };
        let doctor = Doctor::new(clock.clone());
        Self {
            settings,
            hosts,
            clock,
            sessions,
            machine_tokens: MachineTokens::new(),
            declared: RwLock::default(),
            warnings: Warnings::default(),
            exchanges: Places::new(EXCHANGES),
            readiness: LastReadiness::default(),
            doctor,
        }
    }

    /// The client that is attached to a Rocket, if one is.
    pub fn of<P: Phase>(rocket: &Rocket<P>) -> Option<&Arc<Self>> {
        rocket.state::<Logto>().map(Logto::client)
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The session service.
    pub fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    pub fn oidc(&self) -> &Arc<Oidc> {
        self.sessions.oidc()
    }

    /// The places of exchanges of codes.
    pub fn exchanges(&self) -> &Places {
        &self.exchanges
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What this application has been warned about.
    pub fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// Logs an event and hands it to the application's `on_event`.
    pub fn emit(&self, event: &Event) {
        self.sessions.events().emit(event);
    }

    /// Adds scopes and resources that a mounted route needs to those that every sign-in asks for.
    pub fn declare(
        &self,
        scopes: impl IntoIterator<Item = &'static str>,
        resources: impl IntoIterator<Item = &'static str>,
    ) {
        let mut declared = self.declared.write().unwrap_or_else(PoisonError::into_inner);
        declared.scopes.extend(scopes);
        declared.resources.extend(resources);
    }

    /// The scopes that every sign-in asks for: the default ones, those of the configuration, and those that
    /// the mounted routes need; with `include_reserved_scopes = false`, only those of the configuration.
    pub fn scopes(&self) -> Vec<String> {
        let settings = &self.settings;
        let declared = self.declared.read().unwrap_or_else(PoisonError::into_inner);
        let usual = USUAL_SCOPES.into_iter().filter(|_| settings.include_reserved_scopes);
        let needed = declared.scopes.iter().filter(|_| settings.include_reserved_scopes);
        let configured = settings.scopes.iter().map(String::as_str);
        distinct(usual.chain(configured).chain(needed.copied()))
    }

    /// What a sign-in asks for that no handler has added to.
    pub fn asked(&self) -> Asked {
        let (scopes, mut resources) = (self.scopes(), self.resources());
        // Added by the authorization request.
        let organizations = ORGANIZATIONS_RESOURCE.to_owned();
        if scopes.iter().any(|asked| asked == scope::ORGANIZATIONS)
            && !resources.contains(&organizations)
        {
            resources.push(organizations);
        }
        Asked::new(&scopes, &resources)
    }

    /// The API resources that every sign-in asks for: those of the configuration, and those that
    /// the mounted routes need.
    pub fn resources(&self) -> Vec<String> {
        let declared = self.declared.read().unwrap_or_else(PoisonError::into_inner);
        let configured = self.settings.resources.iter().map(String::as_str);
        distinct(configured.chain(declared.resources.iter().copied()))
    }
}

/// The texts in their order, each once.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        if !distinct.iter().any(|known| known == text) {
            distinct.push(text.to_owned());
        }
    }
    distinct
}

impl fmt::Debug for Logto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logto").field("settings", self.client.settings()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.settings).finish_non_exhaustive()
    }
}
