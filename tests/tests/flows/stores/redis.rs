//! The store in Redis, while Redis stops, hangs, is full or is emptied.

use std::env;
use std::sync::OnceLock;
use std::time::Duration;

use logto_rocket::{Record, RedisStore, Replaced, SessionStore, StoreId, Stored};
use logto_rocket_tests::process::run_again;
use logto_rocket_tests::redis::Redis;
use logto_rocket_tests::wait::{until, within};

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

/// Waits until the store answers again.
async fn until_it_answers(store: &RedisStore) -> Option<Stored> {
    let mut stored = None;
    let answers = async || match store.load(&id("one")).await {
        Ok(answer) => {
            stored = answer;
            true
        }
        Err(_) => false,
    };
    until("the store answers again", answers).await;
    stored
}

#[rocket::async_test]
async fn a_redis_that_restarts_is_found_again() {
    let Some(mut redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    redis.stop();
    for _ in 0..5 {
        let error = within("an answer without Redis", store.load(&id("one"))).await.unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("Redis at {}: ", redis.address())),
            "{error}"
        );
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
async fn a_redis_that_hangs_is_an_error_while_it_hangs() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    redis.pause();
    let one = id("one");
    let calls = (0..50).map(|_| within("an answer without Redis", store.load(&one)));
    for answer in rocket::futures::future::join_all(calls).await {
        assert!(answer.is_err(), "{answer:?}");
    }
    // Now there is no connection, and none can be made.
    assert!(within("an answer without Redis", store.load(&id("one"))).await.is_err());
    assert!(
        within("an answer without Redis", store.replace(&id("one"), 0, &record(), HOUR))
            .await
            .is_err()
    );
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
async fn nothing_is_left_of_sessions_that_are_deleted_and_for_a_minute_a_list_of_those_that_are_over()
 {
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
    until("two lists are left", async || redis.ask("DBSIZE") == ":2").await;
    for list in ["test:u:{alice}", "test:d:{sid}"] {
        let left = redis.ask(&format!("PTTL {list}"));
        assert!(left[1..].parse::<u64>().is_ok_and(|left| left <= 60_001), "{list}: {left}");
    }
}

#[rocket::async_test]
async fn the_index_of_a_user_forgets_sessions_that_are_over() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "stays").await;
    for list in ["test:u:{alice}", "test:d:{sid}"] {
        for round in 0..50 {
            assert_eq!(redis.ask(&format!("ZADD {list} {round} over-{round}")), ":1");
        }
    }
    create(&store, "last").await;
    assert_eq!(redis.ask("ZCARD test:u:{alice}"), ":2");
    assert_eq!(redis.ask("ZCARD test:d:{sid}"), ":2");
}

/// As a fail-over may, where the list is in another place than the session.
#[rocket::async_test]
async fn a_list_that_was_lost_is_written_again_when_its_sessions_are_loaded() {
    let on_disk = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut redis) = Redis::start(&on_disk) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    create(&store, "two").await;
    for list in ["test:u:{alice}", "test:d:{sid}"] {
        assert_eq!(redis.ask(&format!("DEL {list}")), ":1");
    }
    assert!(store.load(&id("one")).await.unwrap().is_some());
    assert_eq!(store.list_by_sub("alice").await, Ok(Vec::new()), "in the same history");
    redis.restart();
    until_it_answers(&store).await;
    for (name, count) in [("one", 1), ("two", 2)] {
        assert!(store.load(&id(name)).await.unwrap().is_some());
        let listed = async || store.list_by_sub("alice").await.unwrap().len() == count;
        until("it is in the list again", listed).await;
    }
    store.delete_by_sid("sid").await.unwrap();
    assert_eq!(store.load(&id("one")).await, Ok(None));
    assert_eq!(store.load(&id("two")).await, Ok(None));
}

/// A list that a session has left by now, and one that names what another process has deleted.
#[rocket::async_test]
async fn a_list_ends_only_sessions_that_still_belong_to_it() {
    let Some(redis) = Redis::start(&[]) else { return };
    let store = store(&redis.url());
    create(&store, "one").await;
    let other = Record::new("sealed", "bob", Some("other".into()), 1_700_000_000);
    assert_eq!(store.replace(&id("one"), 0, &other, HOUR).await, Ok(Replaced::Stored));
    assert_eq!(redis.ask("ZCARD test:u:{alice}"), ":1");
    assert_eq!(store.list_by_sub("alice").await, Ok(Vec::new()));
    store.delete_by_sub("alice", u64::MAX).await.unwrap();
    store.delete_by_sid("sid").await.unwrap();
    assert!(store.load(&id("one")).await.unwrap().is_some());
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

/// It runs itself again, with the authority of its Redis in the environment.
#[rocket::async_test]
async fn tls_trusts_the_authorities_of_the_system() {
    const NAME: &str = concat!(module_path!(), "::tls_trusts_the_authorities_of_the_system");
    if let Ok(url) = env::var("TEST_REDIS_URL") {
        let store = store(&url);
        create(&store, "one").await;
        assert!(store.load(&id("one")).await.unwrap().is_some());
        return;
    }
    let Some(redis) = Redis::start_tls() else { return };
    let url = redis.tls_url().expect("it speaks TLS");
    let error = within("an error", store(&url).load(&id("one"))).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    let authority = redis.authority();
    let authority = authority.to_str().expect("a path in UTF-8");
    run_again(NAME, &[("SSL_CERT_FILE", authority), ("TEST_REDIS_URL", &url)]);
}
