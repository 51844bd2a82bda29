//! [`WebhookConfig`]: the keys under `webhook`, written in code.

use rocket::figment::value::Dict;

use super::list;
use super::table::table;

/// Configuration of webhooks written in code, for [`Config::webhook()`](crate::Config::webhook).
///
/// ```
/// use logto_rocket::WebhookConfig;
///
/// let webhook = WebhookConfig::new().end_on_password_reset(false);
/// ```
#[derive(Clone, Default)]
#[must_use = "a configuration has no effect until the fairing gets it"]
pub struct WebhookConfig(Dict);

table!(WebhookConfig, "webhook");

impl WebhookConfig {
    /// The signing keys of the webhooks in Logto's console that post to `{base}/webhook`. At least one key
    /// mounts the route. Each key has 32 characters. An attacker who has a key can end the sessions of any
    /// user. Set the keys in the environment (`LOGTO_WEBHOOK__SIGNING_KEYS`) rather than in code.
    ///
    /// Logto signs with a new key as soon as it is created. To change a key without losing a report, create a
    /// second webhook with the same URL, set both keys here, then delete the first webhook.
    pub fn signing_keys<S: Into<String>>(self, keys: impl IntoIterator<Item = S>) -> Self {
        self.set("signing_keys", list(keys))
    }

    /// Whether the sessions of a user end when the user or an administrator resets the password. Default:
    /// `true`. Logto itself ends no session then, so a person who knew the old password would stay signed in.
    /// If a user changes the password in Logto's account center, no session ends, because Logto reports this
    /// like any other change.
    pub fn end_on_password_reset(self, end: bool) -> Self {
        self.set("end_on_password_reset", end)
    }
}
