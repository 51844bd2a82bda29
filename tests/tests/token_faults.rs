//! Whatever goes wrong at the token endpoint, nothing is lost that Logto still honours: what a handler
//! sees, and what the session is afterwards.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket::{AccessToken, Error, LogtoUser, SessionConfig, authenticated, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser};
use rocket::http::Status;
use rocket::{Route, get, routes};
use serde_json::json;

resource!(Orders = "https://api.example.test/orders");

/// Longer than an access token lives, shorter than claims are believed here.
const LATER: Duration = Duration::from_secs(3700);

/// How long nothing is tried after an answer that cannot be used.
const PAUSE: Duration = Duration::from_secs(30);

const SECOND: Duration = Duration::from_secs(1);

fn orders() -> Vec<Route> {
    #[get("/orders")]
    fn token(token: AccessToken<Orders>) -> String {
        token.as_str().into()
    }
    #[authenticated(resource = Orders, scope = "write:orders")]
    #[get("/orders/new")]
    fn new() {}
    #[get("/refresh")]
    async fn refresh(user: LogtoUser) -> Result<String, Error> {
        Ok(user.refresh().await?.roles().join(" "))
    }
    routes![token, new, refresh]
}

/// A provider that honours a refresh token once, with three seconds of grace.
async fn rotating() -> App {
    app(true).await
}

async fn app(rotating: bool) -> App {
    let session = SessionConfig::new().revalidate_after(2 * LATER);
    let config = |config: logto_rocket::Config| config.timeout(SECOND).session(session);
    App::mounted(orders(), |idp| idp.rotating(rotating), config, |it| it).await
}

fn requests(app: &App) -> usize {
    app.idp.requests().token_by_grant("refresh_token")
}

fn json_body(body: impl Into<String>) -> Fault {
    Fault::Body { status: 200, content_type: "application/json".into(), body: body.into() }
}

/// The session is alive, and what Logto honours of it is not lost: not here, and not in another
/// process, which has nothing but the cookie to go by.
async fn goes_on(app: &App, alice: &mut Browser<'_>, row: &str) {
    app.idp.heal();
    app.clock.advance(PAUSE + SECOND);
    let elsewhere = app.second_process(app.clock.clone()).await;
    let mut moved = Browser::new(&elsewhere);
    moved.cookies.clone_from(&alice.cookies);
    assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
    // Within the grace, in which what this process has just used is still honoured.
    assert_eq!(moved.open("/profile").await.status, Status::Ok, "{row}, in another process");
}

fn is_unavailable(answer: &Answer, seconds: &str, row: &str) {
    assert_eq!(answer.status, Status::ServiceUnavailable, "{row}: {answer:?}");
    assert_eq!(answer.header("Retry-After"), Some(seconds), "{row}: {answer:?}");
}

