//! No answer, or one that is none.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::fault;
use rocket::http::Status;

use super::{LATER, SECOND, app, goes_on, is_unavailable, rotating};

/// The fault occurs twice, for a token request without a usable answer is sent once more.
#[rocket::async_test]
async fn an_unusable_answer_is_503_and_the_session_goes_on() {
    let html = "<html>maintenance</html>";
    for (row, fault) in [
        ("500", Fault::Status(500)),
        ("503", Fault::Status(503)),
        ("429", Fault::Status(429)),
        ("404", Fault::Status(404)),
        ("reset", Fault::Reset),
        ("HTML", fault::html(200, html)),
        ("truncated JSON", fault::json(200, r#"{"access_token":"abc","#)),
        ("no object", fault::json(200, "[]")),
        ("empty access token", fault::json(200, r#"{"access_token":"","token_type":"Bearer"}"#)),
        ("10 MB", fault::json(200, format!(r#"{{"access_token":"{}"}}"#, "a".repeat(10_000_000)))),
        ("redirect", Fault::Redirect("http://127.0.0.1:1/elsewhere".into())),
    ] {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault).times(2);
        let answer = alice.open("/profile").await;
        is_unavailable(&answer, "30", row);
        assert!(!answer.body.contains("maintenance"), "{row}: {answer:?}");
        assert_eq!(app.refreshes(), 2, "{row}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        assert_eq!(alice.open("/profile").await.status, Status::ServiceUnavailable, "{row}");
        assert_eq!(app.refreshes(), 2, "{row}: nothing is tried for a while");
        goes_on(&app, &mut alice, row).await;
    }
}

/// A token that is rotated by a request whose answer never comes is lost, whatever a client does; so nothing rotates
/// here.
#[rocket::async_test]
async fn an_answer_that_never_ends_is_503_and_the_session_goes_on() {
    for (row, fault) in [("hang", Fault::Hang), ("slow drip", Fault::Drip(SECOND))] {
        let app = app(false).await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault).for_ever();
        is_unavailable(&alice.open("/profile").await, "30", row);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        assert_eq!(app.refreshes(), 2, "{row}");
        assert_eq!(alice.open("/profile").await.status, Status::ServiceUnavailable, "{row}");
        assert_eq!(app.refreshes(), 2, "{row}: nothing is tried for a while");
        goes_on(&app, &mut alice, row).await;
    }
}

#[rocket::async_test]
async fn a_request_that_fails_once_is_tried_again_at_once_and_the_user_is_answered() {
    for (row, fault) in [
        ("500", Fault::Status(500)),
        ("reset", Fault::Reset),
        ("hang", Fault::Hang),
        ("slow drip", Fault::Drip(SECOND)),
        ("lost answer", Fault::LoseAnswer),
        ("truncated JSON", fault::json(200, "{")),
    ] {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault);
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
        assert_eq!(app.refreshes(), 2, "{row}");
        app.clock.advance(LATER);
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
        assert_eq!(app.refreshes(), 3, "{row}");
    }
}

#[rocket::async_test]
async fn with_retry_after_nothing_is_sent_before_the_time_is_over() {
    for status in [429, 503] {
        let row = status.to_string();
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, Fault::Later(status, Duration::from_secs(50)));
        is_unavailable(&alice.open("/profile").await, "50", &row);
        assert_eq!(app.refreshes(), 1, "{row}: it is not tried again");
        app.clock.advance(Duration::from_secs(30));
        let answer = alice.open("/profile").await;
        assert_eq!(answer.status, Status::ServiceUnavailable, "{row}: {answer:?}");
        let left: u64 = answer.header("Retry-After").unwrap().parse().unwrap();
        assert!((1..=20).contains(&left), "{row}: {answer:?}");
        assert_eq!(app.refreshes(), 1, "{row}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        app.clock.advance(Duration::from_secs(20));
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
        assert_eq!(app.refreshes(), 2, "{row}");
    }
}
