//! `on_webhook`: what the application gets.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use logto_rocket::Webhook;
use logto_rocket_tests::wait::{until, within};
use logto_rocket_tests::webhooks::{post, post_with};
use rocket::http::Status;
use rocket::serde::Deserialize;
use serde_json::json;

use super::builder;

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Payload {
    data: Data,
}

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Data {
    username: String,
}

#[rocket::async_test]
async fn the_application_gets_each_verified_webhook_and_no_other() {
    let heard = Arc::<Mutex<Vec<Webhook>>>::default();
    let for_hook = Arc::clone(&heard);
    let app = builder()
        .fairing(|fairing| {
            fairing.on_webhook(move |webhook| {
                let for_hook = Arc::clone(&for_hook);
                async move { for_hook.lock().unwrap().push(webhook) }
            })
        })
        .start()
        .await;
    app.idp.delete("bob");
    let [deleted] = app.idp.webhooks().try_into().unwrap();
    assert_eq!(post_with(&app.client, &[], &deleted.body).await.status, Status::Unauthorized);
    assert_eq!(post(&app.client, &deleted).await.status, Status::NoContent);
    until("it was called", async || !heard.lock().unwrap().is_empty()).await;
    let webhook = heard.lock().unwrap().pop().unwrap();
    assert_eq!(webhook.event(), "User.Deleted");
    let bob = logto_rocket::testing::User::new("bob");
    assert_eq!(webhook.user_id(), Some(bob.id()));
    assert_eq!(webhook.created_at(), UNIX_EPOCH + Duration::from_secs(app.clock.now()));
    assert!(webhook.hook_id().is_some() && !webhook.is_test());
    assert_eq!(webhook.payload(), deleted.body);
    assert_eq!(webhook.payload_as::<Payload>().unwrap().data.username, "bob");
    assert!(!format!("{webhook:?}").contains("username"), "{webhook:?}");

    app.idp.test_webhook("User.Deleted");
    app.deliver().await;
    until("it was called", async || !heard.lock().unwrap().is_empty()).await;
    let webhook = heard.lock().unwrap().pop().unwrap();
    assert!(webhook.is_test() && webhook.user_id().is_none());
    post(&app.client, &app.webhook(&json!({ "event": "Something.New" }))).await;
    until("it was called", async || !heard.lock().unwrap().is_empty()).await;
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[rocket::async_test]
async fn logto_does_not_wait_for_the_application() {
    let app =
        builder().fairing(|fairing| fairing.on_webhook(|_| std::future::pending())).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.suspend("alice");
    within("the answer", app.deliver()).await;
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn a_panic_of_the_application_is_its_own() {
    let app =
        builder().fairing(|fairing| fairing.on_webhook(|_| async { panic!("as a hook may") }));
    let app = app.start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.suspend("alice");
    app.deliver().await;
    assert!(!alice.is_signed_in().await);
}
