//! `LogtoUser::ended()`: event streams that end with the right to see them.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{LogtoUser, SessionConfig};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::wait::within;
use rocket::futures::{FutureExt, pin_mut};
use rocket::http::{Cookie, Status};
use rocket::response::stream::TextStream;
use rocket::{get, routes, tokio};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// Says that it has begun, and then nothing until it ends.
#[get("/stream")]
fn stream(user: &LogtoUser) -> TextStream![&'static str] {
    let ended = user.ended();
    TextStream! {
        yield "begun";
        ended.await;
        yield ", ended";
    }
}

async fn app(session: SessionConfig) -> App {
    App::builder()
        .provider(|provider| provider.session_required(true))
        .config(|config| config.session(session))
        .routes(routes![stream])
        .start()
        .await
}

/// Runs the stream of a browser; it must not have ended before `end` was done, and must end then.
async fn ends_by(app: &App, browser: &Browser<'_>, end: impl AsyncFnOnce()) {
    let cookies = browser.cookies.iter();
    let cookies = cookies.map(|(name, value)| Cookie::new(name.clone(), value.clone()));
    let response = app.client.get("/stream").cookies(cookies).dispatch().await;
    assert_eq!(response.status(), Status::Ok);
    let body = response.into_string();
    pin_mut!(body);
    for _ in 0..10 {
        assert!((&mut body).now_or_never().is_none(), "it goes on");
        tokio::task::yield_now().await;
    }
    end().await;
    assert_eq!(within("the end of the stream", body).await.as_deref(), Some("begun, ended"));
}

#[rocket::async_test]
async fn a_stream_ends_by_each_end_of_its_session_in_this_process() {
    let app = app(SessionConfig::new()).await;
    let alice = app.signed_in("alice").await;
    let mut other_tab = alice.at(&app.client);
    ends_by(&app, &alice, async || {
        other_tab.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    })
    .await;
    app.clock.advance(MINUTE);
    let alice = app.signed_in("alice").await;
    ends_by(&app, &alice, async || {
        let token = app.idp.logout_token("alice").unwrap();
        assert_eq!(app.post_logout_token(&token).await.status, Status::Ok);
    })
    .await;
    app.clock.advance(MINUTE);
    let alice = app.signed_in("alice").await;
    ends_by(&app, &alice, async || {
        let sub = app.idp.user_id("alice").unwrap();
        app.logto().sessions().end_all_of(&sub).await.unwrap();
    })
    .await;
}

#[rocket::async_test]
async fn a_stream_ends_when_a_time_is_over() {
    let never = || SessionConfig::new().revalidate_after(None);
    for (session, time) in [
        (SessionConfig::new(), HOUR),
        (never().max_lifetime(2 * HOUR), 2 * HOUR),
        (never().idle_timeout(10 * MINUTE), 10 * MINUTE),
    ] {
        let app = app(session).await;
        let alice = app.signed_in("alice").await;
        app.clock.advance(time.saturating_sub(MINUTE));
        ends_by(&app, &alice, async || app.clock.advance(MINUTE)).await;
    }
}

#[rocket::async_test]
async fn a_stream_goes_on_when_another_session_ends_and_when_claims_are_confirmed() {
    let app = app(SessionConfig::new()).await;
    let alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    let mut other_tab = alice.at(&app.client);
    app.clock.advance(59 * MINUTE);
    ends_by(&app, &alice, async || {
        bob.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
        app.clock.advance(MINUTE);
        assert!(other_tab.is_signed_in().await, "which confirms the claims");
        app.clock.advance(HOUR);
    })
    .await;
}

#[rocket::async_test]
async fn a_user_whose_session_has_ended_already_starts_no_stream_that_lasts() {
    let app = app(SessionConfig::new()).await;
    let alice = app.signed_in("alice").await;
    ends_by(&app, &alice, async || {
        app.logto().sessions().end_all_of(&app.idp.user_id("alice").unwrap()).await.unwrap();
    })
    .await;
    let cookies = alice.cookies.iter();
    let cookies = cookies.map(|(name, value)| Cookie::new(name.clone(), value.clone()));
    let response = app.client.get("/stream").cookies(cookies).dispatch().await;
    assert_eq!(response.status(), Status::Unauthorized);
}

/// Otherwise a browser would come again at once, and again, for as long as Logto is away.
#[rocket::async_test]
async fn while_logto_is_away_and_old_claims_stand_a_stream_lasts_a_moment() {
    let app = app(SessionConfig::new()).await;
    let alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    app.clock.advance(2 * HOUR);
    ends_by(&app, &alice, async || app.clock.advance(MINUTE)).await;
}