/// Who asks meets the fault twice, for an answer that is none is asked for once more.
#[rocket::async_test]
async fn what_is_no_answer_is_503_and_the_session_goes_on() {
    let html = "<html>maintenance</html>";
    for (row, fault) in [
        ("500", Fault::Status(500)),
        ("503", Fault::Status(503)),
        ("429", Fault::Status(429)),
        ("404", Fault::Status(404)),
        ("reset", Fault::Reset),
        ("HTML", Fault::Body { status: 200, content_type: "text/html".into(), body: html.into() }),
        ("truncated JSON", json_body(r#"{"access_token":"abc","#)),
        ("no object", json_body("[]")),
        ("empty access token", json_body(r#"{"access_token":"","token_type":"Bearer"}"#)),
        ("10 MB", json_body(format!(r#"{{"access_token":"{}"}}"#, "a".repeat(10_000_000)))),
        ("redirect", Fault::Redirect("http://127.0.0.1:1/elsewhere".into())),
    ] {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault).times(2);
        let answer = alice.open("/profile").await;
        is_unavailable(&answer, "30", row);
        assert!(!answer.body.contains("maintenance"), "{row}: {answer:?}");
        assert_eq!(requests(&app), 2, "{row}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        assert_eq!(alice.open("/profile").await.status, Status::ServiceUnavailable, "{row}");
        assert_eq!(requests(&app), 2, "{row}: nothing is tried for a while");
        goes_on(&app, &mut alice, row).await;
    }
}

/// What is rotated by a request of which nobody ever hears is lost, and no client can help it; so
/// nothing rotates here.
#[rocket::async_test]
async fn what_never_comes_to_an_end_is_503_and_the_session_goes_on() {
    for (row, fault) in [("hang", Fault::Hang), ("slow drip", Fault::Drip(SECOND))] {
        let app = app(false).await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault).for_ever();
        is_unavailable(&alice.open("/profile").await, "30", row);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        assert_eq!(requests(&app), 2, "{row}");
        assert_eq!(alice.open("/profile").await.status, Status::ServiceUnavailable, "{row}");
        assert_eq!(requests(&app), 2, "{row}: nothing is tried for a while");
        goes_on(&app, &mut alice, row).await;
    }
}

#[rocket::async_test]
async fn what_fails_once_is_tried_again_at_once_and_nobody_notices() {
    for (row, fault) in [
        ("500", Fault::Status(500)),
        ("reset", Fault::Reset),
        ("hang", Fault::Hang),
        ("slow drip", Fault::Drip(SECOND)),
        ("lost answer", Fault::LoseAnswer),
        ("truncated JSON", json_body("{")),
    ] {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault);
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
        assert_eq!(requests(&app), 2, "{row}");
        app.clock.advance(LATER);
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
        assert_eq!(requests(&app), 3, "{row}");
    }
}

#[rocket::async_test]
async fn when_logto_asks_to_wait_nothing_is_sent_before_the_time_is_over() {
    for status in [429, 503] {
        let row = status.to_string();
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, Fault::Later(status, Duration::from_secs(120)));
        is_unavailable(&alice.open("/profile").await, "120", &row);
        assert_eq!(requests(&app), 1, "{row}: it is not tried again");
        app.clock.advance(Duration::from_secs(100));
        let answer = alice.open("/profile").await;
        assert_eq!(answer.status, Status::ServiceUnavailable, "{row}: {answer:?}");
        let left: u64 = answer.header("Retry-After").unwrap().parse().unwrap();
        assert!((1..=20).contains(&left), "{row}: {answer:?}");
        assert_eq!(requests(&app), 1, "{row}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        app.clock.advance(Duration::from_secs(20));
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
        assert_eq!(requests(&app), 2, "{row}");
    }
}

#[rocket::async_test]
async fn the_rotated_refresh_token_of_an_answer_that_cannot_be_used_is_kept() {
    for (row, fault) in [
        ("wrong token_type", Fault::member("token_type", "DPoP")),
        ("no token_type", Fault::without_member("token_type")),
        ("no access_token", Fault::without_member("access_token")),
        ("expires_in that is no number", Fault::member("expires_in", "soon")),
        ("expires_in below zero", Fault::member("expires_in", -1)),
        ("id_token that is no text", Fault::member("id_token", json!({ "sub": "bob" }))),
    ] {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault);
        let answer = alice.open("/profile").await;
        is_unavailable(&answer, "30", row);
        assert!(answer.sets_cookies(), "{row}: the browser gets it");
        assert_eq!(requests(&app), 1, "{row}: the answer was heard");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        goes_on(&app, &mut alice, row).await;
    }
}

/// Past mistake 39: a refreshed ID token was stored without a look, and was another user's.
#[rocket::async_test]
async fn a_refresh_that_tells_of_somebody_else_ends_the_session() {
    for (name, wrong) in
        [("sub", "somebody_else"), ("iss", "https://evil.example/oidc"), ("aud", "another_app")]
    {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.tamper(Tamper::claim(name, wrong));
        assert_eq!(alice.open("/profile").await.status, Status::SeeOther, "{name}");
        app.idp.heal();
        assert_eq!(alice.open("/account").await.status, Status::SeeOther, "{name}");
        assert_eq!(alice.open("/").await.body, "Hello, stranger", "{name}");
    }
}

#[rocket::async_test]
async fn an_id_token_that_does_not_verify_is_not_believed_and_the_rotated_refresh_token_is_kept() {
    let forged = || Tamper::claim("roles", vec!["admin"]);
    for wrong in [Tamper::WrongKey, Tamper::Unsigned, Tamper::Hs256, Tamper::remove_claim("exp")] {
        let row = format!("{wrong:?}");
        let app = rotating().await;
        let mut bob = app.signed_in("bob").await;
        app.clock.advance(LATER);
        app.idp.tamper(forged());
        app.idp.tamper(wrong);
        let answer = bob.open("/profile").await;
        is_unavailable(&answer, "30", &row);
        assert!(answer.sets_cookies(), "{row}: the browser gets the refresh token");
        assert_eq!(requests(&app), 1, "{row}");
        app.idp.heal();
        assert_eq!(bob.open("/admin").await.status, Status::Forbidden, "{row}");
        goes_on(&app, &mut bob, &row).await;
    }
    let app = rotating().await;
    let mut bob = app.signed_in("bob").await;
    app.clock.advance(LATER);
    app.idp.tamper(forged());
    assert_eq!(bob.open("/profile").await.status, Status::Ok);
    assert_eq!(bob.open("/admin").await.status, Status::Ok, "a good one is believed");
}

#[rocket::async_test]
async fn without_an_id_token_the_access_token_is_good_and_the_claims_stay_as_they_were() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.remove_role("alice", "admin");
    app.clock.advance(LATER);
    app.idp.fault(Endpoint::Token, Fault::without_member("id_token")).times(3);
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "nobody has said anything else");
    // Where claims are asked for it is no answer, and the rotated token is kept all the same.
    let refused = alice.open("/refresh").await;
    is_unavailable(&refused, "30", "refresh");
    assert!(refused.sets_cookies());
    app.clock.advance(LATER);
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "old claims stand");
    assert_eq!(requests(&app), 3);
    app.clock.advance(PAUSE + SECOND);
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
}

#[rocket::async_test]
async fn an_access_token_whose_life_nobody_told_is_used_for_five_minutes_at_most() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(LATER);
    app.idp.fault(Endpoint::Token, Fault::without_member("expires_in"));
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    app.clock.advance(Duration::from_secs(260));
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(requests(&app), 1);
    app.clock.advance(Duration::from_secs(40));
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(requests(&app), 2);
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
        assert_eq!(requests(&app), expected);
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
async fn a_smaller_scope_is_403_where_it_does_not_suffice_and_the_session_goes_on() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/orders/new").await.status, Status::Ok);
    app.clock.advance(LATER);
    app.idp.tamper_access_tokens(Tamper::claim("scope", "read:orders"));
    app.idp.tamper(Tamper::Scope("openid".into()));
    assert_eq!(alice.open("/orders/new").await.status, Status::Forbidden);
    assert_eq!(alice.open("/orders").await.status, Status::Ok, "a token there is");
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.idp.heal();
    app.clock.advance(LATER);
    assert_eq!(alice.open("/orders/new").await.status, Status::Ok, "with the next token");
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
    assert_eq!(requests(&app), 2, "a renewal was tried, and once more, and not again");
    app.clock.advance(Duration::from_secs(60));
    is_unavailable(&alice.open("/orders").await, "30", "expired");
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.idp.heal();
    app.clock.advance(PAUSE + SECOND);
    let renewed = alice.open("/orders").await;
    assert_eq!(renewed.status, Status::Ok);
    assert_ne!(renewed.body, first);
}
