//! What passes between browser, application and provider, taken apart.

use std::collections::BTreeMap;

use logto_rocket::testing::{Builder, Idp};
use logto_rocket::{Clock, Config, Logto, LogtoFairing};
use rocket::Route;
use rocket::local::asynchronous::Client;
use url::Url;

use crate::app::{App, config_for, rocket};

/// The parameters of a URL; of one that comes twice, the last.
///
/// # Panics
///
/// If it is no absolute URL.
pub fn query(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).expect("an absolute URL").query_pairs().into_owned().collect()
}

/// The path and query of an absolute URL.
///
/// # Panics
///
/// If it is no absolute URL.
pub fn path_of(url: &str) -> String {
    Url::parse(url).expect("an absolute URL")[url::Position::BeforePath..].to_owned()
}

impl App {
    /// The usual application with routes of a test's own besides.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn mounted(
        routes: Vec<Route>,
        idp: impl FnOnce(Builder) -> Builder,
        config: impl FnOnce(Config) -> Config,
        fairing: impl FnOnce(LogtoFairing) -> LogtoFairing,
    ) -> Self {
        let clock = Clock::movable();
        let idp = idp(Idp::builder().clock(clock.clone())).start().await.expect("a provider");
        let logto = Logto::fairing().config(config(config_for(&idp))).clock(clock.clone());
        let rocket = rocket(fairing(logto)).mount("/", routes);
        let client = Client::untracked(rocket).await.expect("a launch");
        Self { client, idp, clock }
    }

    /// A second process of the same application, with a clock of its own.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn second_process(&self, clock: Clock) -> Client {
        let logto = Logto::fairing().config(config_for(&self.idp)).clock(clock);
        Client::untracked(rocket(logto)).await.expect("a launch")
    }
}
