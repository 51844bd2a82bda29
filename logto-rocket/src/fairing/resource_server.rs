//! [`ResourceServerFairing`]: attaches what a pure API needs.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Orbit, Rocket};

use super::last::AfterOthers;
#[cfg(feature = "testing")]
use super::provider::ProviderChoice;
use super::{announce, diagnose, launch};
use crate::client::Logto;
use crate::clock::Clock;
use crate::config::{self, Config, OfResourceServer};
use crate::events::{Event, EventHook, Events};
use crate::guard::Registry;
use crate::local_path::LocalPath;
use crate::resource_server::ResourceServer;
use crate::routes;
#[cfg(feature = "testing")]
use crate::testing::Idp;
use crate::webhook::WebhookHook;

/// The fairing of an API that programs call with access tokens, and to which no user signs in. Create one with
/// [`Logto::resource_server()`].
///
/// The fairing needs only `logto.endpoint` (or `logto.issuer`): no app id, secret, base URL or secret key. It
/// reads and writes no cookies and mounts no sign-in routes. It serves the [metadata](crate::guide::apis) of
/// the API resources of mounted routes, and registers catchers for 400, 401, 403, 404, 500 and 503 at `/` if
/// the application has none there.
///
/// In such an application, a guard for signed-in users is a launch error, as a parameter of a handler, in
/// `#[authenticated]` and in `requires!(…).guard(…)`. If only another guard asks for the user, the launch
/// cannot find that. The request then gets 500, and the log says once what to change.
///
/// If no `secret_key` is configured, the fairing gives Rocket a random key at each start. Configure a
/// `secret_key` if the application has private cookies of its own. Otherwise they are unreadable after a
/// restart.
///
/// ```no_run
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Bearer, Logto, authenticated, resource};
///
/// resource!(pub Orders = "https://api.example.com/orders");
///
/// #[authenticated(bearer, resource = Orders, scope = "read:orders")]
/// #[get("/orders")]
/// fn orders(caller: Bearer<Orders>) -> String {
///     format!("the orders of {}", caller.subject())
/// }
///
/// #[launch]
/// fn rocket() -> _ {
///     rocket::build().attach(Logto::resource_server()).mount("/", routes![orders])
/// }
/// ```
#[derive(Default)]
pub struct ResourceServerFairing {
    config: Option<Config>,
    clock: Option<Clock>,
    #[cfg(feature = "testing")]
    provider: ProviderChoice,
    on_event: Mutex<Option<EventHook>>,
    pub(super) on_webhook: Mutex<Option<WebhookHook>>,
}

impl Logto {
    /// The fairing of an API that only verifies access tokens:
    /// `rocket::build().attach(Logto::resource_server())`. If users also sign in, attach [`Logto::fairing()`]
    /// instead, which also verifies access tokens.
    pub fn resource_server() -> ResourceServerFairing {
        ResourceServerFairing::default()
    }
}

impl ResourceServerFairing {
    /// Sets configuration in code. Values in `Rocket.toml` and in the environment override it.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Sets a hook that is called for each event, for an audit trail or metrics. The hook runs during requests
    /// and should not block. If it panics, the request goes on.
    #[must_use]
    pub fn on_event(mut self, hook: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        *self.on_event.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(hook));
        self
    }

    /// Uses this clock for all times, so that a test can move it.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Uses a test provider instead of Logto. The provider overrides `Rocket.toml`, the environment and the
    /// code, so that a test never reaches the Logto that a developer's environment names. [The chapter on
    /// testing](crate::guide::testing#what-a-test-provider-overrides) lists the keys. A call of
    /// [`dev_provider()`](Self::dev_provider) before or after this one has no effect.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// # rocket::async_test(async {
    /// use logto_rocket::{Logto, testing::Idp};
    /// use rocket::local::asynchronous::Client;
    ///
    /// let idp = Idp::start().await?;
    /// let rocket = rocket::build().attach(Logto::resource_server().provider(&idp));
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
    /// working API on a machine that has none.
    ///
    /// The provider starts only in Rocket's debug profile, in builds with debug assertions, if neither
    /// `endpoint` nor `issuer` is configured, and if the fairing has no [`provider()`](Self::provider).
    /// Otherwise the call has no effect, and a missing endpoint is the usual launch error. The same `main.rs`
    /// therefore works in production.
    ///
    /// ```no_run
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::Logto;
    ///
    /// #[launch]
    /// fn rocket() -> _ {
    ///     rocket::build().attach(Logto::resource_server().dev_provider())
    /// }
    /// ```
    ///
    /// The launch log says where the provider is, and shows the commands that get an access token and call the
    /// API. [`LogtoFairing::dev_provider()`](crate::LogtoFairing::dev_provider) describes the accounts, and
    /// what the provider stores between restarts.
    ///
    /// # Security
    ///
    /// The provider asks for no password, so any program of this machine can get a token for the API.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn dev_provider(mut self) -> Self {
        self.provider = self.provider.or_development();
        self
    }

    /// What it manages, and the settings; without them, if the configuration has errors, which are logged.
    fn server(
        &self,
        rocket: &Rocket<Build>,
        config: Option<&Config>,
        clock: Clock,
    ) -> Option<(ResourceServer, OfResourceServer)> {
        let read = config::read_resource_server(rocket.figment(), config);
        let (settings, warnings) = read.inspect_err(|mistakes| log::error!("{mistakes}")).ok()?;
        for warning in warnings {
            log::warn!("{warning}");
        }
        let events = Arc::new(Events::new(launch::take(&self.on_event)));
        let issuer = launch::issuer(&settings.connection, clock, &events);
        let issuer = issuer.inspect_err(|mistake| log::error!("{mistake}")).ok()?;
        let metadata = settings.resource_metadata.clone();
        Some((ResourceServer::new(Arc::new(issuer), events, metadata), settings))
    }
}

#[rocket::async_trait]
impl Fairing for ResourceServerFairing {
    fn info(&self) -> Info {
        Info { name: "Logto Resource Server", kind: Kind::Ignite | Kind::Liftoff }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        if launch::is_attached(&rocket) {
            return Err(rocket);
        }
        let clock = self.clock.clone();
        #[cfg(feature = "testing")]
        let clock = clock.or_else(|| self.provider.clock());
        let clock = clock.unwrap_or_else(Clock::usual);
        let config = self.config.clone();
        #[cfg(feature = "testing")]
        let (rocket, config) = self.provider.apply(rocket, config, &clock).await;
        let server = self.server(&rocket, config.as_ref(), clock);
        let Some((server, settings)) = server else { return Err(rocket) };
        diagnose::plan(server.doctor(), settings.diagnose);
        let rocket = launch::with_any_secret_key(rocket);
        let rocket = rocket.manage(server).manage(Registry::default());
        #[cfg(feature = "testing")]
        let rocket = rocket.manage(crate::testing::BearerKey::default());
        let OfResourceServer { base, webhook_route, webhook, .. } = settings;
        let base = LocalPath::root().join(base.as_str());
        let rocket = rocket.mount("/", routes::resource_metadata());
        let rocket =
            launch::with_webhooks(rocket, &base, &webhook_route, webhook, &self.on_webhook);
        Ok(rocket.attach(AfterOthers::new(None)))
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        // With both fairings attached the launch has failed.
        if let Some(server) = ResourceServer::of(rocket) {
            announce::resource_server(server, rocket);
            diagnose::lifted_off(rocket);
            let issuer = Arc::clone(server.issuer());
            rocket::tokio::spawn(async move { issuer.ready().await });
        }
    }
}
