//! How long an access token is used, whatever Logto says of its life.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use rocket::http::Status;

use super::{LATER, PAUSE, SECOND, goes_on, is_unavailable, rotating};

#[rocket::async_test]
async fn an_access_token_without_expires_in_is_used_for_five_minutes_at_most() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(LATER);
    app.idp.fault(Endpoint::Token, Fault::without_member("expires_in"));
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    app.clock.advance(Duration::from_secs(260));
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(app.refreshes(), 1);
    app.clock.advance(Duration::from_secs(40));
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(app.refreshes(), 2);
}

#[rocket::async_test]
async fn access_tokens_of_thirty_seconds_are_renewed_every_half_a_minute_and_not_at_every_request()
{
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(LATER);
    app.idp.tamper(Tamper::ExpiresIn(30));
    for expected in 1..=5 {
        for _ in 0..3 {
            assert_eq!(alice.open("/profile").await.status, Status::Ok);
        }
        assert_eq!(app.refreshes(), expected);
        app.clock.advance(Duration::from_secs(28));
    }
}

#[rocket::async_test]
async fn an_access_token_that_is_over_when_it_comes_is_503_and_the_session_goes_on() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(LATER);
    app.idp.fault(Endpoint::Token, Fault::member("expires_in", 0));
    is_unavailable(&alice.open("/profile").await, "30", "expires_in of 0");
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    goes_on(&app, &mut alice, "expires_in of 0").await;
}

#[rocket::async_test]
async fn an_access_token_that_cannot_be_renewed_is_given_out_until_it_expires() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    let first = alice.open("/orders").await.body;
    app.clock.advance(Duration::from_secs(3550));
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Status(500)).for_ever();
    for _ in 0..3 {
        let answer = alice.open("/orders").await;
        assert_eq!((answer.status, &answer.body), (Status::Ok, &first));
    }
    assert_eq!(app.refreshes(), 2, "a renewal was tried, and once more, and not again");
    app.clock.advance(Duration::from_secs(60));
    is_unavailable(&alice.open("/orders").await, "30", "expired");
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.idp.heal();
    app.clock.advance(PAUSE + SECOND);
    let renewed = alice.open("/orders").await;
    assert_eq!(renewed.status, Status::Ok);
    assert_ne!(renewed.body, first);
}
