//! Endpoints that fail, or answer nonsense.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::{App, config_for};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::fault::{html, json as json_answer};
use logto_rocket_tests::wait::within;
use rocket::http::Status;
use serde_json::json;

use super::{LONGEST_PAUSE, launch_at};

/// What a token endpoint can do wrong, and the status of the callback.
#[rocket::async_test]
async fn a_token_endpoint_that_fails_gives_a_page_and_is_asked_once() {
    let whole = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 3600});
    let cut = whole.to_string()[..40].to_owned();
    let large = format!("{{\"access_token\":\"{}\"}}", "a".repeat(10_000_000));
    let elsewhere = "http://127.0.0.1:9/oidc/token";
    let cases = [
        ("500", Fault::Status(500), 503),
        ("429", Fault::Status(429), 503),
        ("no answer", Fault::Hang, 503),
        ("byte by byte", Fault::Drip(Duration::from_millis(300)), 503),
        ("a closed connection", Fault::Reset, 503),
        ("a lost answer", Fault::LoseAnswer, 503),
        ("a page", html(200, "<html>It works!</html>"), 502),
        ("a page of a proxy", html(502, "<html>Bad Gateway</html>"), 503),
        ("half an answer", json_answer(200, cut), 502),
        ("nothing", json_answer(200, ""), 502),
        ("10 MB", json_answer(200, large), 502),
        ("no ID token", json_answer(200, whole.to_string()), 502),
        ("a redirect", Fault::Redirect(elsewhere.into()), 502),
        ("invalid_client", json_answer(401, r#"{"error":"invalid_client"}"#), 502),
        ("invalid_grant", json_answer(400, r#"{"error":"invalid_grant"}"#), 400),
    ];
    let app = App::builder().config(|config| config.timeout(Duration::from_secs(1))).start().await;
    for (what, fault, expected) in cases {
        let mut browser = app.browser();
        let callback = app.callback(&mut browser, "alice", "/account").await;
        app.idp.forget_requests();
        app.idp.fault(Endpoint::Token, fault).for_ever();
        let answer = browser.navigate(&callback, From::OtherSite);
        let answer = within("an answer", answer).await;
        assert_eq!(answer.status.code, expected, "{what}: {answer:?}");
        assert!(answer.header("Location").is_none(), "{what}: a failed callback never redirects");
        assert!(answer.body.contains("<h1>"), "{what}: {}", answer.body);
        assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{what}");
        let retry_after = answer.header("Retry-After").is_some();
        assert_eq!(retry_after, expected == 503, "{what}: {answer:?}");
        assert_eq!(app.idp.requests().token(), 1, "{what}: a code is sent once");
        app.idp.heal();
        assert_eq!(browser.open("/account").await.status, Status::SeeOther, "{what}");
        // No user is locked out: another sign-in works.
        let back = app.sign_in(&mut browser, "alice", "/account").await;
        assert_eq!((back.status, back.location()), (Status::SeeOther, "/account"), "{what}");
    }
}

#[rocket::async_test]
async fn without_keys_no_sign_in_succeeds() {
    let app = App::start().await;
    for fault in [Fault::Status(500), Fault::Reset, Fault::Redirect(app.idp.endpoint().into())] {
        // Another process, so that no keys are known.
        app.idp.fault(Endpoint::Keys, fault.clone()).for_ever();
        let client = launch_at(config_for(&app.idp), app.clock.clone()).await;
        let mut browser = Browser::new(&client);
        let answer = browser.sign_in(&app.idp, "alice", "/account").await;
        assert!([502, 503].contains(&answer.status.code), "{fault:?}: {answer:?}");
        assert_eq!(browser.open("/account").await.status, Status::SeeOther, "{fault:?}");
        app.idp.heal();
        app.clock.advance(LONGEST_PAUSE);
        let answer = browser.sign_in(&app.idp, "alice", "/account").await;
        assert_eq!(answer.location(), "/account", "{fault:?}: {answer:?}");
    }
}
