//! [`Client`]: this application at Logto, with its settings, sessions and tokens. [`Logto`] is the
//! handle on it that handlers and fairings share.

mod machine;
mod ready;
mod session_control;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rocket::{Phase, Rocket};
use url::Url;

use self::machine::MachineTokens;
pub use self::machine::{ClientCredentials, MachineToken, TokenExchange};
pub use self::session_control::{SessionControl, SessionInfo};
use crate::clock::Clock;
use crate::config::{Origin, Settings};
use crate::events::Event;
use crate::local_path::{LocalPath, NotLocal};
use crate::oidc::Oidc;
use crate::readiness::LastReadiness;
use crate::session::{Asked, MAX_RETURN_TO, Sessions, USUAL_SCOPES};
use crate::shown::shown;
use crate::task::{Limits, Places};
use crate::warnings::Warnings;

/// The client of this application at Logto.
///
/// [`Logto::fairing()`] attaches it, and a handler gets it with the guard `&Logto`. It is cheap to
/// clone.
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
pub struct Logto(Arc<Client>);

/// This application at Logto.
pub(crate) struct Client {
    settings: Settings,
    base_url: OnceLock<Origin>,
    clock: Clock,
    sessions: Arc<Sessions>,
    machine_tokens: MachineTokens,
    declared: RwLock<Declared>,
    warnings: Warnings,
    exchanges: Places,
    readiness: LastReadiness,
}

/// How many codes are exchanged at once. Strangers can have codes exchanged too, so that one address
/// has few of the places.
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
    /// The sessions of this application: a handler or a task lists or ends them.
    pub fn sessions(&self) -> SessionControl<'_> {
        SessionControl::new(&self.0)
    }

    /// A link to the sign-in, as a path on this site. `return_to` must be a path on this site. Any
    /// other value is ignored, and the browser goes to `after_sign_in` after the sign-in.
    pub fn sign_in_uri(&self, return_to: Option<&str>) -> String {
        self.0.sign_in_uri(return_to)
    }

    /// A link to the sign-out, as a path on this site.
    pub fn sign_out_uri(&self) -> String {
        self.0.sign_out_uri()
    }

    pub(crate) fn new(client: Client) -> Self {
        Self(Arc::new(client))
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.0
    }
}

impl Client {
    /// A client that has asked nothing of Logto yet.
    pub fn new(settings: Settings, clock: Clock, sessions: Arc<Sessions>) -> Self {
        let base_url = settings.base_url.clone().map_or_else(OnceLock::new, OnceLock::from);
        Self {
            settings,
            base_url,
            clock,
            sessions,
            machine_tokens: MachineTokens::new(),
            declared: RwLock::default(),
            warnings: Warnings::default(),
            exchanges: Places::new(EXCHANGES),
            readiness: LastReadiness::default(),
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

    /// Sets the address of this site where only the launch knew it.
    pub fn launched_at(&self, port: u16) {
        self.base_url.get_or_init(|| self.settings.base_url_for_port(port));
    }

    /// The origin of this site, as browsers write it.
    pub fn origin(&self) -> &str {
        self.base_url().as_str()
    }

    fn base_url(&self) -> &Origin {
        self.base_url.get_or_init(|| self.settings.base_url_for_port(DEFAULT_PORT))
    }

    /// What is wrong with the `Host` of a request, if it names another site than `base_url`: Logto sends
    /// browsers back to `base_url`, where cookies of another host are not sent.
    pub fn other_host(&self, host: Option<&str>) -> Option<String> {
        let (host, site) = (host?, self.base_url().url());
        let asked = Url::parse(&format!("{}://{host}", site.scheme())).ok();
        if asked.is_some_and(|asked| asked.origin() == site.origin()) {
            return None;
        }
        Some(format!(
            "the request's `Host` is `{}`, but `logto.base_url` is `{}`{}; open the site there, set \
             `logto.base_url`, or have the proxy in front pass the host on (nginx: `proxy_set_header \
             Host $host`)",
            shown(host),
            self.origin(),
            self.settings.source_of("base_url")
        ))
    }

    /// Logs once that sign-ins, or sign-outs, start under another name of this site.
    pub fn warn_of_other_host(&self, host: Option<&str>, what: &'static str) {
        if let Some(other_host) = self.other_host(host) {
            self.warnings.once("host", what, || format!("{what} starts elsewhere: {other_host}."));
        }
    }

    /// The path of a route of this crate, by its name.
    pub fn route(&self, name: &'static str) -> LocalPath {
        LocalPath::root().join(self.settings.base.as_str()).join(name)
    }

    /// The URL of a route of this crate, by its name, as Logto knows it.
    pub fn route_url(&self, name: &'static str) -> Url {
        let mut url = self.base_url().url().clone();
        url.set_path(self.route(name).as_str());
        url
    }

    /// The page of this site that a visitor's text names to return to, if it does. Otherwise an event
    /// says why not.
    pub fn return_to(&self, text: &str) -> Option<LocalPath> {
        let path = LocalPath::of_visitor(text, self.origin()).and_then(|path| {
            if path.as_str().len() > MAX_RETURN_TO { Err(NotLocal::TooLong) } else { Ok(path) }
        });
        path.map_err(|why| self.emit(&Event::ReturnToIgnored { why })).ok()
    }

    /// The path of the sign-in, which returns to a path of this site.
    pub fn sign_in(&self, return_to: Option<&LocalPath>) -> LocalPath {
        with_return_to(&self.route("sign-in"), return_to.map(LocalPath::as_str))
    }

    /// The path of a sign-in in which the user may choose another account than that of the session at
    /// Logto.
    pub fn sign_in_as_another(&self, return_to: Option<&LocalPath>) -> LocalPath {
        self.sign_in(return_to).with_parameter("switch", "1")
    }

    /// The path of a sign-out that ends the session at Logto also if there is none here.
    pub fn sign_out_everywhere(&self) -> LocalPath {
        self.sign_out(None).with_parameter("everywhere", "1")
    }

    /// The path of the sign-out, which returns to a path of this site.
    pub fn sign_out(&self, return_to: Option<&LocalPath>) -> LocalPath {
        with_return_to(&self.route("sign-out"), return_to.map(LocalPath::as_str))
    }

    /// A link to the sign-in as text, with what a caller gives as the page to return to.
    pub fn sign_in_uri(&self, return_to: Option<&str>) -> String {
        with_return_to(&self.route("sign-in"), return_to).into()
    }

    /// A link to the sign-out as text.
    pub fn sign_out_uri(&self) -> String {
        self.sign_out(None).into()
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

    /// The scopes that every sign-in asks for: the default ones, those of the configuration, and
    /// those that the mounted routes need; or only those of the configuration, if it is set so.
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
        Asked::new(&self.scopes(), &self.resources())
    }

    /// The API resources that every sign-in asks for: those of the configuration, and those that
    /// the mounted routes need.
    pub fn resources(&self) -> Vec<String> {
        let declared = self.declared.read().unwrap_or_else(PoisonError::into_inner);
        let configured = self.settings.resources.iter().map(String::as_str);
        distinct(configured.chain(declared.resources.iter().copied()))
    }
}

/// A path with the parameter `return_to`, if there is one.
fn with_return_to(path: &LocalPath, return_to: Option<&str>) -> LocalPath {
    return_to.map_or_else(|| path.clone(), |to| path.with_parameter("return_to", to))
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
        f.debug_struct("Logto").field("settings", self.0.settings()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.settings).finish_non_exhaustive()
    }
}
