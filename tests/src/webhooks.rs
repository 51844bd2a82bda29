//! What posts webhooks to an application, as Logto does.

use std::time::{Duration, UNIX_EPOCH};

use logto_rocket::testing::{Idp, SignedWebhook};
use logto_rocket::{Config, WebhookConfig};
use rocket::http::Method;
use rocket::local::asynchronous::Client;
use serde_json::Value;

use crate::app::App;
use crate::browser::{Answer, Browser};

/// Where the usual application receives webhooks.
pub const ROUTE: &str = "/auth/webhook";

/// A configuration that knows the key of a provider.
pub fn known(config: Config, idp: &Idp) -> Config {
    config.webhook(WebhookConfig::new().signing_keys([idp.webhook_signing_key()]))
}

/// Posts a webhook to a process.
pub async fn post(client: &Client, webhook: &SignedWebhook) -> Answer {
    post_with(client, &[(SignedWebhook::HEADER, &webhook.signature)], &webhook.body).await
}

/// Posts a body with these headers besides those that Logto sends with every webhook.
pub async fn post_with(client: &Client, headers: &[(&str, &str)], body: &str) -> Answer {
    let length = body.len().to_string();
    let mut all = vec![
        ("Host", "inner.example:8080"),
        ("User-Agent", "Logto (https://logto.io/)"),
        ("Content-Type", "application/json"),
        ("Content-Length", &length),
        ("Accept", "*/*"),
        ("Accept-Language", "*"),
        ("Sec-Fetch-Mode", "cors"),
        ("Accept-Encoding", "gzip, deflate"),
    ];
    all.extend(headers);
    Browser::new(client).request(Method::Post, ROUTE, &all, body).await
}

impl App {
    /// Posts the webhooks that the provider has made since the last time, in their order.
    ///
    /// # Panics
    ///
    /// If there is none, or one is not accepted.
    pub async fn deliver(&self) {
        self.deliver_all(&self.idp.webhooks()).await;
    }

    /// Posts webhooks, in their order.
    ///
    /// # Panics
    ///
    /// If there is none, or one is not accepted.
    pub async fn deliver_all(&self, webhooks: &[SignedWebhook]) {
        assert!(!webhooks.is_empty(), "there is nothing to report");
        for webhook in webhooks {
            let answer = post(&self.client, webhook).await;
            assert_eq!((answer.status.code, &*answer.body), (204, ""), "{webhook:?}: {answer:?}");
        }
    }

    /// A signed webhook that happens now.
    pub fn webhook(&self, body: &Value) -> SignedWebhook {
        let mut body = body.clone();
        body["createdAt"] = self.now_as_text(0).into();
        self.idp.sign_webhook(&body.to_string())
    }

    /// The time that it will be in so many milliseconds, as Logto writes it.
    pub fn now_as_text(&self, milliseconds: u64) -> String {
        let since = Duration::from_millis(self.clock.now() * 1000 + milliseconds);
        humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
    }
}
