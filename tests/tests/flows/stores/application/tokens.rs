//! Access tokens of sessions in a store.

use logto_rocket::SessionConfig;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::wait::until;
use rocket::http::Status;

use super::{Orders, config, provider, routes, start};

at_each_place!(in_memory: Memory, in_a_shared_store: Shared, in_redis: Redis => [
    access_tokens_that_were_cleared_are_fetched_anew,
    the_hook_of_a_sign_in_gets_access_tokens,
]);

async fn access_tokens_that_were_cleared_are_fetched_anew(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let first = alice.open("/orders").await.body;
    assert_eq!(alice.open("/orders").await.body, first);
    assert_eq!(alice.open("/clear").await.body, "cleared");
    let second = alice.open("/orders").await;
    assert_eq!(second.status, Status::Ok, "{second:?}");
    assert_ne!(second.body, first);
    if place != Place::Memory {
        let elsewhere = fleet.another_with(config).await;
        let mut moved = alice.at(&elsewhere);
        assert_eq!(moved.open("/orders").await.body, second.body, "one token for all processes");
        assert_eq!(moved.open("/clear").await.body, "cleared");
        let is_another = async || alice.open("/orders").await.body != second.body;
        until("it is another token", is_another).await;
    }
}

async fn the_hook_of_a_sign_in_gets_access_tokens(place: Place) {
    let fleet =
        Fleet::builder(place).routes(routes).provider(provider).config(config).fairing(|fairing| {
            fairing.on_sign_in(|_, user| {
                Box::pin(async move {
                    let allowed =
                        user.access_token(Orders).await.is_ok() && !user.has_role("admin");
                    if allowed { Ok(()) } else { Err("no".into()) }
                })
            })
        });
    let Some(Fleet { app, redis: _redis, .. }) = fleet.start().await else { return };
    let mut bob = app.signed_in("bob").await;
    assert_eq!(app.refreshes(), 1);
    assert_eq!(bob.open("/orders").await.status, Status::Ok);
    assert_eq!(app.refreshes(), 1, "it was kept");
    let refused = app.sign_in(&mut app.browser(), "alice", "/").await;
    assert_eq!(refused.status, Status::Forbidden);
}
