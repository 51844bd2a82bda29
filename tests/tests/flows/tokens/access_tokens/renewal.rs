//! How long access tokens are used, and what a refresh changes.

use std::time::Duration;

use rocket::http::Status;
use rocket::serde::json::json;

use super::{app, app_with_guards, token};

#[rocket::async_test]
async fn while_logto_is_away_a_token_that_must_come_from_it_is_unavailable() {
    let app = app_with_guards().await;
    let mut alice = app.signed_in("alice").await;
    alice.open("/token/orders").await;
    app.idp.pause().await;
    assert_eq!(alice.open("/token/orders").await.status, Status::Ok, "it is in memory");
    assert_eq!(alice.open("/guard/orders").await.status, Status::Ok);
    for path in ["/guard/stock", "/token/organization?org=org_1", "/refresh"] {
        let refused = alice.open(path).await;
        assert_eq!(refused.status, Status::ServiceUnavailable, "{path}: {refused:?}");
        assert!(refused.header("Retry-After").is_some(), "{path}: {refused:?}");
    }
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.idp.resume().await.unwrap();
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(alice.open("/guard/stock").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_token_is_renewed_before_it_expires() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let first = token(&mut alice, "/token/orders").await;
    app.clock.advance(Duration::from_secs(3480));
    assert_eq!(token(&mut alice, "/token/orders").await["text"], first["text"]);
    app.clock.advance(Duration::from_secs(80));
    let second = token(&mut alice, "/token/orders").await;
    assert_ne!(second["text"], first["text"]);
    let later = second["expires_at"].as_u64().unwrap() - first["expires_at"].as_u64().unwrap();
    assert!((3560..3620).contains(&later), "{later}");
}

#[rocket::async_test]
async fn tokens_that_were_cleared_come_from_logto_again() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let first = token(&mut alice, "/token/orders").await;
    assert_eq!(token(&mut alice, "/token/orders").await["text"], first["text"]);
    assert_eq!(app.refreshes(), 1);
    app.idp.remove_role("alice", "admin");
    assert_eq!(alice.open("/clear").await.status, Status::Ok);
    let second = token(&mut alice, "/token/orders").await;
    assert_eq!((&second["scopes"], app.refreshes()), (&json!([]), 2));
}

#[rocket::async_test]
async fn a_refresh_sees_a_role_that_was_taken_and_so_do_later_guards_of_the_request() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/confirmed").await.body, ["admin auditor"; 5].join(","));
    app.idp.remove_role("alice", "admin");
    assert_eq!(alice.open("/roles").await.status, Status::Ok, "not confirmed yet");
    let both = "admin auditor";
    let answer = alice.open("/confirmed").await;
    assert_eq!(answer.body, format!("{both},{both},auditor,auditor,auditor"));
    assert!(answer.sets_cookies(), "the browser gets the newest session");
    assert_eq!(alice.open("/roles").await.status, Status::Forbidden);
    assert_eq!(alice.open("/refresh").await.body, "auditor");
}

#[rocket::async_test]
async fn a_refresh_that_ends_the_session_ends_it_for_later_guards_of_the_request_too() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/confirmed/then").await.body, "signed in");
    app.idp.suspend("alice");
    assert_eq!(alice.open("/confirmed/then").await.body, "not signed in");
    assert_eq!(alice.open("/refresh").await.status, Status::SeeOther);
}
