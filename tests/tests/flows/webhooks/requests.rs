//! What a request with a webhook must be.

use std::sync::{Arc, Mutex};

use logto_rocket::testing::SignedWebhook;
use logto_rocket::{Event, WebhookConfig, WebhookError};
use logto_rocket_tests::webhooks::{self, ROUTE, post, post_with};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rocket::http::{Method, Status};
use serde_json::json;

use super::{app, builder};

const HEADER: &str = SignedWebhook::HEADER;

#[rocket::async_test]
async fn a_webhook_is_answered_with_204_and_nothing_else() {
    let app = app().await;
    app.idp.suspend("alice");
    let [webhook] = app.idp.webhooks().try_into().unwrap();
    let answer = post(&app.client, &webhook).await;
    assert_eq!((answer.status, &*answer.body), (Status::NoContent, ""));
    assert!(answer.header("Location").is_none() && !answer.sets_cookies(), "{answer:?}");
    let name = "Logto-Signature-Sha-256";
    let again = post_with(&app.client, &[(name, &webhook.signature)], &webhook.body).await;
    assert_eq!(again.status, Status::NoContent, "the case of a name says nothing");
}

#[rocket::async_test]
async fn without_one_well_formed_signature_it_is_refused_and_nothing_ends() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.suspend("alice");
    let [webhook] = app.idp.webhooks().try_into().unwrap();
    let good = &*webhook.signature;
    for wrong in [
        &[] as &[(&str, &str)],
        &[(HEADER, "")],
        &[(HEADER, &good[1..])],
        &[(HEADER, &format!("{good}0"))],
        &[(HEADER, &good.to_uppercase())],
        // As Logto sends it if the hook has a header of the same name in another case configured.
        &[(HEADER, &format!("evil, {good}"))],
        &[(HEADER, &format!("{good}, {good}"))],
        &[(HEADER, good), (HEADER, good)],
        &[(HEADER, "evil"), (HEADER, good)],
        &[(HEADER, &format!("sha256={good}"))],
        &[(HEADER, &format!("0x{}", &good[2..]))],
        &[(HEADER, &"g".repeat(64))],
        &[(HEADER, &"0".repeat(64))],
        &[(HEADER, &good.chars().rev().collect::<String>())],
        &[("logto-signature-sha-1", good)],
        &[("Authorization", &format!("Bearer {good}"))],
    ] {
        let answer = post_with(&app.client, wrong, &webhook.body).await;
        assert_eq!((answer.status, &*answer.body), (Status::Unauthorized, ""), "{wrong:?}");
        assert!(answer.header("WWW-Authenticate").is_some(), "HTTP demands it");
    }
    for (what, body) in [
        ("another byte", webhook.body.replacen("true", "True", 1)),
        ("a newline", format!("{}\n", webhook.body)),
        ("a space", webhook.body.replacen(':', ": ", 1)),
        ("a byte less", webhook.body[..webhook.body.len() - 1].to_owned()),
        ("nothing", String::new()),
    ] {
        let answer = post_with(&app.client, &[(HEADER, good)], &body).await;
        assert_eq!(answer.status, Status::Unauthorized, "{what}");
    }
    app.idp.reinstate("alice");
    assert!(alice.is_signed_in().await);
}

#[rocket::async_test]
async fn both_keys_are_good_while_one_is_replaced_and_then_only_the_new_one() {
    let (old, new) = ("8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk", "Gr3o9NsTaGWDjMs18p30CDLsecdV6l21");
    let body = r#"{"event":"User.SuspensionStatus.Updated","hookId":"dzwycvopzvn8xq905bgql","createdAt":"2026-11-28T04:41:42.497Z","userAgent":"fake-user-agent","path":"/fake-path/:id","method":"POST","status":200,"params":{"id":"fake-id"},"data":{"result":"success"}}"#;
    let by_old = "23e2c611efd290a6779b88040b590d5e0121dbf648dd4415c966f9e2cc96fadb";
    for (keys, expected) in [
        (vec![old], Status::NoContent),
        (vec![old, new], Status::NoContent),
        (vec![new, old], Status::NoContent),
        (vec![new], Status::Unauthorized),
    ] {
        let webhook = WebhookConfig::new().signing_keys(keys.clone());
        let app = builder().config(|config| config.webhook(webhook)).start().await;
        let answer = post_with(&app.client, &[(HEADER, by_old)], body).await;
        assert_eq!(answer.status, expected, "{keys:?}");
    }
}

#[rocket::async_test]
async fn a_body_without_a_length_is_refused_and_so_is_one_that_is_too_long_and_neither_is_read() {
    let app = app().await;
    let webhook = app.webhook(&json!({ "event": "User.Created" }));
    let signed = (HEADER, &*webhook.signature);
    let mut stranger = app.browser();
    let no_length = stranger.request(Method::Post, ROUTE, &[signed], &webhook.body).await;
    assert_eq!(no_length.status, Status::LengthRequired);
    for (length, expected) in [
        ("8388609", Status::PayloadTooLarge),
        ("99999999999999999999999999", Status::PayloadTooLarge),
        ("-1", Status::PayloadTooLarge),
        ("1e3", Status::PayloadTooLarge),
        // There are not as many bytes.
        ("8388608", Status::BadRequest),
        ("100000", Status::BadRequest),
    ] {
        let headers = [signed, ("Content-Length", length)];
        let answer = stranger.request(Method::Post, ROUTE, &headers, &webhook.body).await;
        assert_eq!((answer.status, &*answer.body), (expected, ""), "{length}");
    }
}

