//! [`Keys`]: Logto's keys, and the verification of every signature by them.
//!
//! The type of the key determines the algorithm, never the token: the token's header only selects among the
//! algorithms that the key allows. If the configuration pins an algorithm, only that one is accepted.

mod algorithm;
mod set;
mod token;

use std::sync::Arc;

pub(crate) use self::algorithm::Algorithm;
use self::set::CHOOSE;
pub(super) use self::set::{Fingerprint, KeySet, Published};
pub(super) use self::token::{Signed, Token, is_type, wrong_type};
use super::discovery::Provider;
use super::document::Document;
use super::http::Http;
use super::key_searches::KeySearches;
use super::settings::IssuerSettings;
use crate::clock::Clock;
use crate::error::{Call, Error, InvalidToken};
use crate::warnings::Warnings;

/// Gets the keys that Logto publishes.
pub(super) async fn fetch(http: &Http, provider: &Provider) -> Result<Published, Error> {
    http.get_json(Call::Keys, &provider.keys).await
}

/// Logto's keys.
pub(super) struct Keys {
    settings: Arc<IssuerSettings>,
    set: Arc<Document<KeySet>>,
    searches: KeySearches,
    /// Keys of a test's own, for access tokens only.
    #[cfg(feature = "testing")]
    trusted: std::sync::OnceLock<Arc<KeySet>>,
}

impl Keys {
    pub(super) fn new(
        settings: Arc<IssuerSettings>,
        clock: Clock,
        http: Arc<Http>,
        provider: Arc<Document<Provider>>,
    ) -> Self {
        let warnings = Arc::new(Warnings::default());
        let own = Arc::clone(&settings);
        let set = Document::new(Call::Keys, clock, move || {
            let (http, provider) = (Arc::clone(&http), Arc::clone(&provider));
            let (settings, warnings) = (Arc::clone(&own), Arc::clone(&warnings));
            Box::pin(async move {
                let provider = provider.get().await?.value;
                let published = fetch(&http, &provider).await?;
                if published.has_p521() {
                    warnings.once("key", "P-521", || {
                        format!(
                            "Logto publishes a key on the curve P-521 (ES512), which this crate \
                             cannot use. Tokens that are signed with it are refused; {CHOOSE}."
                        )
                    });
                }
                let keys = KeySet::new(published)?;
                if let Some(pinned) = settings.signing_algorithm
                    && !keys.has_one_for(pinned)
                {
                    let key = settings.key("signing_algorithm");
                    warnings.once("key", "pinned", || {
                        format!(
                            "Logto publishes no key for {pinned}, which {key} pins, so all its \
                             tokens are refused and nobody can sign in. Remove this setting, or \
                             pin the algorithm of Logto's key."
                        )
                    });
                }
                Ok(keys)
            })
        });
        Self {
            settings,
            set,
            searches: KeySearches::default(),
            #[cfg(feature = "testing")]
            trusted: std::sync::OnceLock::new(),
        }
    }

    /// Fetches the keys, if there are none yet.
    pub(super) async fn ready(&self) -> Result<(), Error> {
        self.set.get().await.map(drop)
    }

    /// Verifies that a token which came from Logto's token endpoint is signed by Logto, and that
    /// `accepts` its `typ`.
    ///
    /// For an unknown key id the key set is fetched again, a few times in 30 seconds.
    pub(super) async fn verify(
        &self,
        token: &str,
        accepts: fn(Option<&str>) -> Result<(), InvalidToken>,
    ) -> Result<Signed, Error> {
        let token = Token::read(token, accepts)?;
        self.check_algorithm(&token)?;
        let keys = self.set.get().await?;
        match token.key_in(&keys.value) {
            Err(InvalidToken::UnknownKey) => {
                let may_search = |now| self.searches.may_search(now);
                let newer = self.set.newer_than(keys.number, may_search).await?;
                token.signed_by(&newer.ok_or(InvalidToken::UnknownKey)?.value)
            }
            _ => token.signed_by(&keys.value),
        }
    }

    /// Whether tokens that these keys have verified are still valid: these are the newest known keys.
    pub(super) fn are_current(&self, keys: Fingerprint) -> bool {
        let is_trusted = || self.trusted().is_some_and(|trusted| trusted.fingerprint() == keys);
        self.set.known().is_some_and(|known| known.value.fingerprint() == keys) || is_trusted()
    }

    /// The keys for an access token of a program: the known ones, or newer ones if the token names an unknown
    /// key. Such tokens cause a fetch at most once in five seconds, and are refused at once in between.
    pub(super) async fn for_presented(&self, token: &Token<'_>) -> Result<Arc<KeySet>, Error> {
        if let Some(trusted) = self.trusted()
            && token.key_in(trusted).is_ok()
        {
            return Ok(Arc::clone(trusted));
        }
        self.check_algorithm(token)?;
        let keys = self.set.get().await?;
        if !matches!(token.key_in(&keys.value), Err(InvalidToken::UnknownKey)) {
            return Ok(keys.value);
        }
        let may_search = |now| self.searches.may_search_for_presented(now);
        let newer = self.set.newer_than(keys.number, may_search).await?;
        Ok(newer.map_or(keys.value, |newer| newer.value))
    }

    /// The keys for a logout token: the known ones, or, if the token names an unknown key, those of the next
    /// fetch for logout tokens. There is at most one such fetch a second.
    pub(super) async fn for_posted(&self, token: &Token<'_>) -> Result<Arc<KeySet>, Error> {
        self.check_algorithm(token)?;
        let keys = self.set.get().await?;
        if !matches!(token.key_in(&keys.value), Err(InvalidToken::UnknownKey)) {
            return Ok(keys.value);
        }
        let mut turn = self.searches.strangers_turn().await;
        if let Some(newer) = self.set.known_since(keys.number) {
            return Ok(newer.value);
        }
        turn.search().await;
        let newer = self.set.newer_than(keys.number, |_| true).await?;
        Ok(newer.map_or(keys.value, |newer| newer.value))
    }

    /// Whether a token is signed by the algorithm that the configuration pins, if it pins one
    /// ([OpenID Connect Core, section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation),
    /// item 7).
    fn check_algorithm(&self, token: &Token<'_>) -> Result<(), InvalidToken> {
        let (is, pinned) = (token.algorithm(), self.settings.signing_algorithm);
        match pinned.filter(|pinned| *pinned != is) {
            Some(pinned) => Err(InvalidToken::Header(format!(
                "its algorithm is {is}, but {} pins {pinned}",
                self.settings.key("signing_algorithm")
            ))),
            None => Ok(()),
        }
    }

    /// Trusts the keys of this set as well, for access tokens.
    #[cfg(feature = "testing")]
    pub(super) fn trust(&self, keys: serde_json::Value) {
        let published = serde_json::from_value(keys).ok();
        if let Some(Ok(keys)) = published.map(KeySet::new) {
            let _ = self.trusted.set(Arc::new(keys));
        }
    }

    #[cfg(feature = "testing")]
    fn trusted(&self) -> Option<&Arc<KeySet>> {
        self.trusted.get()
    }

    #[cfg(not(feature = "testing"))]
    #[expect(clippy::unused_self, reason = "the other one, with the feature `testing`, needs it")]
    fn trusted(&self) -> Option<&Arc<KeySet>> {
        None
    }
}
