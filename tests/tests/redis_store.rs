//! Sessions in a real Redis, whatever becomes of it.

use std::future::Future;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use logto_rocket::{Record, RedisStore, Replaced, SessionStore, StoreError, StoreId, Stored};
use logto_rocket_tests::log::Log;
use logto_rocket_tests::redis::Redis;
use rocket::tokio;

const HOUR: Duration = Duration::from_secs(60 * 60);

mod conformance {
    use super::*;

    /// One Redis for all: it ends with this process.
    static REDIS: OnceLock<Option<Redis>> = OnceLock::new();

    logto_rocket::session_store_conformance!(async {
        let redis = REDIS.get_or_init(|| Redis::start(&[])).as_ref();
        redis.map(|redis| store(&redis.url()))
    });
}

fn store(url: &str) -> RedisStore {
    RedisStore::new(url, "test").expect("a URL of Redis")
}

fn id(name: &str) -> StoreId {
    StoreId::from(name.to_owned())
}

fn record() -> Record {
    Record::new("sealed", "alice", Some("sid".into()), 1_700_000_000)
}

async fn create(store: &RedisStore, name: &str) {
    store.create(&id(name), &record(), HOUR).await.expect("a record is created");
}

/// What `call` gives, and that it takes less than two seconds.
async fn within_two_seconds<T>(call: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let answer = call.await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    answer
}

/// Waits until the store answers again, ten seconds at most.
async fn until_it_answers(store: &RedisStore) -> Option<Stored> {
    for _ in 0..500 {
        if let Ok(answer) = within_two_seconds(store.load(&id("one"))).await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("Redis is back, but the store does not notice");
}

#[rocket::async_test]
async fn a_redis_that_restarts_is_found_again() {
    let Some(mut redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    redis.stop();
    for _ in 0..5 {
        let error = within_two_seconds(store.load(&id("one"))).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("Redis at {}: ", redis.place())), "{error}");
    }
    redis.restart();
    assert_eq!(until_it_answers(&store).await, None, "it came back empty");
    create(&store, "one").await;
    assert!(store.load(&id("one")).await.unwrap().is_some());
}

#[rocket::async_test]
async fn a_restart_between_two_calls_is_not_noticed() {
    let Some(mut redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    redis.restart();
    assert_eq!(store.load(&id("one")).await, Ok(None));
}

#[rocket::async_test]
async fn a_redis_that_is_away_at_first_is_found_when_it_comes() {
    let log = Log::alone().await;
    let Some(mut redis) = Redis::start(&[]) else { return };
    redis.stop();
    let store = store(&redis.url());
    for _ in 0..10 {
        assert!(within_two_seconds(store.load(&id("one"))).await.is_err());
    }
    redis.restart();
    assert_eq!(until_it_answers(&store).await, None);
    let at = format!("Redis at {} ", redis.place());
    let said = |words: &str| log.ours().matches(&format!("{at}{words}")).count();
    assert_eq!((said("is out of reach: "), said("is back.")), (1, 1), "{}", log.ours());
}

#[rocket::async_test]
async fn a_redis_that_hangs_is_an_error_within_two_seconds() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    redis.pause();
    let one = id("one");
    let calls = (0..50).map(|_| within_two_seconds(store.load(&one)));
    for answer in rocket::futures::future::join_all(calls).await {
        assert!(answer.is_err(), "{answer:?}");
    }
    // Now there is no connection, and none can be made.
    assert!(within_two_seconds(store.load(&id("one"))).await.is_err());
    assert!(within_two_seconds(store.replace(&id("one"), 0, &record(), HOUR)).await.is_err());
    redis.resume();
    let stored = until_it_answers(&store).await;
    assert_eq!(stored.map(|stored| &*stored.sealed == "sealed"), Some(true));
}

#[rocket::async_test]
async fn a_flushed_redis_has_no_sessions() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    redis.flush();
    assert_eq!(store.load(&id("one")).await, Ok(None));
    assert_eq!(store.replace(&id("one"), 0, &record(), HOUR).await, Ok(Replaced::Gone));
}

#[rocket::async_test]
async fn the_password_is_that_of_the_url_and_never_printed() {
    let log = Log::alone().await;
    let Some(redis) = Redis::start(&["--requirepass", "hun/ter2"]) else { return };
    let place = redis.place();
    let right = store(&format!("redis://:hun%2Fter2@{place}"));
    create(&right, "one").await;
    assert!(right.load(&id("one")).await.unwrap().is_some());
    for user in ["", ":a-wrong-hunter3@", "somebody:a-wrong-hunter3@"] {
        let store = store(&format!("redis://{user}{place}"));
        let errors: [StoreError; 2] =
            [store.load(&id("one")).await.unwrap_err(), store.ready().await.unwrap_err()];
        for printed in [format!("{errors:?} {store:?}"), errors[0].to_string(), log.ours()] {
            assert!(printed.contains(&place) || printed == log.ours(), "{printed}");
            assert!(!printed.contains("hunter3") && !printed.contains("ter2"), "{printed}");
        }
    }
    assert!(format!("{:?}", log.lines()).contains("out of reach"));
    for url in
        ["redis://:hunter3@", "http://:hunter3@h", "redis://:hun/ter3@h", "redis://:x@h:hunter3"]
    {
        let error = RedisStore::new(url, "test").unwrap_err().to_string();
        assert!(error.starts_with("the URL of Redis ") && !error.contains("ter3"), "{error}");
    }
}

