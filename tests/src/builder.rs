//! [`Builder`]: the usual application, with what a test changes.

use logto_rocket::testing::{self, Idp};
use logto_rocket::{Clock, Config, Logto, LogtoFairing};
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, Route};

use crate::app::{App, config_for, rocket_without_fairing};
use crate::webhooks;

/// An application that has not been started yet. Get one from [`App::builder`].
#[must_use]
pub struct Builder<'a> {
    clock: Clock,
    provider: testing::Builder,
    config: Box<dyn FnOnce(Config) -> Config + 'a>,
    fairing: LogtoFairing,
    rocket: Rocket<Build>,
    has_webhooks: bool,
}

impl<'a> Builder<'a> {
    pub(crate) fn usual() -> Self {
        let clock = Clock::frozen();
        Self {
            provider: Idp::builder().clock(clock.clone()),
            config: Box::new(|config| config),
            fairing: Logto::fairing().clock(clock.clone()),
            rocket: rocket_without_fairing(),
            clock,
            has_webhooks: false,
        }
    }

    /// Lets the application receive the webhooks of the provider.
    pub fn webhooks(self) -> Self {
        Self { has_webhooks: true, ..self }
    }

    /// Changes the provider.
    pub fn provider(self, change: impl FnOnce(testing::Builder) -> testing::Builder) -> Self {
        Self { provider: change(self.provider), ..self }
    }

    /// Changes the configuration, after what was changed before.
    pub fn config(self, change: impl FnOnce(Config) -> Config + 'a) -> Self {
        let before = self.config;
        Self { config: Box::new(|config| change(before(config))), ..self }
    }

    /// Changes the fairing.
    pub fn fairing(self, change: impl FnOnce(LogtoFairing) -> LogtoFairing) -> Self {
        Self { fairing: change(self.fairing), ..self }
    }

    /// Mounts routes at the root, besides the usual ones.
    pub fn routes(self, routes: impl Into<Vec<Route>>) -> Self {
        self.rocket(|rocket| rocket.mount("/", routes.into()))
    }

    /// Changes the Rocket: what it manages, mounts, attaches and catches.
    pub fn rocket(self, change: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> Self {
        Self { rocket: change(self.rocket), ..self }
    }

    /// Starts the provider and then the application.
    ///
    /// # Panics
    ///
    /// If either does not start.
    pub async fn start(self) -> App {
        let Self { clock, provider, config, fairing, rocket, has_webhooks } = self;
        let idp = provider.start().await.expect("a provider");
        let usual = config_for(&idp);
        let usual = if has_webhooks { webhooks::known(usual, &idp) } else { usual };
        let fairing = fairing.config(config(usual));
        let client = Client::untracked(rocket.attach(fairing)).await.expect("a launch");
        App { client, idp, clock }
    }
}
