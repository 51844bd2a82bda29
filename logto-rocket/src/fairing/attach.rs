//! What [`LogtoFairing`] does when Rocket ignites and lifts off.

use std::sync::Arc;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Orbit, Rocket};

use super::last::AfterOthers;
use super::logto_fairing::LogtoFairing;
use super::{announce, diagnose, launch};
use crate::client::Client;
use crate::clock::Clock;
use crate::events::Events;
use crate::guard::Registry;
use crate::routes;

#[rocket::async_trait]
impl Fairing for LogtoFairing {
    fn info(&self) -> Info {
        Info { name: "Logto Sign-In", kind: Kind::Ignite | Kind::Liftoff }
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
        let events = Arc::new(Events::new(launch::take(&self.on_event)));
        let logto = launch::logto(&rocket, config.as_ref(), &self.store, clock, events);
        let Some((logto, server)) = logto else { return Err(rocket) };
        let client = logto.client();
        let rocket = launch::with_secret_key(rocket, client);
        let (base, routes) = (client.settings().mounted_at(), routes::all(client));
        let (webhook, webhook_route) =
            (client.settings().webhook.clone(), client.settings().routes.webhook.clone());
        diagnose::plan(client.doctor(), client.settings().diagnose);
        let rocket = rocket
            .manage(logto)
            .manage(launch::take(&self.hooks))
            .manage(launch::take(&self.pages));
        let rocket = rocket.manage(server).manage(Registry::default());
        #[cfg(feature = "testing")]
        let rocket = rocket.manage(crate::testing::BearerKey::default());
        let rocket = rocket.mount(base.to_string(), routes).mount("/", routes::resource_metadata());
        let rocket =
            launch::with_webhooks(rocket, &base, &webhook_route, webhook, &self.on_webhook);
        Ok(rocket.attach(AfterOthers::new(self.store.builder())))
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        if let Some(client) = Client::of(rocket) {
            client.launched_at(rocket.config().port);
            #[cfg(feature = "testing")]
            self.provider.register(client);
            announce::client(client, rocket);
            diagnose::lifted_off(rocket);
            let issuer = Arc::clone(client.oidc().issuer());
            rocket::tokio::spawn(async move { issuer.ready().await });
        }
    }
}