#[rocket::async_test]
async fn a_full_redis_takes_no_new_session_and_keeps_the_others() {
    let Some(redis) = Redis::start(&["--maxmemory-policy", "noeviction"]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    assert_eq!(store.lease(&id("one"), "holder", HOUR).await, Ok(true));
    assert_eq!(redis.ask("CONFIG SET maxmemory 1"), "+OK");
    let error = store.create(&id("two"), &record(), HOUR).await.unwrap_err();
    assert!(error.to_string().contains("OOM"), "{error}");
    assert_eq!(store.load(&id("two")).await, Ok(None));
    assert_eq!(store.list_by_sub("alice").await.unwrap().len(), 1);
    let stored = store.load(&id("one")).await.unwrap();
    assert_eq!(stored.clone().map(|stored| stored.version), Some(0));
    assert!(store.replace(&id("one"), 0, &record(), HOUR).await.is_err());
    assert_eq!(store.load(&id("one")).await, Ok(stored));
    assert_eq!(store.release(&id("one"), "holder").await, Ok(()));
    // Sessions can still be ended.
    assert_eq!(store.delete_by_sub("alice", u64::MAX).await, Ok(()));
    assert_eq!(redis.ask("DBSIZE"), ":0");
    assert_eq!(redis.ask("CONFIG SET maxmemory 0"), "+OK");
    create(&store, "one").await;
}

#[rocket::async_test]
async fn nothing_is_left_of_sessions_that_are_over_or_deleted() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    for round in 0..20 {
        let name = format!("over {round}");
        store.create(&id(&name), &record(), Duration::from_millis(1)).await.unwrap();
        let other = Record::new("sealed", format!("user {round}"), Some(name), 1_700_000_000);
        let name = format!("deleted {round}");
        store.create(&id(&name), &other, HOUR).await.unwrap();
        store.replace(&id(&name), 0, &other, HOUR).await.unwrap();
        match round % 3 {
            0 => store.delete(&id(&name)).await.unwrap(),
            1 => store.delete_by_sub(&other.sub, u64::MAX).await.unwrap(),
            _ => store.delete_by_sid(&other.sid.unwrap_or_default()).await.unwrap(),
        }
    }
    for _ in 0..500 {
        if redis.ask("DBSIZE") == ":0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} keys are left", redis.ask("DBSIZE"));
}

#[rocket::async_test]
async fn the_index_of_a_user_who_signs_in_for_ever_holds_what_is_not_over() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "stays").await;
    for round in 0..50 {
        let ttl = Duration::from_millis(1);
        store.create(&id(&format!("over {round}")), &record(), ttl).await.unwrap();
        tokio::time::sleep(2 * ttl).await;
    }
    create(&store, "last").await;
    assert_eq!(redis.ask("ZCARD test:u:alice"), ":2");
    assert_eq!(redis.ask("ZCARD test:d:sid"), ":2");
}

#[rocket::async_test]
async fn two_applications_share_a_redis_and_see_nothing_of_each_other() {
    let Some(redis) = Redis::start(&[]) else { return };
    let [one, other] = ["one", "other"].map(|name| RedisStore::new(&redis.url(), name).unwrap());
    create(&one, "one").await;
    assert_eq!(other.load(&id("one")).await, Ok(None));
    assert_eq!(other.list_by_sub("alice").await, Ok(Vec::new()));
    other.delete_by_sub("alice", u64::MAX).await.unwrap();
    other.delete_by_sid("sid").await.unwrap();
    other.delete(&id("one")).await.unwrap();
    assert_eq!(one.lease(&id("one"), "one", HOUR).await, Ok(true));
    assert_eq!(other.lease(&id("one"), "other", HOUR).await, Ok(true));
    assert!(one.load(&id("one")).await.unwrap().is_some());
}

#[rocket::async_test]
async fn a_replacement_that_is_asked_for_twice_is_stored_once() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    let mut next = record();
    next.sealed = "sealed with another nonce".into();
    for _ in 0..2 {
        assert_eq!(store.replace(&id("one"), 0, &next, HOUR).await, Ok(Replaced::Stored));
    }
    assert_eq!(store.load(&id("one")).await.unwrap().map(|stored| stored.version), Some(1));
    assert_eq!(store.replace(&id("one"), 0, &record(), HOUR).await, Ok(Replaced::Conflict));
}

#[rocket::async_test]
async fn loading_is_one_round_trip() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    let commands = || -> u64 {
        let count = |line: &str| line.strip_prefix("total_commands_processed:")?.parse().ok();
        redis.ask_all("INFO stats").lines().find_map(count).expect("a count")
    };
    let before = commands();
    for _ in 0..10 {
        store.load(&id("one")).await.unwrap();
    }
    // The question for the count is one, too.
    assert_eq!(commands() - before, 11);
}

#[rocket::async_test]
async fn a_redis_that_throws_keys_away_is_warned_of() {
    let log = Log::alone().await;
    let Some(redis) = Redis::start(&["--maxmemory-policy", "allkeys-lru"]) else { return };
    store(&redis.url()).ready().await.unwrap();
    let warned = format!("Redis at {} throws keys away", redis.place());
    assert!(log.ours().contains(&warned), "{}", log.ours());
}

/// It runs itself again, with the authority of its Redis in the environment.
#[rocket::async_test]
async fn tls_trusts_whom_the_system_trusts() {
    if let Ok(url) = std::env::var("TEST_REDIS_URL") {
        let store = store(&url);
        create(&store, "one").await;
        assert!(store.load(&id("one")).await.unwrap().is_some());
        return;
    }
    let Some(redis) = Redis::start_tls() else { return };
    let url = redis.tls_url().expect("it speaks TLS");
    let error = within_two_seconds(store(&url).load(&id("one"))).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    let again = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "tls_trusts_whom_the_system_trusts"])
        .env("SSL_CERT_FILE", redis.authority())
        .env("TEST_REDIS_URL", url)
        .output()
        .expect("this test runs again");
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
}
