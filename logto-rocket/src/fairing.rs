//! [`LogtoFairing`]: attaches everything, and is the one to write our cookies and headers.

mod launch;

use std::sync::Arc;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Build, Orbit, Request, Response, Rocket};

use crate::clock::Clock;
use crate::config::Config;
use crate::events::Event;
use crate::guard::LogtoUser;
use crate::hooks::{Hooks, OnSignIn};
use crate::logto::Logto;
use crate::oidc::SignInOptions;
use crate::session::{CookieWrite, SessionStore, Sessions};
use crate::sign_in_error::SignInError;
use crate::visit::{SessionWrite, Visit, Writes};
use crate::{challenge, routes};

/// Attaches Logto to a Rocket; [`Logto::fairing()`] makes one.
///
/// It reads the configuration, mounts the doors, registers catchers for 401, 403 and 503 at `/`
/// where the application has none, and keeps the session. The launch fails with all mistakes of
/// the configuration at once, and if it is attached twice.
///
/// ```no_run
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::Logto;
///
/// #[launch]
/// fn rocket() -> _ {
///     rocket::build().attach(Logto::fairing())
/// }
/// ```
#[derive(Default)]
pub struct LogtoFairing {
    config: Option<Config>,
    store: Option<Arc<dyn SessionStore>>,
    clock: Option<Clock>,
    hooks: std::sync::Mutex<Hooks>,
}

impl Logto {
    /// The fairing that attaches everything: `rocket::build().attach(Logto::fairing())`.
    pub fn fairing() -> LogtoFairing {
        LogtoFairing::default()
    }
}

impl LogtoFairing {
    /// Configuration in code. `Rocket.toml` and the environment go before it.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Keeps sessions in a store of one's own, or in one of this crate that is made in code. Beside
    /// it nothing in the configuration may say where sessions are kept, or the launch fails.
    ///
    /// ```
    /// use logto_rocket::{Logto, MemoryStore};
    ///
    /// let fairing = Logto::fairing().store(MemoryStore::new(200_000));
    /// ```
    #[must_use]
    pub fn store(mut self, store: impl SessionStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Is asked about everybody who signs in, after Logto's answer is verified and before the
    /// session exists: the place to make a row of one's own for a user. An error refuses the
    /// sign-in with a page (403), and the tokens are revoked; its text goes to the log only.
    ///
    /// It runs once for each sign-in, but a user who signs in often is seen often.
    ///
    /// ```
    /// use logto_rocket::Logto;
    ///
    /// Logto::fairing().on_sign_in(|_request, user| {
    ///     Box::pin(async move {
    ///         if user.email_verified() { Ok(()) } else { Err("verify your address first".into()) }
    ///     })
    /// });
    /// ```
    #[must_use]
    pub fn on_sign_in<F>(self, hook: F) -> Self
    where
        F: for<'a> Fn(&'a Request<'_>, &'a LogtoUser) -> OnSignIn<'a> + Send + Sync + 'static,
    {
        self.hook(|hooks| hooks.on_sign_in = Some(Box::new(hook)))
    }

    /// Is told what happens, for an audit trail or metrics. It runs within requests and should not
    /// block.
    #[must_use]
    pub fn on_event(self, hook: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.hook(|hooks| hooks.on_event = Some(Box::new(hook)))
    }

