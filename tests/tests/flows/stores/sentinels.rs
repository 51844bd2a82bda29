//! The store in a Redis with a replica, while the replica takes its place.

use std::time::Duration;

use logto_rocket::{Record, RedisStore, SessionConfig, SessionStore, Store, StoreError, StoreId};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::From;
use logto_rocket_tests::redis::Redis;
use logto_rocket_tests::sentinels::Sentinels;
use logto_rocket_tests::wait::{until, within};
use rocket::http::Status;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn store(sentinels: &Sentinels) -> RedisStore {
    RedisStore::new(&sentinels.url(), "test").expect("a URL of Sentinels")
}

fn id(name: &str) -> StoreId {
    StoreId::from(name.to_owned())
}

fn record(sub: &str) -> Record {
    Record::new(format!("the session of {sub}"), sub, Some(format!("sid of {sub}")), 1_700_000_000)
}

/// An error that says that the deletion may come back.
fn is_unconfirmed(ended: &Result<(), StoreError>) -> bool {
    ended.as_ref().is_err_and(|error| error.to_string().contains("a fail-over may restore it"))
}

#[rocket::async_test]
async fn a_fail_over_loses_no_session_and_mixes_none_up() {
    let Some(mut sentinels) = Sentinels::start().await else { return };
    let store = store(&sentinels);
    let names: Vec<_> = (0..50).map(|number| format!("user-{number}")).collect();
    for name in &names {
        store.create(&id(name), &record(name), HOUR).await.expect("a record is created");
    }
    until("a replica confirms it", async || store.delete(&id("user-0")).await.is_ok()).await;
    for _ in 0..2 {
        let primary = sentinels.primary();
        let address = primary.address();
        primary.stop();
        let mut failed = 0;
        // Until all are served again, each is either not served or its own.
        let served = async || {
            let mut served = 0;
            for name in &names[1..] {
                match within("an answer", store.load(&id(name))).await {
                    Ok(stored) => {
                        let stored = stored.expect("no session is lost");
                        assert_eq!(*stored.sealed, *record(name).sealed);
                        served += 1;
                    }
                    Err(_) => failed += 1,
                }
            }
            served == names.len() - 1
        };
        until("all are served", served).await;
        assert!(failed > 0, "the fail-over was noticed");
        sentinels.until_another_than(&address).await;
        assert_eq!(store.load(&id("user-0")).await, Ok(None), "who was out stays out");
        assert_eq!(store.list_by_sub("user-1").await.unwrap().len(), 1);
        sentinels.start_again();
        sentinels.until_all_is_well().await;
    }
    let ended = async || store.delete_by_sub("user-1", u64::MAX).await.is_ok();
    until("a replica confirms it", ended).await;
    assert_eq!(store.load(&id("user-1")).await, Ok(None));
}

#[rocket::async_test]
async fn an_application_serves_each_user_or_503_while_redis_fails_over() {
    let Some(mut sentinels) = Sentinels::start().await else { return };
    let url = sentinels.url();
    let session = SessionConfig::new().store(Store::Redis).redis_url(url);
    let app = App::builder().config(|config| config.session(session)).start().await;
    let mut users = Vec::new();
    for number in 0..10 {
        let name = if number % 2 == 0 { "alice" } else { "bob" };
        let mut browser = app.signed_in(name).await;
        let account = browser.open("/account").await.body;
        users.push((browser, account));
    }
    let mut copy = app.signed_in("alice").await;
    let mut gone = copy.at(&app.client);
    let out = copy.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther, "{out:?}");
    sentinels.primary().stop();
    let (mut refused, mut served) = (0, 0);
    let all_are_served = async || {
        served = 0;
        for (browser, account) in &mut users {
            let answer = browser.open("/account").await;
            match answer.status {
                Status::Ok => {
                    assert_eq!(answer.body, *account);
                    served += 1;
                }
                Status::ServiceUnavailable => refused += 1,
                _ => panic!("signed out: {answer:?}"),
            }
        }
        let answer = gone.open("/account").await;
        assert!([503, 303].contains(&answer.status.code), "back in: {answer:?}");
        served == users.len()
    };
    until("all are served", all_are_served).await;
    assert!(refused > 0, "the fail-over was noticed");
}

#[rocket::async_test]
async fn an_end_that_no_replica_confirms_is_done_and_says_that_it_may_come_back() {
    let Some(mut sentinels) = Sentinels::start().await else { return };
    let store = store(&sentinels);
    for name in ["one", "two", "three", "four"] {
        store.create(&id(name), &record(name), HOUR).await.expect("a record is created");
    }
    until("a replica confirms it", async || store.delete(&id("one")).await.is_ok()).await;
    let replica = sentinels.replica();
    replica.pause();
    let ends = [
        within("an answer", store.delete(&id("two"))).await,
        within("an answer", store.delete_by_sub("three", u64::MAX)).await,
        within("an answer", store.delete_by_sid("sid of four")).await,
    ];
    for ended in &ends {
        assert!(is_unconfirmed(ended), "{ended:?}");
    }
    for name in ["two", "three", "four"] {
        assert_eq!(store.load(&id(name)).await, Ok(None));
    }
    replica.resume();
    // Asking again confirms it, though there is nothing left to delete.
    until("a replica confirms it", async || store.delete(&id("two")).await.is_ok()).await;
    replica.stop();
    until("the primary is alone", async || is_unconfirmed(&store.delete(&id("two")).await)).await;
}

#[rocket::async_test]
async fn the_credentials_are_those_of_redis_and_of_a_sentinel_that_demands_some() {
    let Some(redis) = Redis::start(&["--requirepass", "hunter2"]) else { return };
    let watches = "sentinel auth-pass shop hunter2\n";
    for more in [watches.to_owned(), format!("{watches}requirepass hunter2\n")] {
        let sentinel = Redis::start_sentinel("shop", &redis, &more);
        let url = |user: &str| format!("redis+sentinel://{user}{}/shop/1", sentinel.address());
        let store = RedisStore::new(&url(":hunter2@"), "test").unwrap();
        until("the store answers", async || store.load(&id("one")).await == Ok(None)).await;
        let store = RedisStore::new(&url(""), "test").unwrap();
        let error = within("an answer", store.load(&id("one"))).await.unwrap_err().to_string();
        assert!(error.contains("NOAUTH") || error.contains("uthenticat"), "{error}");
    }
}

#[rocket::async_test]
async fn sentinels_that_do_not_know_the_name_are_an_error_that_names_them() {
    let Some(sentinels) = Sentinels::start().await else { return };
    let store = RedisStore::new(&format!("{}-two", sentinels.url()), "test").unwrap();
    let error = within("an answer", store.load(&id("one"))).await.unwrap_err().to_string();
    assert!(error.contains("shop-two of the Sentinels 127.0.0.1:"), "{error}");
}
