//! [`Issuer`]: Logto as the one who signs tokens: its discovery document and its keys.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::IssuerUrl;

use super::discovery::{self, Provider};
use super::document::Document;
use super::http::Http;
use super::keys::Keys;
use super::observer::Observer;
use super::payload::Times;
use super::seen_tokens::SeenTokens;
use super::settings::IssuerSettings;
use crate::clock::Clock;
use crate::error::{Call, Error};

/// Logto as the one who signs tokens. Discovers and fetches keys when they are first needed.
pub(crate) struct Issuer {
    pub(super) settings: Arc<IssuerSettings>,
    pub(super) url: IssuerUrl,
    pub(super) clock: Clock,
    pub(super) http: Arc<Http>,
    pub(super) keys: Keys,
    pub(super) seen_tokens: SeenTokens,
    provider: Arc<Document<Provider>>,
}

impl Issuer {
    /// The issuer of these settings. It reports its calls to an observer. It sends no request yet. An error is
    /// a message for the launch.
    pub(crate) fn new(
        settings: IssuerSettings,
        clock: Clock,
        observer: Observer,
    ) -> Result<Self, String> {
        let url = IssuerUrl::new(settings.issuer.clone())
            .map_err(|error| format!("the issuer is not a URL: {error}"))?;
        let settings = Arc::new(settings);
        let http = Arc::new(Http::new(&settings, url.url(), clock.clone(), observer)?);
        let provider = Document::new(Call::Discovery, clock.clone(), {
            let (http, settings) = (Arc::clone(&http), Arc::clone(&settings));
            let issuer = url.url().clone();
            move || {
                let (http, settings) = (Arc::clone(&http), Arc::clone(&settings));
                let issuer = issuer.clone();
                Box::pin(async move { discovery::discover(&http, &settings, &issuer).await })
            }
        });
        let keys = Keys::new(
            Arc::clone(&settings),
            clock.clone(),
            Arc::clone(&http),
            Arc::clone(&provider),
        );
        let seen_tokens = SeenTokens::default();
        Ok(Self { settings, url, clock, http, keys, seen_tokens, provider })
    }

    /// Whether everything that is needed from Logto is available: the discovery document and the keys.
    /// Fetches what is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::BadAnswer`], as the first of the two fetches has it.
    pub(crate) async fn ready(&self) -> Result<(), Error> {
        self.provider().await?;
        self.keys.ready().await
    }

    /// Whether Logto answers now: fetches the discovery document, whatever is known of it.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::BadAnswer`].
    pub(crate) async fn answers(&self) -> Result<(), Error> {
        discovery::discover(&self.http, &self.settings, self.url.url()).await.map(drop)
    }

    /// The clock by which tokens are judged.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The accepted difference between Logto's clock and this server's clock.
    pub(crate) fn clock_skew(&self) -> Duration {
        self.settings.clock_skew
    }

    /// The issuer identifier.
    pub(crate) fn identifier(&self) -> &str {
        &self.settings.issuer
    }

    /// Trusts the keys of this set as well, for access tokens that a test makes itself.
    #[cfg(feature = "testing")]
    pub(crate) fn trust(&self, keys: serde_json::Value) {
        self.keys.trust(keys);
    }

    /// The discovery document.
    pub(super) async fn provider(&self) -> Result<Arc<Provider>, Error> {
        Ok(self.provider.get().await?.value)
    }

    /// What the times of a token are judged by now.
    pub(super) fn times(&self) -> Times<'_> {
        Times {
            now: self.clock.now(),
            settings: &self.settings,
            difference: &self.http.clock_difference,
        }
    }
}
