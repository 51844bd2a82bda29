//! Logto is out of reach, or takes the call and says nothing.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp};
use logto_rocket::{Clock, Health, Logto};
use logto_rocket_tests::app::{App, config_for};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::wait::{ENDLESS, within};
use rocket::http::Status;

use super::{LONGEST_PAUSE, launch, launch_at, says_that_logto_is_away};

#[rocket::async_test]
async fn without_logto_the_application_launches_and_signs_in_when_logto_is_back() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    idp.pause().await;
    let client = launch_at(config_for(&idp), clock.clone()).await;
    let mut browser = Browser::new(&client);
    let open = browser.open("/").await;
    assert_eq!((open.status, open.body.as_str()), (Status::Ok, "Hello, stranger"));
    assert_eq!(browser.open("/account").await.status, Status::SeeOther);

    let down = browser.open("/auth/sign-in?return_to=/account").await;
    says_that_logto_is_away(&down);
    assert!(down.body.contains("/auth/sign-in?return_to=/account"), "a way on: {}", down.body);
    assert!(!down.sets_cookies(), "no sign-in has started: {down:?}");
    let logto = client.rocket().state::<Logto>().unwrap();
    assert!(!logto.ready().await.is_ready(), "there are no keys");

    idp.resume().await.unwrap();
    clock.advance(LONGEST_PAUSE);
    let back = browser.sign_in(&idp, "alice", "/account").await;
    assert_eq!((back.status, back.location()), (Status::SeeOther, "/account"));
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    let ready = logto.ready().await;
    assert!(ready.is_ready() && *ready.logto() == Health::Ok, "{ready}");
}

#[rocket::async_test]
async fn a_sign_in_does_not_wait_for_a_discovery_that_hangs() {
    let idp = Idp::start().await.unwrap();
    idp.fault(Endpoint::Discovery, Fault::Hang).for_ever();
    let client = launch(config_for(&idp).timeout(ENDLESS)).await;
    let mut browser = Browser::new(&client);
    // The document never comes, and the call of it does not end.
    let hung = within("an answer without discovery", browser.open("/auth/sign-in")).await;
    says_that_logto_is_away(&hung);
    idp.heal();
    let back = browser.sign_in(&idp, "alice", "/").await;
    assert_eq!(back.status, Status::SeeOther, "{back:?}");
}

#[rocket::async_test]
async fn signed_in_users_stay_signed_in_without_logto() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.pause().await;
    app.clock.advance(Duration::from_secs(1800));
    for path in ["/", "/account", "/admin"] {
        assert_eq!(alice.open(path).await.status, Status::Ok, "{path}");
    }
    // What needs Logto says so, and ends no session.
    app.clock.advance(Duration::from_secs(1750));
    let profile = alice.open("/profile").await;
    assert_eq!(profile.status, Status::ServiceUnavailable, "{profile:?}");
    assert!(profile.header("Retry-After").is_some());
    assert_eq!(alice.open("/account").await.status, Status::Ok);
}

#[rocket::async_test]
async fn signing_out_without_logto_ends_the_session_here_and_says_what_may_live_on() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let first = launch_at(config_for(&idp), clock.clone()).await;
    let mut alice = Browser::new(&first);
    alice.sign_in(&idp, "alice", "/").await;
    let cookies = alice.cookies.clone();

    // Another process, which has never heard of Logto, with the same keys.
    idp.pause().await;
    let second = launch_at(config_for(&idp), clock).await;
    let mut alice = Browser::new(&second);
    alice.cookies.clone_from(&cookies);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    let out = alice.navigate("/auth/sign-out?return_to=/bye", From::OwnPage).await;
    assert_eq!(out.status, Status::Ok, "{out:?}");
    assert!(out.body.contains("signed out here"), "{}", out.body);
    assert!(out.body.contains("may still be signed in there"), "{}", out.body);
    assert!(out.body.contains("/bye"));
    assert!(alice.cookies.is_empty(), "{:?}", alice.cookies);
    alice.cookies = cookies;
    assert_eq!(alice.open("/account").await.status, Status::SeeOther, "the old cookie is invalid");
}

#[rocket::async_test]
async fn a_sign_out_does_not_wait_for_a_revocation_that_hangs() {
    let app = App::builder().config(|config| config.timeout(ENDLESS)).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Revocation, Fault::Hang).for_ever();
    let out = alice.navigate("/auth/sign-out", From::OwnPage);
    let out = within("an answer without revocation", out).await;
    assert_eq!(out.status, Status::SeeOther, "{out:?}");
    assert!(alice.cookies_named("logto-").len() <= 1, "only the way back is left");
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
}