    /// Changes the options of every sign-in that starts at the doors, for example by the host name
    /// that a request was made for.
    #[must_use]
    pub fn sign_in_options<F>(self, hook: F) -> Self
    where
        F: Fn(&Request<'_>, SignInOptions) -> SignInOptions + Send + Sync + 'static,
    {
        self.hook(|hooks| hooks.sign_in_options = Some(Box::new(hook)))
    }

    /// A page of one's own for a sign-in that failed; with `None` the built-in page is shown. The
    /// status is set to [`SignInError::status()`] either way.
    #[must_use]
    pub fn error_page<F>(self, hook: F) -> Self
    where
        F: for<'r> Fn(&'r Request<'_>, &SignInError) -> Option<Response<'r>>
            + Send
            + Sync
            + 'static,
    {
        self.hook(|hooks| hooks.error_page = Some(Box::new(hook)))
    }

    /// Times everything by this clock, which a test can move.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    fn hook(mut self, set: impl FnOnce(&mut Hooks)) -> Self {
        set(self.hooks.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner));
        self
    }

    fn take_hooks(&self) -> Hooks {
        std::mem::take(&mut *self.hooks.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[rocket::async_trait]
impl Fairing for LogtoFairing {
    fn info(&self) -> Info {
        Info { name: "Logto Sign-In", kind: Kind::Ignite | Kind::Liftoff | Kind::Response }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        if Logto::fetch(&rocket).is_some() {
            log::error!("Logto::fairing() is attached twice. Attach it once.");
            return Err(rocket);
        }
        let clock = self.clock.clone().unwrap_or_else(Clock::system);
        let (config, store) = (self.config.as_ref(), self.store.clone());
        let client = launch::client(&rocket, config, store, clock, self.take_hooks());
        let Some(logto) = client else { return Err(rocket) };
        let rocket = launch::with_secret_key(rocket, &logto);
        let catchers = challenge::catchers(rocket.catchers());
        let base = logto.settings().base.as_str().to_owned();
        let doors = routes::doors(&logto);
        Ok(rocket.manage(logto).mount(base, doors).register("/", catchers))
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        if let Some(logto) = Logto::fetch(rocket) {
            logto.launched_at(rocket.config().port);
            launch::announce(logto, rocket);
            let oidc = logto.oidc().clone();
            rocket::tokio::spawn(async move { oidc.ready().await });
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let visit = Visit::of(request);
        if visit.is_blank() {
            return;
        }
        let writes = std::mem::take(&mut *visit.writes());
        write_refusal(request, response, &writes);
        if visit.is_guarded() {
            forbid_caching(request, response);
        }
        if visit.asked().is_some() || writes.has_cookies() {
            write_cookies(request, response, visit, writes);
        }
    }
}

/// What the protocol demands of a refusal, if the response is still about it.
fn write_refusal(request: &Request<'_>, response: &mut Response<'_>, writes: &Writes) {
    let refusal = writes.refusal.as_ref();
    let Some(refusal) = refusal.filter(|refusal| refusal.status() == response.status()) else {
        return;
    };
    for header in refusal.headers(request) {
        response.set_header(header);
    }
}

/// What a guard let through, or refused, is for one pair of eyes.
fn forbid_caching(request: &Request<'_>, response: &mut Response<'_>) {
    let mut policy = None;
    let mut vary = None;
    for header in response.headers().iter() {
        let name = header.name().as_str();
        if policy.is_none() && name.eq_ignore_ascii_case("Cache-Control") {
            policy = Some(Policy::read(header.value()));
        } else if name.eq_ignore_ascii_case("Vary") {
            let enough = names(header.value(), "Cookie") || names(header.value(), "*");
            vary = Some(enough || vary == Some(true));
        }
    }
    let policy = policy.unwrap_or_default();
    if policy.is_shared
        && let Some(logto) = Logto::fetch(request.rocket())
    {
        logto.warn_of_public_caching();
    }
    if !policy.is_private || policy.is_public {
        response.set_header(Header::new("Cache-Control", "no-store"));
    }
    match vary {
        Some(true) => {}
        Some(false) => response.adjoin_header(Header::new("Vary", "Cookie")),
        None => drop(response.set_header(Header::new("Vary", "Cookie"))),
    }
}

/// What a handler said about caches.
#[derive(Default)]
struct Policy {
    is_private: bool,
    is_public: bool,
    /// Whether caches that several users share may keep it.
    is_shared: bool,
}

impl Policy {
    fn read(value: &str) -> Self {
        let is_public = names(value, "public");
        let lower = value.to_ascii_lowercase();
        let timed = lower.split(',').any(|directive| directive.trim().starts_with("s-maxage"));
        let is_private = names(value, "private") || names(value, "no-store");
        Self { is_private, is_public, is_shared: is_public || timed }
    }
}

/// Whether a list of names, separated by commas, has this one.
fn names(list: &str, name: &str) -> bool {
    list.split(',').any(|item| item.trim().eq_ignore_ascii_case(name))
}

fn write_cookies(
    request: &Request<'_>,
    response: &mut Response<'_>,
    visit: &Visit,
    writes: Writes,
) {
    let Some(logto) = Logto::fetch(request.rocket()) else { return };
    let sessions: &Sessions = logto.keeper();
    let own = sessions.cookies();
    let mut cookies = writes.cookies;
    match (writes.session, visit.asked()) {
        (SessionWrite::Delete, _) => cookies.extend(own.deletions()),
        (SessionWrite::Begin(session), _) if sessions.is_alive(&session) => {
            cookies.extend(own.writes(&session, request).unwrap_or_default());
        }
        (SessionWrite::Keep, Some(presented)) => {
            if let Some(session) = sessions.to_write(presented) {
                match own.writes(&session, request) {
                    Ok(writes) => cookies.extend(writes),
                    Err(error) => log::warn!("A session could not be written: {error}"),
                }
            }
            let flows = own.flows(request);
            let finished = flows.finished_names().map(|name| CookieWrite::forget_flow(name.into()));
            cookies.extend(finished);
        }
        _ => {}
    }
    if !cookies.is_empty() {
        forbid_caching(request, response);
    }
    for cookie in cookies {
        let cookie = own.build(cookie).to_string();
        response.adjoin_header(Header::new("Set-Cookie", cookie));
    }
}
