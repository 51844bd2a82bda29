//! What the configuration of webhooks must be, and what the provider posts by itself.

use logto_rocket::{Config, Logto, WebhookConfig};
use logto_rocket_tests::app::{config_for, rocket};
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::wait::until;
use logto_rocket_tests::webhooks::known;
use rocket::error::ErrorKind;
use rocket::local::asynchronous::Client;

use super::app;

#[rocket::async_test]
async fn the_launch_fails_with_a_key_that_is_none_of_logtos() {
    let app = app().await;
    let key = app.idp.webhook_signing_key();
    let launches = async |keys: &[&str]| {
        let webhook = WebhookConfig::new().signing_keys(keys.iter().copied());
        let fairing = Logto::fairing().config(config_for(&app.idp).webhook(webhook));
        match Client::untracked(rocket(fairing)).await {
            Ok(_) => true,
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::FailedFairings(_)), "{error}");
                false
            }
        }
    };
    for (keys, expected) in [
        (&[&*key] as &[&str], true),
        (&[&key, &key.chars().rev().collect::<String>()], true),
        // Logto may make longer ones one day.
        (&[&format!("{key}0")], true),
        (&[], false),
        (&[""], false),
        (&[&key[1..]], false),
        (&[&key, "short"], false),
        (&["a key with blanks in it, 32 bytes"], false),
    ] {
        assert_eq!(launches(keys).await, expected, "{keys:?}");
    }
}

/// Over the network, as Logto does it: the provider posts to the address that it was given.
#[rocket::async_test]
async fn the_provider_posts_what_it_reports_to_an_application_that_listens() {
    let app = app().await;
    let port = free_port();
    let config: Config = known(config_for(&app.idp), &app.idp);
    let fairing = Logto::fairing().config(config).clock(app.clock.clone());
    let (sender, mut heard) = rocket::tokio::sync::mpsc::unbounded_channel();
    let fairing = fairing.on_webhook(move |webhook| {
        sender.send(webhook).unwrap();
        async {}
    });
    let server = Server::launch(rocket(fairing), port).await;
    app.idp.post_webhooks_to(&format!("http://127.0.0.1:{port}/auth/webhook"));
    app.idp.suspend("alice");
    let webhook = heard.recv().await.unwrap();
    assert_eq!(webhook.event(), "User.SuspensionStatus.Updated");
    assert_eq!(webhook.user_id(), app.idp.user_id("alice").as_deref());
    app.idp.test_webhook("Role.Deleted");
    until("the test button is heard", async || heard.recv().await.unwrap().is_test()).await;
    server.stop().await;
}
