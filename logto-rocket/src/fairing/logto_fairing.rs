//! [`LogtoFairing`]: attaches what an application needs that signs users in.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::response::content::RawHtml;
use rocket::{Build, Request, Rocket};

#[cfg(feature = "testing")]
use super::provider::ProviderChoice;
use super::store::{BuildStore, OwnStore};
use crate::client::Logto;
use crate::clock::Clock;
use crate::config::Config;
use crate::events::{Event, EventHook};
use crate::flows::{Hooks, OnSignIn};
use crate::oidc::SignInOptions;
use crate::response::{BuiltInPage, PageHook};
use crate::session::SessionStore;
use crate::session_values::IntoSessionValues;
#[cfg(feature = "testing")]
use crate::testing::Idp;
use crate::user::LogtoUser;
use crate::webhook::WebhookHook;

/// Attaches Logto to a Rocket. Create one with [`Logto::fairing()`].
///
/// The fairing reads the configuration, mounts the routes and writes session cookies. It registers catchers for
/// 400, 401, 403, 404, 500 and 503 at `/` if the application has none there. The launch fails if the configuration
/// has errors, and reports all of them together. It also fails if the fairing is attached twice.
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
    pub(super) config: Option<Config>,
    pub(super) store: OwnStore,
    pub(super) clock: Option<Clock>,
    #[cfg(feature = "testing")]
    pub(super) provider: ProviderChoice,
    pub(super) on_event: Mutex<Option<EventHook>>,
    pub(super) hooks: Mutex<Hooks>,
    pub(super) pages: Mutex<PageHook>,
    pub(super) on_webhook: Mutex<Option<WebhookHook>>,
}

impl Logto {
    /// The fairing that attaches everything: `rocket::build().attach(Logto::fairing())`.
    pub fn fairing() -> LogtoFairing {
        LogtoFairing::default()
    }
}

impl LogtoFairing {
    /// Sets configuration in code. Values in `Rocket.toml` and in the environment override it.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Stores sessions in your own store, or in a store of this crate that you create in code. The
    /// launch fails if the configuration also sets where sessions are stored.
    ///
    /// ```
    /// use logto_rocket::{Logto, MemoryStore};
    ///
    /// let fairing = Logto::fairing().store(MemoryStore::new(200_000));
    /// ```
    #[must_use]
    pub fn store(mut self, store: impl SessionStore) -> Self {
        self.store = OwnStore::Given(Arc::new(store));
        self
    }

