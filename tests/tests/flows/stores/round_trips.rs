//! How often a request waits for Redis, counted between the two.

use std::time::Duration;

use logto_rocket::{SessionConfig, Store};
use logto_rocket_tests::app::{config_for, launch};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::forwarder::Forwarder;
use logto_rocket_tests::wait::until;
use rocket::local::asynchronous::Client;

const MINUTE: Duration = Duration::from_secs(60);

/// An application of the fleet that reaches Redis by a way on which is counted.
async fn counted(fleet: &Fleet) -> (Client, Forwarder) {
    let redis = fleet.redis.as_ref().expect("a Redis");
    let way = Forwarder::to(&format!("http://{}", redis.address())).await;
    let url = way.origin.replace("http://", "redis://");
    let session = SessionConfig::new().store(Store::Redis).redis_url(url);
    let config = config_for(&fleet.app.idp).session(session);
    let client = launch(&fleet.app.clock, config, Vec::new()).await;
    (client, way)
}

#[rocket::async_test]
async fn a_read_request_is_one_round_trip_and_a_write_that_is_due_is_one_more() {
    let Some(fleet) = Fleet::builder(Place::ConfiguredRedis).start().await else { return };
    let (client, way) = counted(&fleet).await;
    let mut alice = Browser::new(&client);
    fleet.app.sign_in(&mut alice, "alice", "/").await;
    assert!(alice.is_signed_in().await);
    for _ in 0..10 {
        let before = way.round_trips();
        assert!(alice.is_signed_in().await);
        assert_eq!(way.round_trips() - before, 1);
    }
    for _ in 0..3 {
        fleet.app.clock.advance(MINUTE);
        let before = way.round_trips();
        assert!(alice.is_signed_in().await);
        until("it is written", async || way.round_trips() - before >= 2).await;
        assert!(alice.is_signed_in().await);
        assert_eq!(way.round_trips() - before, 3, "the next one reads, and writes nothing");
    }
}