#[rocket::async_test]
async fn only_post_is_there_and_only_with_a_key() {
    let app = app().await;
    let webhook = app.webhook(&json!({ "event": "User.Created" }));
    let headers = [(HEADER, &*webhook.signature)];
    // Redirects of Logto's come as GET, with the signature of a body that is gone.
    for method in [Method::Get, Method::Head, Method::Put, Method::Delete, Method::Patch] {
        let answer = app.browser().request(method, ROUTE, &headers, "").await;
        assert!(answer.status.code >= 400, "{method}: {answer:?}");
    }
    let without = logto_rocket_tests::app::App::start().await;
    assert_eq!(post(&without.client, &webhook).await.status, Status::NotFound);
}

/// They can only come from Logto, so that its administrators see that something is wrong.
#[rocket::async_test]
async fn what_is_signed_and_says_nothing_is_refused() {
    let app = app().await;
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "text",
        r#"{"event":"User.Deleted"}"#,
        r#"{"event":"User.Deleted","createdAt":"yesterday"}"#,
        r#"{"event":"User.Deleted","createdAt":1795840861631}"#,
        r#"{"event":5,"createdAt":"2026-11-28T04:41:42.497Z"}"#,
        r#"{"createdAt":"2026-11-28T04:41:42.497Z"}"#,
    ] {
        let answer = post(&app.client, &app.idp.sign_webhook(body)).await;
        assert_eq!((answer.status, &*answer.body), (Status::BadRequest, ""), "{body}");
    }
}

#[rocket::async_test]
async fn no_signed_body_is_an_error_of_the_server() {
    let app = app().await;
    let mut runner = TestRunner::deterministic();
    let bodies = prop_oneof![
        any::<String>(),
        any::<String>().prop_map(|text| json!({ "event": text }).to_string()),
        (".{0,40}", any::<String>()).prop_map(|(event, id)| {
            json!({
                "event": format!("User.{event}"),
                "createdAt": "2026-11-28T04:41:42.497Z",
                "params": { "userId": id.clone() },
                "data": { "id": [id.clone()], "isSuspended": "true" },
                "addedUserIds": id.clone(),
                "path": { "id": id },
            })
            .to_string()
        }),
    ];
    for _ in 0..300 {
        let body = bodies.new_tree(&mut runner).unwrap().current();
        let answer = post(&app.client, &app.idp.sign_webhook(&body)).await;
        assert!(matches!(answer.status.code, 204 | 400), "{body}: {answer:?}");
    }
}

#[rocket::async_test]
async fn the_application_hears_of_each_and_never_of_a_signature() {
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let heard = Arc::clone(&events);
    let app = builder()
        .fairing(|fairing| fairing.on_event(move |event| heard.lock().unwrap().push(event.clone())))
        .start()
        .await;
    app.idp.suspend("alice");
    let [webhook] = app.idp.webhooks().try_into().unwrap();
    let wrong = "0".repeat(64);
    post(&app.client, &webhook).await;
    post_with(&app.client, &[(HEADER, &wrong)], &webhook.body).await;
    post_with(&app.client, &[], &webhook.body).await;
    let events = events.lock().unwrap();
    let [
        Event::WebhookReceived { event, sub: Some(sub) },
        Event::WebhookRefused { error: WebhookError::WrongSignature },
        Event::WebhookRefused { error: WebhookError::NoSignature },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(event, "User.SuspensionStatus.Updated");
    assert_eq!(*sub, app.idp.user_id("alice").unwrap());
    let codes: Vec<_> = events.iter().map(Event::code).collect();
    assert_eq!(codes, ["webhook_received", "webhook_refused", "webhook_refused"]);
    for event in events.iter() {
        for secret in [&webhook.signature, &wrong, &app.idp.webhook_signing_key()] {
            assert!(!format!("{event} {event:?}").contains(secret.as_str()));
        }
    }
}

/// Logto reaches an application by the name that its network knows, whatever browsers use.
#[rocket::async_test]
async fn any_host_and_any_origin_will_do() {
    let app = app().await;
    app.idp.suspend("alice");
    let [webhook] = app.idp.webhooks().try_into().unwrap();
    let length = webhook.body.len().to_string();
    let headers = [
        ("Host", "10.0.0.7"),
        ("Origin", "https://elsewhere.example"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Content-Length", &length),
        (HEADER, &webhook.signature),
    ];
    let answer = app.browser().request(Method::Post, ROUTE, &headers, &webhook.body).await;
    assert_eq!(answer.status, Status::NoContent, "{answer:?}");
    assert_eq!(webhooks::post(&app.client, &webhook).await.status, Status::NoContent);
}
