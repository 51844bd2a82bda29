//! Two addresses of Logto: one for browsers, one for the application.

use logto_rocket::testing::Idp;
use logto_rocket_tests::app::{ORIGIN, config_for};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::forwarder::Forwarder;
use logto_rocket_tests::wait::until;
use rocket::http::Status;

use super::{launch, says_that_logto_is_away};

/// The issuer is the public address; the application has another one in its configuration.
#[rocket::async_test]
async fn browsers_go_to_the_public_address_and_this_server_to_the_internal_one() {
    let idp = Idp::start().await.unwrap();
    let internal = Forwarder::to(idp.endpoint()).await;
    let client = launch(config_for(&idp).internal_endpoint(&internal.origin)).await;
    let mut browser = Browser::new(&client);
    let back = browser.sign_in(&idp, "alice", "/profile").await;
    assert_eq!(back.location(), "/profile", "{back:?}");
    assert_eq!(browser.open("/profile").await.status, Status::Ok);
    let start = browser.open("/auth/sign-in").await;
    assert!(
        start.location().starts_with(&format!("{}/auth?", idp.issuer())),
        "{}",
        start.location()
    );
    let out = browser.navigate("/auth/sign-out", From::OwnPage).await;
    let end = format!("{}/session/end?", idp.issuer());
    assert!(out.location().starts_with(&end), "{}", out.location());
    assert_eq!(idp.requests().revocation(), 1);
}

#[rocket::async_test]
async fn without_the_internal_address_nothing_is_asked_at_the_public_one() {
    let idp = Idp::start().await.unwrap();
    let internal = Forwarder::to(idp.endpoint()).await;
    let config = || config_for(&idp).internal_endpoint(&internal.origin);
    let client = launch(config()).await;
    let mut browser = Browser::new(&client);
    let start = browser.open("/auth/sign-in").await;
    let callback = idp.authorize(start.location(), "alice").await.unwrap();
    // The launch asks for the keys by itself, some time after the discovery document.
    until("the keys are fetched", async || idp.requests().keys() > 0).await;
    internal.stop();
    idp.forget_requests();
    let back = browser.navigate(callback.strip_prefix(ORIGIN).unwrap(), From::OtherSite).await;
    assert_eq!(back.status, Status::ServiceUnavailable, "{back:?}");
    let other = launch(config()).await;
    says_that_logto_is_away(&Browser::new(&other).open("/auth/sign-in").await);
    assert_eq!(idp.requests().all().count(), 0);
}
