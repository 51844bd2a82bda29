//! The sessions of a user, listed and ended.

use logto_rocket::{Error, SessionConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::fleet::{Fleet, Place};
use rocket::http::Status;

use super::{MINUTE, routes, start};

at_each_place!(in_memory: Memory, in_a_shared_store: Shared, in_redis: Redis => [
    a_user_sees_their_sessions_and_ends_them,
]);

async fn a_user_sees_their_sessions_and_ends_them(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut laptop = app.browser();
    laptop.headers.push(("User-Agent".into(), "A Laptop/1.0".into()));
    app.sign_in(&mut laptop, "alice", "/").await;
    app.clock.advance(10 * MINUTE);
    let mut phone = app.signed_in("alice").await;
    app.signed_in("bob").await;
    let (_, on_phone) = phone.account().await.unwrap();
    let listed = |body: String| -> Vec<serde_json::Value> { serde_json::from_str(&body).unwrap() };
    let sessions = listed(phone.open("/sessions").await.body);
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let now = app.clock.now();
    assert_eq!((&sessions[0]["id"], &sessions[0]["last_seen"]), (&on_phone.into(), &now.into()));
    assert_eq!(sessions[1]["signed_in_at"], now - 600);
    assert_eq!(sessions[1]["user_agent"], "A Laptop/1.0");
    let on_laptop = sessions[1]["id"].as_str().unwrap();

    app.idp.forget_requests();
    assert_eq!(phone.open(&format!("/end/{on_laptop}")).await.status, Status::Ok);
    assert_eq!(laptop.account().await, None);
    assert_eq!(listed(phone.open("/sessions").await.body).len(), 1);
    assert_eq!(phone.open("/end_all").await.status, Status::Ok);
    assert_eq!(phone.account().await, None);
    assert_eq!(app.idp.requests().revocation(), 2);
}

#[rocket::async_test]
async fn sessions_in_cookies_cannot_be_listed_and_the_error_says_so() {
    let app = App::builder().routes(routes()).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/sessions").await.status, Status::InternalServerError);
    let shown = Error::NoSessionStore.to_string();
    assert!(shown.contains("logto.session.store = \"memory\""), "{shown}");
}
