//! The scopes of an access token decide while they are as fresh as claims must be.

use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault};
use logto_rocket::{
    AccessToken, Error, LogtoUser, Resource, SessionConfig, authenticated, resource,
};
use logto_rocket_tests::app::App;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::fleet::{Fleet, Place};
use rocket::http::Status;
use rocket::{Route, get, post, routes};

const MINUTE: Duration = Duration::from_secs(60);

/// When claims and scopes are asked for anew.
const FRESH: Duration = Duration::from_secs(5 * 60);

resource!(Orders = "https://api.example.test/orders");
resource!(Invoices = "https://api.example.test/invoices");

#[authenticated(resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders() {}

#[authenticated(resource = Invoices, scope = "read:invoices")]
#[get("/invoices")]
fn invoices() {}

#[authenticated(all(
    all(resource = Orders, scope = "read:orders"),
    all(resource = Invoices, scope = "read:invoices")
))]
#[get("/both")]
fn both() {}

#[post("/refresh")]
async fn refresh(user: LogtoUser) -> Result<(), Error> {
    user.refresh().await.map(drop)
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is one's own")]
#[get("/token")]
fn token(token: AccessToken<Orders>) -> String {
    token.as_str().to_owned()
}

fn all() -> Vec<Route> {
    routes![orders, invoices, both, refresh, token]
}

/// A provider at which alice's role gives her both.
fn provider(provider: Builder) -> Builder {
    provider
        .resource(Orders::URI, &["read:orders"])
        .resource(Invoices::URI, &["read:invoices"])
        .role("admin", Invoices::URI, &["read:invoices"])
        .role("admin", Orders::URI, &["read:orders"])
}

fn session() -> SessionConfig {
    SessionConfig::new().revalidate_after(Some(FRESH)).max_stale(4 * FRESH)
}

async fn app() -> App {
    App::builder().provider(provider).config(|it| it.session(session())).routes(all()).start().await
}

async fn a_permission_that_was_taken_is_gone_when_claims_fall_due(place: Place) {
    let fleet = Fleet::builder(place).session(session()).routes(all).provider(provider);
    let Some(fleet) = fleet.start().await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/orders").await.status, Status::Ok);
    app.idp.remove_role("alice", "admin");
    assert_eq!(alice.open("/orders").await.status, Status::Ok, "not asked for yet");
    app.clock.advance(FRESH + MINUTE);
    assert_eq!(alice.open("/orders").await.status, Status::Forbidden);
    if place != Place::Memory {
        let restarted = fleet.another().await;
        assert_eq!(alice.at(&restarted).open("/orders").await.status, Status::Forbidden);
    }
}

async fn a_permission_that_was_taken_is_gone_at_once_after_a_refresh(place: Place) {
    let fleet = Fleet::builder(place).session(session()).routes(all).provider(provider);
    let Some(fleet) = fleet.start().await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/orders").await.status, Status::Ok);
    app.idp.remove_role("alice", "admin");
    let other = fleet.another().await;
    if place != Place::Memory {
        assert_eq!(alice.at(&other).open("/orders").await.status, Status::Ok, "it has the token");
    }
    refreshed(&mut alice).await;
    assert_eq!(alice.open("/orders").await.status, Status::Forbidden);
    if place != Place::Memory {
        assert_eq!(alice.at(&other).open("/orders").await.status, Status::Forbidden);
    }
}

at_each_place! {
    memory: Memory, shared: Shared, redis: Redis
    => [
        a_permission_that_was_taken_is_gone_when_claims_fall_due,
        a_permission_that_was_taken_is_gone_at_once_after_a_refresh,
    ]
}

async fn refreshed(browser: &mut logto_rocket_tests::browser::Browser<'_>) {
    use logto_rocket_tests::app::ORIGIN;
    use logto_rocket_tests::browser::From;

    let answer = browser.post("/refresh", From::OwnPage, ORIGIN).await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
}

#[rocket::async_test]
async fn in_cookie_mode_a_refresh_at_one_process_counts_at_the_other() {
    let app = app().await;
    let config = logto_rocket_tests::app::config_for(&app.idp).session(session());
    let other = logto_rocket_tests::app::launch(&app.clock, config, all()).await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/orders").await.status, Status::Ok);
    assert_eq!(alice.at(&other).open("/orders").await.status, Status::Ok);
    app.idp.remove_role("alice", "admin");
    assert_eq!(alice.at(&other).open("/orders").await.status, Status::Ok, "it has the token");
    refreshed(&mut alice).await;
    assert_eq!(alice.open("/orders").await.status, Status::Forbidden);
    assert_eq!(alice.at(&other).open("/orders").await.status, Status::Forbidden);
}

#[rocket::async_test]
async fn two_resources_take_one_token_request_each_and_no_more_until_they_are_due() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/both").await.status, Status::Ok);
    assert_eq!(app.refreshes(), 2);
    for _ in 0..50 {
        app.clock.advance(Duration::from_secs(1));
        for path in ["/orders", "/invoices", "/both"] {
            assert_eq!(alice.open(path).await.status, Status::Ok);
        }
    }
    assert_eq!(app.refreshes(), 2);
    app.clock.advance(FRESH);
    for _ in 0..50 {
        for path in ["/orders", "/invoices", "/both"] {
            assert_eq!(alice.open(path).await.status, Status::Ok);
        }
    }
    // The claims are confirmed as well, by one of their own.
    assert!(app.refreshes() <= 5, "{}", app.refreshes());
}

#[rocket::async_test]
async fn after_a_refresh_two_resources_take_one_token_request_each() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    alice.open("/both").await;
    refreshed(&mut alice).await;
    app.idp.forget_requests();
    for _ in 0..20 {
        for path in ["/orders", "/invoices", "/both"] {
            assert_eq!(alice.open(path).await.status, Status::Ok);
        }
    }
    assert_eq!(app.refreshes(), 2);
}

#[rocket::async_test]
async fn while_logto_is_away_old_scopes_stand_up_to_max_stale_but_none_from_before_a_refresh() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("alice").await;
    assert_eq!(alice.open("/orders").await.status, Status::Ok);
    assert_eq!(bob.open("/orders").await.status, Status::Ok);
    refreshed(&mut bob).await;
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    assert_eq!(bob.open("/orders").await.status, Status::ServiceUnavailable);
    app.clock.advance(FRESH + MINUTE);
    assert_eq!(alice.open("/orders").await.status, Status::Ok);
    app.clock.advance(3 * FRESH);
    assert_eq!(alice.open("/orders").await.status, Status::ServiceUnavailable);
}

#[rocket::async_test]
async fn a_token_that_decides_nothing_any_more_is_still_sent_to_its_api() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let before = alice.open("/token").await;
    assert_eq!(before.status, Status::Ok);
    refreshed(&mut alice).await;
    assert_eq!(alice.open("/token").await.body, before.body);
}
