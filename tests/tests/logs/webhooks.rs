//! What is logged of webhooks.

use logto_rocket::{Config, Logto, WebhookConfig};
use logto_rocket_tests::app::{App, figment, rocket};
use logto_rocket_tests::log::Log;
use logto_rocket_tests::webhooks::{post, post_with};
use rocket::local::asynchronous::Client;

const KEY: &str = "8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk";

#[rocket::async_test]
async fn the_launch_says_which_webhook_to_create() {
    let log = Log::alone().await;
    let _without = App::start().await;
    assert!(!log.ours().contains("webhook"), "{}", log.ours());
    let _with = App::builder().webhooks().start().await;
    let lines: Vec<_> = log.lines().into_iter().map(|line| line.text).collect();
    let line = "webhook to create: http://localhost:8000/auth/webhook";
    assert!(lines.iter().any(|it| it == line), "{lines:#?}");
    let config = Config::new().endpoint("https://logto.example").base("/hooks");
    let config = config.webhook(WebhookConfig::new().signing_keys([KEY]));
    let fairing = Logto::resource_server().config(config);
    let api = rocket::custom(figment()).attach(fairing);
    Client::untracked(api).await.unwrap();
    let lines: Vec<_> = log.lines().into_iter().map(|line| line.text).collect();
    let line = "webhooks are received at `/hooks/webhook`";
    assert!(lines.iter().any(|it| it == line), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains(KEY)), "{lines:#?}");
}

#[rocket::async_test]
async fn a_hook_that_is_never_called_is_told_of() {
    let log = Log::alone().await;
    let config = Config::new()
        .endpoint("https://logto.example")
        .app_id("an_app")
        .app_secret("a_secret")
        .base_url("https://app.example");
    let fairing = Logto::fairing().config(config).on_webhook(|_| async {});
    Client::untracked(rocket(fairing)).await.unwrap();
    let logged = log.ours();
    assert!(logged.contains("`on_webhook` is never called"), "{logged}");
    assert!(logged.contains("`logto.webhook.signing_keys`"), "{logged}");
}

/// Logto shows its administrators the status alone, so that the reason is here.
#[rocket::async_test]
async fn each_webhook_is_a_line_and_a_refused_one_says_what_to_mend_and_no_secret() {
    let log = Log::alone().await;
    let app = App::builder().webhooks().start().await;
    let id = app.idp.user_id("alice").unwrap();
    app.idp.suspend("alice");
    let [webhook] = app.idp.webhooks().try_into().unwrap();
    post(&app.client, &webhook).await;
    let wrong = "1".repeat(64);
    post_with(&app.client, &[("logto-signature-sha-256", &wrong)], &webhook.body).await;
    let logged = log.ours();
    let line = format!("Logto reported User.SuspensionStatus.Updated: user {id}");
    assert!(logged.contains(&line), "{logged}");
    let line = "a webhook was refused: the signature matches none of `webhook.signing_keys`";
    assert!(logged.contains(line), "{logged}");
    for line in log.lines() {
        for secret in [&app.idp.webhook_signing_key(), &webhook.signature, &wrong] {
            assert!(!line.is_ours() || !line.text.contains(secret.as_str()), "{line:?}");
        }
    }
}
