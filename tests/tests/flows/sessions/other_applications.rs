//! What is sealed says whose it is: with one secret key, one cookie name and one store, a session, a sign-in and a
//! sign-out of another application, or of another Logto, are nobody's.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, Config, SessionConfig};
use logto_rocket_tests::app::{App, config_for, launch, logto_of};
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::uri::path_of;
use rocket::http::Status;
use rocket::local::asynchronous::Client;

const SHOP: &str = "shop";

/// A session cookie whose name says nothing of the application.
fn shop() -> SessionConfig {
    SessionConfig::new().cookie(SHOP)
}

async fn another_logto(clock: &Clock) -> Idp {
    Idp::builder().clock(clock.clone()).start().await.expect("a provider")
}

async fn process(app: &App, change: impl FnOnce(Config) -> Config) -> Client {
    launch(&app.clock, change(config_for(&app.idp).session(shop())), vec![]).await
}

async fn app() -> App {
    App::builder().config(|config| config.session(shop())).start().await
}

#[rocket::async_test]
async fn a_session_in_cookies_is_nobodys_at_another_logto_or_application_or_base() {
    let (app, other) = (app().await, Idp::start().await.unwrap());
    let alice = app.signed_in("alice").await;
    let same = process(&app, |config| config).await;
    assert!(alice.at(&same).is_signed_in().await, "another process of the same");
    for (row, client) in [
        ("issuer", process(&app, |config| config.endpoint(other.endpoint())).await),
        ("app id", process(&app, |config| config.app_id("another_app")).await),
        ("base", process(&app, |config| config.base("/login")).await),
    ] {
        let mut browser = alice.at(&client);
        assert_eq!(browser.open("/").await.body, "Hello, stranger", "{row}");
        assert_eq!(browser.open("/account").await.status, Status::SeeOther, "{row}");
    }
    assert!(alice.at(&app.client).is_signed_in().await, "and is what it was at its own");
}

#[rocket::async_test]
async fn a_sign_in_that_began_at_one_does_not_end_at_the_other() {
    let app = app().await;
    let other = another_logto(&app.clock).await;
    let same = process(&app, |config| config).await;
    let elsewhere = process(&app, |config| config.endpoint(other.endpoint())).await;
    for (client, idp, status) in
        [(&same, &app.idp, Status::SeeOther), (&elsewhere, &other, Status::BadRequest)]
    {
        let mut alice = app.browser();
        let start = alice.open("/auth/sign-in").await;
        // The other Logto is sent the same state, nonce and challenge, and answers them.
        let url = start.location().replace(app.idp.endpoint(), idp.endpoint());
        let callback = path_of(&idp.authorize(&url, "alice").await.expect("a callback"));
        let mut alice = alice.at(client);
        let answer = alice.navigate(&callback, From::OtherSite).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(alice.is_signed_in().await, status == Status::SeeOther);
    }
}

#[rocket::async_test]
async fn a_sign_out_that_began_at_one_does_not_lead_on_at_the_other() {
    let app = app().await;
    let other = another_logto(&app.clock).await;
    let same = process(&app, |config| config).await;
    let elsewhere = process(&app, |config| config.endpoint(other.endpoint())).await;
    for (client, location) in [(&same, "/bye"), (&elsewhere, "/")] {
        let mut alice = app.signed_in("alice").await;
        alice.navigate("/auth/sign-out?return_to=/bye", From::OwnPage).await;
        let answer = alice.at(client).navigate("/auth/sign-out-callback", From::OtherSite).await;
        assert_eq!(answer.location(), location, "{answer:?}");
    }
}

async fn a_session_in_one_store_is_nobodys_at_another_logto_or_application(place: Place) {
    let Some(fleet) = Fleet::builder(place).session(shop()).start().await else { return };
    let app = &fleet.app;
    let other = another_logto(&app.clock).await;
    let alice = app.signed_in("alice").await;
    let same = fleet.another().await;
    assert!(alice.at(&same).is_signed_in().await, "another process of the same");
    for (row, client) in [
        ("issuer", fleet.another_with(|config| config.endpoint(other.endpoint())).await),
        ("app id", fleet.another_with(|config| config.app_id("another_app")).await),
    ] {
        let mut browser = alice.at(&client);
        assert_eq!(browser.open("/").await.body, "Hello, stranger", "{row}");
        assert_eq!(browser.open("/account").await.status, Status::SeeOther, "{row}");
        let (id, _) = alice.at(&same).account().await.expect("a session");
        let listed = logto_of(&client).sessions().of(&id).await.expect("a list");
        assert!(listed.is_empty(), "{row}");
    }
    assert!(alice.at(&app.client).is_signed_in().await, "and is what it was at its own");
}

async fn signing_out_everywhere_at_one_ends_nothing_at_the_other(place: Place) {
    let Some(fleet) = Fleet::builder(place).session(shop()).start().await else { return };
    let app = &fleet.app;
    let other = another_logto(&app.clock).await;
    let alice = app.signed_in("alice").await;
    let (id, _) = alice.at(&app.client).account().await.expect("a session");
    for client in [
        fleet.another_with(|config| config.endpoint(other.endpoint())).await,
        fleet.another_with(|config| config.app_id("another_app")).await,
    ] {
        logto_of(&client).sessions().end_all_of(&id).await.expect("an end");
        assert!(alice.at(&app.client).is_signed_in().await);
    }
    let same = fleet.another().await;
    logto_of(&same).sessions().end_all_of(&id).await.expect("an end");
    assert!(!alice.at(&app.client).is_signed_in().await, "another process of the same ends it");
}

at_each_place! {
    shared: Shared, redis: Redis, configured_redis: ConfiguredRedis
    => [
        a_session_in_one_store_is_nobodys_at_another_logto_or_application,
        signing_out_everywhere_at_one_ends_nothing_at_the_other,
    ]
}
