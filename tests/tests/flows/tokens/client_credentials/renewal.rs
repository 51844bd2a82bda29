//! When a token is renewed, and what happens while Logto does not answer.

use std::time::Duration;

use logto_rocket::Error;
use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;
use logto_rocket_tests::wait::{ENDLESS, within};
use rocket::http::Status;

use super::{SOON_OVER, app, token, token_requests, with_machine};

#[rocket::async_test]
async fn a_token_is_renewed_a_minute_before_its_end() {
    let app = app().await;
    let first = token(&app).await.unwrap();
    app.clock.advance(Duration::from_secs(3510));
    assert_eq!(token(&app).await.unwrap().as_str(), first.as_str());
    app.clock.advance(Duration::from_secs(31));
    let second = token(&app).await.unwrap();
    assert_ne!(second.as_str(), first.as_str());
    assert_eq!(token(&app).await.unwrap().as_str(), second.as_str());
    assert_eq!(token_requests(&app), 2);
}

#[rocket::async_test]
async fn a_token_of_a_short_life_is_not_renewed_at_each_request() {
    let app = app().await;
    let body =
        r#"{"access_token":"short","token_type":"Bearer","expires_in":30,"scope":"read:orders"}"#;
    app.idp.fault(Endpoint::Token, fault::json(200, body));
    assert_eq!(token(&app).await.unwrap().as_str(), "short");
    app.clock.advance(Duration::from_secs(20));
    assert_eq!(token(&app).await.unwrap().as_str(), "short");
    app.clock.advance(Duration::from_secs(8));
    assert_ne!(token(&app).await.unwrap().as_str(), "short");
    assert_eq!(token_requests(&app), 2);
}

#[rocket::async_test]
async fn an_old_token_that_lives_is_given_while_logto_is_away() {
    let app = app().await;
    let first = token(&app).await.unwrap();
    for fault in [
        Fault::Status(503),
        Fault::Reset,
        fault::html(200, "<p>"),
        fault::json(401, r#"{"error":"invalid_client"}"#),
    ] {
        let (app, before) = (self::app().await, fault.clone());
        let old = token(&app).await.unwrap();
        app.idp.fault(Endpoint::Token, fault).for_ever();
        app.clock.advance(SOON_OVER);
        for _ in 0..3 {
            assert_eq!(token(&app).await.unwrap().as_str(), old.as_str(), "{before:?}");
        }
        assert_eq!(token_requests(&app), 2, "{before:?}");
        app.clock.advance(Duration::from_secs(59));
        assert!(token(&app).await.is_err(), "an expired token is never given: {before:?}");
        app.idp.heal();
        app.clock.advance(Duration::from_secs(31));
        assert_ne!(token(&app).await.unwrap().as_str(), old.as_str(), "{before:?}");
    }
    assert_eq!(token(&app).await.unwrap().as_str(), first.as_str());
}

#[rocket::async_test]
async fn a_renewal_that_hangs_is_not_waited_for_while_the_old_token_lives() {
    let app = App::builder().provider(with_machine).config(|config| config.timeout(ENDLESS));
    let app = app.start().await;
    let old = token(&app).await.unwrap();
    // Logto never answers, and the call does not end by itself.
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    app.clock.advance(SOON_OVER);
    for _ in 0..2 {
        let token = within("the old token", token(&app)).await.unwrap();
        assert_eq!(token.as_str(), old.as_str());
        assert_eq!(token_requests(&app), 2, "the second caller waits for no request of its own");
    }
}

#[rocket::async_test]
async fn a_logto_that_is_away_is_not_asked_again_at_once() {
    let app = app().await;
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    for _ in 0..5 {
        let answer = app.client.get("/orders?scope=read:orders").dispatch().await;
        assert_eq!(answer.status(), Status::ServiceUnavailable);
        let wait: u64 = answer.headers().get_one("Retry-After").unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
    }
    assert_eq!(token_requests(&app), 1);
    app.clock.advance(Duration::from_secs(31));
    assert!(matches!(token(&app).await, Err(Error::Unavailable { .. })));
    assert_eq!(token_requests(&app), 2);
    app.idp.heal();
    app.clock.advance(Duration::from_secs(31));
    token(&app).await.unwrap();
    assert_eq!(token_requests(&app), 3);
}
