//! [`Fleet`]: processes of one application that keep sessions in a store.

use std::sync::Arc;

use logto_rocket::testing::{self, Idp};
use logto_rocket::{
    Clock, Config, Logto, LogtoFairing, MemoryStore, RedisStore, SessionConfig, SessionStore, Store,
};
use rocket::Route;
use rocket::local::asynchronous::Client;
use sha2::{Digest, Sha256};

use crate::app::{App, config_for, rocket};
use crate::redis::Redis;
use crate::webhooks;

/// Where the sessions of a fleet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the memory of one process, by the configuration.
    Memory,
    /// In a memory that all processes share, which the application gives.
    Shared,
    /// In a Redis, by a store that the application gives.
    Redis,
    /// In a Redis, by the configuration.
    ConfiguredRedis,
}

/// Processes that have not been started yet. Get it from [`Fleet::builder`].
#[must_use]
pub struct Builder {
    place: Place,
    session: SessionConfig,
    routes: fn() -> Vec<Route>,
    provider: fn(testing::Builder) -> testing::Builder,
    config: fn(Config) -> Config,
    fairing: fn(LogtoFairing) -> LogtoFairing,
    redis: &'static [&'static str],
}

/// Processes of one application, with one provider and one clock. The first is there from the start.
pub struct Fleet {
    /// The first process, with the provider and the clock of all.
    pub app: App,
    /// The Redis that holds the sessions, if one does.
    pub redis: Option<Redis>,
    store: Option<Arc<dyn SessionStore>>,
    session: SessionConfig,
    routes: fn() -> Vec<Route>,
}

impl Builder {
    /// Changes how long sessions last, and the like.
    pub fn session(self, session: SessionConfig) -> Self {
        Self { session, ..self }
    }

    /// Mounts routes at the root of each process, besides the usual ones.
    pub fn routes(self, routes: fn() -> Vec<Route>) -> Self {
        Self { routes, ..self }
    }

    /// Changes the provider.
    pub fn provider(self, provider: fn(testing::Builder) -> testing::Builder) -> Self {
        Self { provider, ..self }
    }

    /// Changes the configuration of the first process.
    pub fn config(self, config: fn(Config) -> Config) -> Self {
        Self { config, ..self }
    }

    /// Changes the fairing of the first process.
    pub fn fairing(self, fairing: fn(LogtoFairing) -> LogtoFairing) -> Self {
        Self { fairing, ..self }
    }

    /// Starts Redis with these options, as on its command line.
    pub fn redis(self, redis: &'static [&'static str]) -> Self {
        Self { redis, ..self }
    }

    /// Starts the first process; `None` where there is no Redis and one is needed.
    ///
    /// # Panics
    ///
    /// If something does not start.
    pub async fn start(self) -> Option<Fleet> {
        let Self { place, mut session, routes, provider, config, fairing, redis: options } = self;
        let clock = Clock::frozen();
        let redis = match place {
            Place::Redis | Place::ConfiguredRedis => Some(Redis::start(options)?),
            Place::Memory | Place::Shared => None,
        };
        let store: Option<Arc<dyn SessionStore>> = match (place, &redis) {
            (Place::Shared, _) => Some(Arc::new(MemoryStore::timed_by(clock.clone(), 100_000))),
            (Place::Redis, Some(redis)) => {
                Some(Arc::new(RedisStore::new(&redis.url(), "test").expect("a URL of Redis")))
            }
            _ => None,
        };
        session = match &redis {
            _ if place == Place::Memory => session.store(Store::Memory),
            Some(redis) if store.is_none() => session.store(Store::Redis).redis_url(redis.url()),
            _ => session,
        };
        let idp = provider(Idp::builder().clock(clock.clone())).start().await.expect("a provider");
        let usual = webhooks::known(config_for(&idp), &idp);
        let config = config(usual.session(session.clone()));
        let logto = fairing(Logto::fairing().config(config).clock(clock.clone()));
        let client = launch(logto, store.clone(), routes()).await;
        let app = App { client, idp, clock };
        Some(Fleet { app, redis, store, session, routes })
    }
}

impl Fleet {
    /// The usual application, with its sessions at this place.
    pub fn builder(place: Place) -> Builder {
        Builder {
            place,
            session: SessionConfig::new(),
            routes: Vec::new,
            provider: |provider| provider,
            config: |config| config,
            fairing: |fairing| fairing,
            redis: &[],
        }
    }

    /// Starts another process.
    pub async fn another(&self) -> Client {
        self.another_with(|config| config).await
    }

    /// Starts another process with changes to its configuration.
    pub async fn another_with(&self, config: impl FnOnce(Config) -> Config) -> Client {
        self.another_at(self.store.clone(), config).await
    }

    /// Starts another process that reaches the store through this one.
    pub async fn another_behind(&self, store: Arc<dyn SessionStore>) -> Client {
        self.another_at(Some(store), |config| config).await
    }

    async fn another_at(
        &self,
        store: Option<Arc<dyn SessionStore>>,
        config: impl FnOnce(Config) -> Config,
    ) -> Client {
        let usual = webhooks::known(config_for(&self.app.idp), &self.app.idp);
        let config = config(usual.session(self.session.clone()));
        let logto = Logto::fairing().config(config).clock(self.app.clock.clone());
        launch(logto, store, (self.routes)()).await
    }

    /// What the store knows a user by.
    pub fn stored_name(&self, sub: &str) -> String {
        let (endpoint, app_id) = (self.app.idp.endpoint(), self.app.idp.app_id());
        let hash = Sha256::digest(format!("{endpoint}/oidc\n{app_id}\n/auth"));
        let owner = hash.iter().take(6).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        format!("{owner}:{sub}")
    }

    /// The Redis that holds the sessions.
    ///
    /// # Panics
    ///
    /// If none does.
    pub fn redis(&mut self) -> &mut Redis {
        self.redis.as_mut().expect("a Redis")
    }

    /// The store that the application gives.
    ///
    /// # Panics
    ///
    /// If sessions are where the configuration says.
    pub fn store(&self) -> &Arc<dyn SessionStore> {
        self.store.as_ref().expect("a store of the test's own")
    }
}

async fn launch(
    fairing: LogtoFairing,
    store: Option<Arc<dyn SessionStore>>,
    routes: Vec<Route>,
) -> Client {
    let fairing = match store {
        Some(store) => fairing.store(store),
        None => fairing,
    };
    Client::untracked(rocket(fairing).mount("/", routes)).await.expect("a launch")
}

/// Makes a test of each of these functions for each place of sessions.
#[macro_export]
macro_rules! at_each_place {
    ($($module:ident: $place:ident),+ => $tests:tt) => {
        $($crate::at_each_place!(@ $module $place $tests);)+
    };
    (@ $module:ident $place:ident [$($test:ident),+ $(,)?]) => {
        mod $module {
            use rocket::tokio;
            $(
                #[rocket::async_test]
                async fn $test() {
                    super::$test($crate::fleet::Place::$place).await;
                }
            )+
        }
    };
}
