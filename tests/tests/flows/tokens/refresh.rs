//! Renewing tokens: one request at a time, and nothing that comes of it is lost.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Error, LogtoUser, SessionConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Answer;
use logto_rocket_tests::fault;
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::{Route, get, routes};

/// Longer than an access token lives, shorter than claims are believed here.
const LATER: Duration = Duration::from_secs(3700);

/// Handlers that renew the access token, and then fail in every way that a handler can.
fn failing() -> Vec<Route> {
    #[get("/renew/none")]
    async fn none(user: LogtoUser) -> Option<String> {
        user.fetch_user_info().await.expect("user info");
        None
    }
    #[get("/renew/error")]
    async fn error(user: LogtoUser) -> Result<String, Status> {
        user.fetch_user_info().await.map_err(|_| Status::BadGateway)?;
        Err(Status::ImATeapot)
    }
    #[get("/renew/panic")]
    async fn panic(user: LogtoUser) -> String {
        user.fetch_user_info().await.expect("user info");
        panic!("as a handler may")
    }
    #[get("/renew/own")]
    async fn own(user: Option<LogtoUser>) -> Result<String, Error> {
        let Some(user) = user else { return Ok("signed out".into()) };
        Ok(user.fetch_user_info().await?.sub.clone())
    }
    routes![none, error, panic, own]
}

/// A provider that honours a refresh token once, with three seconds of grace.
async fn rotating() -> App {
    let session = SessionConfig::new().revalidate_after(2 * LATER);
    App::builder()
        .provider(|provider| provider.rotating(true))
        .config(|config| config.session(session))
        .routes(failing())
        .start()
        .await
}

#[rocket::async_test]
async fn fifty_requests_at_once_make_one_token_request() {
    let app = rotating().await;
    let alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    app.clock.advance(LATER);
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(40))).for_ever();
    let mut tabs = app.tabs(&alice, 50);
    let answers = join_all(tabs.iter_mut().map(|tab| tab.open("/profile"))).await;
    assert!(answers.iter().all(|answer| answer.status == Status::Ok));
    assert_eq!(app.idp.requests().token(), 1);
    assert_eq!(app.idp.requests().userinfo(), 50);
    assert!(answers.iter().all(Answer::sets_cookies), "each brings the newest session");

    // Late ones with the old cookie, when the old refresh token is no longer honoured.
    app.clock.advance(Duration::from_secs(10));
    for mut late in app.tabs(&alice, 3) {
        let answer = late.open("/profile").await;
        assert_eq!(answer.status, Status::Ok);
        assert!(answer.sets_cookies());
        assert!(!late.open("/profile").await.sets_cookies(), "it has the newest now");
    }
    assert_eq!(app.idp.requests().token(), 1);

    // What the browsers were given goes on in another process, which knows nothing else.
    app.clock.advance(LATER);
    let elsewhere = app.second_process(app.clock.clone()).await;
    let mut moved = tabs[49].at(&elsewhere);
    assert_eq!(moved.open("/profile").await.status, Status::Ok);
}

/// Guards against this mistake: two users who renewed at once got each other's tokens.
#[rocket::async_test]
async fn users_who_renew_at_once_get_their_own_tokens() {
    let app = rotating().await;
    let (alice, bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    app.idp.forget_requests();
    app.clock.advance(LATER);
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(40))).for_ever();
    let pairs = app.tabs(&alice, 10).into_iter().zip(app.tabs(&bob, 10));
    let mut tabs: Vec<_> = pairs.flat_map(|(alice, bob)| [alice, bob]).collect();
    let mut expected = Vec::new();
    for tab in &mut tabs {
        expected.push(tab.open("/account").await.body.split(' ').next().unwrap().to_owned());
    }
    let answers = join_all(tabs.iter_mut().map(|tab| tab.open("/renew/own"))).await;
    let got: Vec<_> = answers.into_iter().map(|answer| answer.body).collect();
    assert_eq!(got, expected);
    assert_eq!(app.idp.requests().token(), 2, "one for each");
    assert_eq!(expected.iter().filter(|id| **id == app.idp.user_id("bob").unwrap()).count(), 10);
}

#[rocket::async_test]
async fn a_renewed_session_is_written_whatever_the_handler_answers() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    for (path, status) in [("/renew/none", 404), ("/renew/error", 418), ("/renew/panic", 500)] {
        let before = app.idp.requests().token();
        app.clock.advance(LATER);
        let answer = alice.open(path).await;
        assert_eq!(answer.status.code, status, "{path}");
        assert_eq!(app.idp.requests().token(), before + 1, "{path}");
        assert!(answer.sets_cookies(), "{path}");
        assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{path}");
        // Another process has nothing but the cookie to go by.
        app.clock.advance(LATER);
        let elsewhere = app.second_process(app.clock.clone()).await;
        let mut moved = alice.at(&elsewhere);
        assert_eq!(moved.open("/profile").await.status, Status::Ok, "{path}");
        alice = app.signed_in("alice").await;
    }
}

#[rocket::async_test]
async fn an_access_token_that_logto_ended_early_is_renewed_once() {
    let app = rotating().await;
    let alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    app.idp.expire_access_tokens();
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(40))).for_ever();
    let mut tabs = app.tabs(&alice, 20);
    let answers = join_all(tabs.iter_mut().map(|tab| tab.open("/profile"))).await;
    assert!(answers.iter().all(|answer| answer.status == Status::Ok));
    assert_eq!(app.idp.requests().token(), 1);

    // It is refused again, by an outage of sorts: no more than one try for each request.
    app.idp.forget_requests();
    let refused = fault::json(401, r#"{"error":"invalid_token"}"#);
    app.idp.fault(Endpoint::Userinfo, refused).for_ever();
    assert_eq!(tabs[0].open("/profile").await.status, Status::BadGateway);
    assert_eq!((app.idp.requests().token(), app.idp.requests().userinfo()), (1, 2));
}

#[rocket::async_test]
async fn a_session_that_logto_no_longer_honours_is_over() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    let before = alice.cookies.clone();
    app.idp.suspend("alice");
    app.clock.advance(LATER);
    assert_eq!(alice.open("/account").await.status, Status::Ok, "not confirmed yet");
    assert_eq!(alice.open("/profile").await.location(), "/auth/sign-in?return_to=%2Fprofile");
    app.idp.reinstate("alice");
    alice.cookies = before;
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
    assert_eq!(alice.fetch("/profile").await.status, Status::Unauthorized);
    assert_eq!(app.refreshes(), 1);
}
