//! What the log says of Redis.

use std::time::Duration;

use logto_rocket::{Record, RedisStore, SessionStore, StoreError, StoreId};
use logto_rocket_tests::log::Log;
use logto_rocket_tests::redis::Redis;
use logto_rocket_tests::wait::until;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn store(url: &str) -> RedisStore {
    RedisStore::new(url, "test").expect("a URL of Redis")
}

fn one() -> StoreId {
    StoreId::from("one".to_owned())
}

async fn create(store: &RedisStore) {
    let record = Record::new("sealed", "alice", Some("sid".into()), 1_700_000_000);
    store.create(&one(), &record, HOUR).await.expect("a record is created");
}

#[rocket::async_test]
async fn a_redis_that_is_away_at_first_is_found_when_it_comes() {
    let log = Log::alone().await;
    let Some(mut redis) = Redis::start(&[]) else { return };
    redis.stop();
    let store = store(&redis.url());
    for _ in 0..10 {
        assert!(store.load(&one()).await.is_err());
    }
    redis.restart();
    let answers = async || store.load(&one()).await.is_ok();
    until("the store answers", answers).await;
    assert_eq!(store.load(&one()).await, Ok(None));
    let at = format!("Redis at {} ", redis.address());
    let logged = |words: &str| log.ours().matches(&format!("{at}{words}")).count();
    assert_eq!(
        (logged("is unreachable: "), logged("is reachable again.")),
        (1, 1),
        "{}",
        log.ours()
    );
}

#[rocket::async_test]
async fn the_password_is_that_of_the_url_and_never_printed() {
    let log = Log::alone().await;
    let Some(redis) = Redis::start(&["--requirepass", "hun/ter2"]) else { return };
    let address = redis.address();
    let right = store(&format!("redis://:hun%2Fter2@{address}"));
    create(&right).await;
    assert!(right.load(&one()).await.unwrap().is_some());
    for user in ["", ":a-wrong-hunter3@", "another:a-wrong-hunter3@"] {
        let store = store(&format!("redis://{user}{address}"));
        let errors: [StoreError; 2] =
            [store.load(&one()).await.unwrap_err(), store.ready().await.unwrap_err()];
        for printed in [format!("{errors:?} {store:?}"), errors[0].to_string(), log.ours()] {
            assert!(printed.contains(&address) || printed == log.ours(), "{printed}");
            assert!(!printed.contains("hunter3") && !printed.contains("ter2"), "{printed}");
        }
    }
    assert!(format!("{:?}", log.lines()).contains("unreachable"));
    for url in
        ["redis://:hunter3@", "http://:hunter3@h", "redis://:hun/ter3@h", "redis://:x@h:hunter3"]
    {
        let error = RedisStore::new(url, "test").unwrap_err().to_string();
        assert!(error.starts_with("the URL of Redis ") && !error.contains("ter3"), "{error}");
    }
}

#[rocket::async_test]
async fn a_redis_that_evicts_keys_is_warned_of() {
    let log = Log::alone().await;
    let Some(redis) = Redis::start(&["--maxmemory-policy", "allkeys-lru"]) else { return };
    store(&redis.url()).ready().await.unwrap();
    let warned = format!("Redis at {} evicts keys", redis.address());
    assert!(log.ours().contains(&warned), "{}", log.ours());
}
