//! Writes that fail or take long at one of two processes that share a store.

use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::until;
use rocket::http::Status;

use super::{MINUTE, SECOND, two};

#[rocket::async_test]
async fn a_refresh_token_that_could_not_be_saved_outlives_later_writes_of_others() {
    let Some((fleet, _)) = two(Place::Shared).await else { return };
    let app = &fleet.app;
    let store = GatedStore::before(fleet.store().clone());
    let gated = fleet.another_behind(store.clone()).await;
    let mut there = app.signed_in("alice").await;
    let mut here = there.at(&gated);
    store.set_broken(true);
    assert_eq!(here.open("/refresh").await.status, Status::Ok, "what matters is done");
    // The other process writes twice that it has seen the session, and knows of no new token.
    for _ in 0..2 {
        app.clock.advance(MINUTE);
        let before = version(&fleet).await;
        assert!(there.is_signed_in().await);
        until("it is written", async || version(&fleet).await != before).await;
        assert!(here.is_signed_in().await);
    }
    store.set_broken(false);
    app.clock.advance(SECOND);
    let before = version(&fleet).await;
    let saved = async || here.is_signed_in().await && version(&fleet).await != before;
    until("it is written", saved).await;
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.open("/refresh").await.status, Status::Ok);
    }
}

#[rocket::async_test]
async fn a_store_that_refuses_writes_is_not_tried_again_at_every_request() {
    const REQUESTS: usize = 50;
    let Some((fleet, _)) = two(Place::Shared).await else { return };
    let store = GatedStore::before(fleet.store().clone());
    let gated = fleet.another_behind(store.clone()).await;
    let mut alice = fleet.app.signed_in("alice").await.at(&gated);
    store.set_broken(true);
    assert_eq!(alice.open("/refresh").await.status, Status::Ok);
    // Once by the refresh, and then once a second.
    for tries in 2..=3 {
        let tried = async || alice.is_signed_in().await && store.refused() == tries;
        until("it is tried again", tried).await;
        for _ in 0..REQUESTS {
            assert!(alice.is_signed_in().await);
        }
        assert_eq!(store.refused(), tries);
        fleet.app.clock.advance(SECOND);
    }
    store.set_broken(false);
    let saved = async || alice.is_signed_in().await && version(&fleet).await > 0;
    until("it is written", saved).await;
}

#[rocket::async_test]
async fn no_request_waits_until_it_is_written_that_a_session_was_seen() {
    let Some((fleet, _)) = two(Place::Shared).await else { return };
    let store = GatedStore::before(fleet.store().clone());
    let gated = fleet.another_behind(store.clone()).await;
    let mut alice = fleet.app.signed_in("alice").await.at(&gated);
    fleet.app.clock.advance(MINUTE);
    let held_up = store.open.write().await;
    for _ in 0..3 {
        assert!(alice.is_signed_in().await);
    }
    assert_eq!(version(&fleet).await, 0);
    drop(held_up);
    until("it is written", async || version(&fleet).await > 0).await;
}

/// How often alice's session has been written.
async fn version(fleet: &Fleet) -> u64 {
    let user = fleet.stored_name(&fleet.app.idp.user_id("alice").expect("alice"));
    let sessions = fleet.store().list_by_sub(&user).await.expect("a store");
    sessions[0].1.version
}
