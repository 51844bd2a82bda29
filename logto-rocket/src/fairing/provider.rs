//! [`ProviderChoice`]: the test provider that a fairing uses in Logto's place.

use std::net::SocketAddr;

use rocket::{Build, Orbit, Rocket};

use super::example::{Example, example};
use crate::client::Client;
use crate::clock::Clock;
use crate::config::{self, Config, TestProvider};
use crate::testing::{DevProvider, Idp, Registration, permitted};

/// The test provider that a fairing uses in Logto's place.
#[derive(Default)]
pub(super) enum ProviderChoice {
    #[default]
    Logto,
    /// One that runs, whatever is configured.
    Running { layer: TestProvider, clock: Clock, registration: Registration },
    /// One that is started where nothing is configured.
    Development,
}

impl ProviderChoice {
    pub fn running(idp: &Idp) -> Self {
        Self::Running { layer: layer(idp), clock: idp.clock(), registration: idp.registration() }
    }

    /// A provider for development, unless a test has set its own provider. The application under test may
    /// call `dev_provider()` after the test has called `provider()`, and the provider of the test must be
    /// used.
    pub fn or_development(self) -> Self {
        match self {
            Self::Running { .. } => self,
            Self::Logto | Self::Development => Self::Development,
        }
    }

    /// The clock of the provider, if it runs: an application that is given none goes by the same.
    pub fn clock(&self) -> Option<Clock> {
        match self {
            Self::Running { clock, .. } => Some(clock.clone()),
            Self::Logto | Self::Development => None,
        }
    }

    /// The configuration with the layer of the test provider, which is started if it must be.
    pub async fn apply(
        &self,
        rocket: Rocket<Build>,
        config: Option<Config>,
        clock: &Clock,
    ) -> (Rocket<Build>, Option<Config>) {
        match self {
            Self::Logto => (rocket, config),
            Self::Running { layer, .. } => {
                let config = config.unwrap_or_default().test_provider(layer.clone());
                (rocket, Some(config))
            }
            Self::Development => start(rocket, config, clock).await,
        }
    }

    /// Registers the URIs of an application at the provider that a test gave it, as a person does in
    /// Logto's console.
    pub fn register(&self, client: &Client) {
        let Self::Running { registration, .. } = self else { return };
        for host in client.host_ids() {
            registration.redirect_uri(client.redirect_uri(host));
            registration.post_logout_redirect_uri(client.post_sign_out_uri(host));
        }
    }
}

/// What the launch says of a provider that was started for development.
pub(super) fn lines(rocket: &Rocket<Orbit>) -> Vec<String> {
    let Some(provider) = rocket.state::<DevProvider>() else { return Vec::new() };
    let mut lines = vec![provider.to_string()];
    if let Some(Example { path, resource, scopes }) = example(rocket) {
        let config = rocket.config();
        let scheme = if config.tls_enabled() { "https" } else { "http" };
        let site = if config.address.is_unspecified() {
            format!("localhost:{}", config.port)
        } else {
            SocketAddr::new(config.address, config.port).to_string()
        };
        lines.push("to get a token and call the API:".into());
        lines.push(format!("token=$({})", provider.token_command(&resource, &scopes)));
        lines.push(format!("curl -H \"Authorization: Bearer $token\" {scheme}://{site}{path}"));
    }
    lines
}

/// Starts a provider if this is a debug build in the debug profile and no Logto is configured.
async fn start(
    rocket: Rocket<Build>,
    config: Option<Config>,
    clock: &Clock,
) -> (Rocket<Build>, Option<Config>) {
    let figment = rocket.figment();
    let given = config::given(figment, config.as_ref());
    if given.has_logto || permitted(figment.profile(), cfg!(debug_assertions)).is_err() {
        return (rocket, config);
    }
    // A mistake in it is Rocket's to report.
    let port = figment.extract_inner("port").ok();
    let provider = match DevProvider::start(port, clock.clone()).await {
        Ok(provider) => provider,
        Err(why) => {
            log::error!("The provider for development did not start: {why}");
            return (rocket, config);
        }
    };
    for note in provider.notes() {
        log::warn!("The provider for development: {note}.");
    }
    if let Some(unused) = given.unused_credentials {
        log::warn!(
            "{unused} not used: no `endpoint` is configured, so the provider for development takes the \
             place of Logto. To use Logto, set `logto.endpoint`."
        );
    }
    let mut layer = layer(provider.idp());
    if !given.has_secret_key {
        layer = layer.secret_key(provider.secret_key());
    }
    (rocket.manage(provider), Some(config.unwrap_or_default().test_provider(layer)))
}

fn layer(idp: &Idp) -> TestProvider {
    TestProvider::new(idp.endpoint(), idp.app_id(), idp.app_secret())
}
