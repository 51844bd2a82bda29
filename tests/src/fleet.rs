//! [`Fleet`]: processes of one application that keep sessions in a store.

use std::sync::Arc;

use logto_rocket::testing::{Builder, Idp};
use logto_rocket::{
    Clock, Config, Logto, LogtoFairing, MemoryStore, RedisStore, SessionConfig, SessionStore, Store,
};
use rocket::Route;
use rocket::local::asynchronous::Client;

use crate::app::{App, config_for, rocket};
use crate::redis::Redis;

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

/// What a fleet is made of.
pub struct Plan {
    /// Where its sessions are.
    pub place: Place,
    /// How long they last, and the like.
    pub session: SessionConfig,
    /// Routes of a test's own.
    pub routes: fn() -> Vec<Route>,
    /// Changes to the provider.
    pub idp: fn(Builder) -> Builder,
    /// Changes to the fairing.
    pub fairing: fn(LogtoFairing) -> LogtoFairing,
    /// Options for Redis.
    pub redis: &'static [&'static str],
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

impl Plan {
    /// The usual application.
    pub fn at(place: Place) -> Self {
        let session = SessionConfig::new();
        Self { place, session, routes: Vec::new, idp: |it| it, fairing: |it| it, redis: &[] }
    }

    /// With routes of a test's own.
    #[must_use]
    pub fn routes(self, routes: fn() -> Vec<Route>) -> Self {
        Self { routes, ..self }
    }

    /// With sessions as they are configured here.
    #[must_use]
    pub fn session(self, session: SessionConfig) -> Self {
        Self { session, ..self }
    }

    /// With changes to the provider.
    #[must_use]
    pub fn idp(self, idp: fn(Builder) -> Builder) -> Self {
        Self { idp, ..self }
    }

    /// With changes to the fairing.
    #[must_use]
    pub fn fairing(self, fairing: fn(LogtoFairing) -> LogtoFairing) -> Self {
        Self { fairing, ..self }
    }

    /// With options for Redis, as on its command line.
    #[must_use]
    pub fn redis(self, redis: &'static [&'static str]) -> Self {
        Self { redis, ..self }
    }

    /// Starts the first process; `None` where there is no Redis and none is needed.
    ///
    /// # Panics
    ///
    /// If something does not start.
    pub async fn start(self) -> Option<Fleet> {
        self.start_with(|config| config).await
    }

    /// The same, with changes to the configuration of the first process.
    ///
    /// # Panics
    ///
    /// If something does not start.
    pub async fn start_with(self, config: impl FnOnce(Config) -> Config) -> Option<Fleet> {
        let Self { place, mut session, routes, idp, fairing, redis: options } = self;
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
        let idp = idp(Idp::builder().clock(clock.clone())).start().await.expect("a provider");
        let config = config(config_for(&idp).session(session.clone()));
        let logto = fairing(Logto::fairing().config(config).clock(clock.clone()));
        let client = launch(logto, store.clone(), routes()).await;
        let app = App { client, idp, clock };
        Some(Fleet { app, redis, store, session, routes })
    }
}

impl Fleet {
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
        let config = config(config_for(&self.app.idp).session(self.session.clone()));
        let logto = Logto::fairing().config(config).clock(self.app.clock.clone());
        launch(logto, store, (self.routes)()).await
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
