//! What strangers have done at the callback takes nothing from people who sign in.

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{SessionConfig, Store};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::uri::query;
use logto_rocket_tests::wait::{ENDLESS, until, within};
use rocket::figment::Figment;
use rocket::futures::future::join_all;
use rocket::futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use rocket::http::Status;
use rocket::{Build, Rocket, tokio};

/// A header by which the application is told where a request comes from.
const ADDRESS: &str = "X-Client";

/// An application whose exchanges never end by themselves.
async fn app() -> App {
    let with_address = |rocket: Rocket<Build>| {
        let figment = Figment::from(rocket.figment()).merge(("ip_header", ADDRESS));
        rocket.configure(figment)
    };
    App::builder().rocket(with_address).config(|config| config.timeout(ENDLESS)).start().await
}

/// Calls back with a made-up code, from this address.
async fn stranger(app: &App, address: &str) -> Status {
    let mut browser = app.browser();
    browser.headers.push((ADDRESS.into(), address.into()));
    let state = query(browser.open("/auth/sign-in").await.location())["state"].clone();
    let issuer = app.idp.issuer();
    let callback = format!("/auth/sign-in-callback?code=made-up&state={state}&iss={issuer}");
    browser.navigate(&callback, From::OtherSite).await.status
}

#[rocket::async_test]
async fn one_address_has_a_few_codes_exchanged_at_once_and_others_sign_in() {
    let app = app().await;
    app.idp.fault(Endpoint::Token, Fault::Hang).times(8);
    let mut strangers: FuturesUnordered<_> =
        (0..200).map(|_| stranger(&app, "192.0.2.1")).collect();
    // Those beyond the eighth wait for two seconds and are refused.
    for _ in 8..200 {
        let status = within("a refusal", strangers.next()).await;
        assert_eq!(status, Some(Status::ServiceUnavailable));
    }
    assert_eq!(app.idp.requests().token(), 8);
    let mut alice = app.browser();
    alice.headers.push((ADDRESS.into(), "192.0.2.2".into()));
    let answer = within("a sign-in", app.sign_in(&mut alice, "alice", "/")).await;
    assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
    assert!(strangers.next().now_or_never().is_none(), "the eight still wait");
}

#[rocket::async_test]
async fn a_sign_in_that_found_no_place_is_completed_when_it_is_tried_again() {
    let app = app().await;
    app.idp.fault(Endpoint::Token, Fault::Hang).times(8);
    let strangers = join_all((0..8).map(|_| stranger(&app, "192.0.2.1")));
    let mut alice = app.browser();
    alice.headers.push((ADDRESS.into(), "192.0.2.1".into()));
    let sign_in = async {
        until("the places are taken", async || app.idp.requests().token() == 8).await;
        let callback = app.callback(&mut alice, "alice", "/account").await;
        let answer = alice.navigate(&callback, From::OtherSite).await;
        assert_eq!(answer.status, Status::ServiceUnavailable, "{answer:?}");
        assert!(answer.header("Retry-After").is_some(), "{answer:?}");
        callback
    };
    let callback = tokio::select! {
        callback = sign_in => callback,
        done = strangers => panic!("{done:?}"),
    };
    // Their requests were sent and go on, though they have left; the one that comes is answered.
    let mut elsewhere = Browser::at(&alice, &app.client);
    elsewhere.headers.push((ADDRESS.into(), "192.0.2.2".into()));
    let answer = within("a sign-in", elsewhere.navigate(&callback, From::OtherSite)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, "/account"));
}

/// Any client can send the header that Rocket reads unless told otherwise.
#[rocket::async_test]
async fn a_header_that_the_application_has_not_named_is_no_address() {
    for (named, address) in [(false, None), (true, Some("192.0.2.1".parse().unwrap()))] {
        let with_address = move |rocket: Rocket<Build>| {
            let figment = Figment::from(rocket.figment());
            let figment = if named { figment.merge(("ip_header", "X-Real-IP")) } else { figment };
            rocket.configure(figment)
        };
        let in_memory = SessionConfig::new().store(Store::Memory);
        let app = App::builder().rocket(with_address).config(|it| it.session(in_memory));
        let app = app.start().await;
        let mut alice = app.browser();
        alice.headers.push(("X-Real-IP".into(), "192.0.2.1".into()));
        assert_eq!(app.sign_in(&mut alice, "alice", "/").await.status, Status::SeeOther);
        let sub = app.idp.user_id("alice").unwrap();
        let sessions = app.logto().sessions().of(&sub).await.unwrap();
        assert_eq!(sessions[0].address(), address);
    }
}