    /// Stores sessions in your own store, which the function builds during the launch from state of other
    /// fairings, for example a connection pool. The function is called once, after every fairing of the
    /// application has ignited. The pool may therefore be attached before or after this fairing.
    ///
    /// # Errors
    ///
    /// If the store cannot be built, the launch fails, and the log has the cause. The launch also fails if the
    /// configuration sets where sessions are stored.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Logto, MemoryStore};
    ///
    /// # type Pool = u64;
    /// # struct SqlStore;
    /// # impl SqlStore { fn new(pool: Pool) -> MemoryStore { MemoryStore::new(pool) } }
    /// let fairing = Logto::fairing().store_with(|rocket| {
    ///     Box::pin(async move {
    ///         let pool = rocket.state::<Pool>().ok_or("the database pool is not attached")?;
    ///         Ok(SqlStore::new(pool.clone()))
    ///     })
    /// });
    /// ```
    #[must_use]
    pub fn store_with<F, S>(mut self, build: F) -> Self
    where
        F: for<'r> FnOnce(&'r Rocket<Build>) -> BuildStore<'r, S> + Send + 'static,
        S: SessionStore,
    {
        self.store = OwnStore::later(build);
        self
    }

    /// Sets a hook that is called for each sign-in, after Logto's answer is verified and before the session
    /// exists. Use it to create your own record of the user. If the hook returns an error, the sign-in is
    /// refused with a page (403) and its tokens are revoked. The page names the user. If the error is a
    /// [`SignInRefusal`](crate::SignInRefusal), the page shows its text. The text of any other error appears in
    /// the log only.
    ///
    /// The hook is called for every sign-in, so it may see the same user many times. The user has only the
    /// claims for which the sign-in asked Logto. Without the scope `email`, for example, no address is
    /// verified, and this hook would refuse everybody.
    ///
    /// ```
    /// use logto_rocket::{Config, Logto};
    ///
    /// Logto::fairing().config(Config::new().scopes(["email"])).on_sign_in(|_request, user| {
    ///     Box::pin(async move {
    ///         if user.email_verified() { Ok(()) } else { Err("verify your address first".into()) }
    ///     })
    /// });
    /// ```
    ///
    /// It may return values of your own, which are then part of the session: see
    /// [`SessionValues`](crate::SessionValues).
    #[must_use]
    pub fn on_sign_in<F, V>(self, hook: F) -> Self
    where
        F: for<'a> Fn(&'a Request<'_>, &'a LogtoUser) -> OnSignIn<'a, V> + Send + Sync + 'static,
        V: IntoSessionValues + 'static,
    {
        self.hook(|hooks| hooks.set_on_sign_in(hook))
    }

    /// Sets a hook that is called for each event, for an audit trail or metrics. The hook runs during requests
    /// and should not block. If it panics, the request goes on.
    #[must_use]
    pub fn on_event(mut self, hook: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        *self.on_event.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(hook));
        self
    }

    /// Sets a hook that changes the options of each sign-in that starts at one of the mounted
    /// routes, for example according to the host name of the request.
    #[must_use]
    pub fn sign_in_options<F>(self, hook: F) -> Self
    where
        F: Fn(&Request<'_>, SignInOptions) -> SignInOptions + Send + Sync + 'static,
    {
        self.hook(|hooks| hooks.sign_in_options = Some(Box::new(hook)))
    }

    /// Sets a hook that makes the HTML of the built-in [pages](crate::guide::pages): refusals, failed sign-ins
    /// and questions. If the hook returns `None` or panics, the browser gets the page of this crate. Programs
    /// always get a problem document.
    ///
    /// The hook decides the HTML only. This crate still sets the status, `Cache-Control: no-store` and the
    /// other headers. The `Content-Security-Policy` allows scripts, style sheets and images of this site, and
    /// inline styles. It forbids content of other sites, because a request for it could reveal the address of
    /// the page, and the address of a callback contains a code. Escape all texts, and show all actions: a user
    /// needs them to continue.
    ///
    /// ```
    /// use logto_rocket::{ActionKind, Logto};
    /// use rocket::response::content::RawHtml;
    ///
    /// # fn escaped(text: &str) -> String { text.to_owned() }
    /// Logto::fairing().pages(|_request, page| {
    ///     let mut html = format!("<h1>{}</h1><p>{}</p>", escaped(page.title), escaped(&page.text));
    ///     for action in &page.actions {
    ///         let (to, label) = (escaped(action.address.as_str()), escaped(action.label));
    ///         html += &match action.kind {
    ///             ActionKind::Post => {
    ///                 format!("<form method=post action='{to}'><button>{label}</button></form>")
    ///             }
    ///             ActionKind::NewTab => format!("<a href='{to}' target=_blank>{label}</a>"),
    ///             _ => format!("<a href='{to}' target=_top>{label}</a>"),
    ///         };
    ///     }
    ///     Some(RawHtml(html))
    /// });
    /// ```
    ///
    /// The texts are in the language of the request, [`BuiltInPage::language`]. With `rocket_dyn_templates` the
    /// hook is [one line](crate::guide::pages#looks-of-your-own):
    /// `|request, page| Template::show(request.rocket(), "page", page).map(RawHtml)`.
    #[must_use]
    pub fn pages<F>(mut self, hook: F) -> Self
    where
        F: Fn(&Request<'_>, &BuiltInPage) -> Option<RawHtml<String>> + Send + Sync + 'static,
    {
        let pages = self.pages.get_mut().unwrap_or_else(PoisonError::into_inner);
        *pages = PageHook(Some(Box::new(hook)));
        self
    }

    /// Uses this clock for all times, so that a test can move it.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Uses a test provider instead of Logto. The provider's endpoint and first application override
    /// `Rocket.toml`, the environment and the code, so that a test never reaches the Logto that a developer's
    /// environment names. [The chapter on testing](crate::guide::testing#what-a-test-provider-overrides) lists
    /// the keys. The URIs of the application are registered at the provider, whatever `base_url` is, unless
    /// [its builder](crate::testing::Builder::redirect_uri) describes others. A call of
    /// [`dev_provider()`](Self::dev_provider) before or after this one has no effect.
    ///
    /// Without [`clock()`](Self::clock), the application also uses the clock of the provider, so that
    /// [`Idp::clock`] moves both.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// # rocket::async_test(async {
    /// use logto_rocket::{Logto, testing::Idp};
    /// use rocket::local::asynchronous::Client;
    ///
    /// let idp = Idp::start().await?;
    /// let rocket = rocket::build().attach(Logto::fairing().provider(&idp));
    /// let client = Client::tracked(rocket).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn provider(mut self, idp: &Idp) -> Self {
        self.provider = ProviderChoice::running(idp);
        self
    }

    /// Starts a provider for development if no Logto is configured yet, so that `cargo run` shows a
    /// working sign-in on a machine that has none.
    ///
    /// The provider starts only in Rocket's debug profile, in builds with debug assertions, if neither
    /// `endpoint` nor `issuer` is configured, and if the fairing has no [`provider()`](Self::provider).
    /// Otherwise the call has no effect, and a missing endpoint is the usual launch error. The same `main.rs`
    /// therefore works in production. If an `app_id` or `app_secret` is configured without an endpoint, the
    /// launch log warns that it is not used.
    ///
    /// ```no_run
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::Logto;
    ///
    /// #[launch]
    /// fn rocket() -> _ {
    ///     rocket::build().attach(Logto::fairing().dev_provider())
    /// }
    /// ```
    ///
    /// The launch log says where the provider is and how to sign in. The user `alice` has every permission that
    /// is asked for, and `bob` has none. The machine application `dev-machine` (secret `dev-machine-secret`)
    /// gets every scope of every API resource and organization. The personal access token `pat_alice` can be
    /// exchanged for an access token of alice's.
    ///
    /// A restart signs nobody out. The provider stores its port, keys and grants in one file for each
    /// application, which only the owner can read. The file is beside the executable in Cargo's build
    /// directory, otherwise in `XDG_RUNTIME_DIR`. Without either directory nothing is stored. Nothing is stored
    /// either if a link or a file of another user is in the place of the file. A damaged file is replaced. The
    /// provider takes another port if its own is in use or is the `port` of the application. The log reports
    /// each of these cases. If the state exceeds 1 MiB, the oldest sessions and tokens are not stored.
    ///
    /// # Security
    ///
    /// The provider asks for no password. It listens on 127.0.0.1, and answers only requests for the host
    /// `127.0.0.1` or `localhost`, so that no page on the network can read its responses. Any program of this
    /// machine can sign in at an application that uses the provider.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn dev_provider(mut self) -> Self {
        self.provider = self.provider.or_development();
        self
    }

    fn hook(mut self, set: impl FnOnce(&mut Hooks)) -> Self {
        set(self.hooks.get_mut().unwrap_or_else(PoisonError::into_inner));
        self
    }
}
