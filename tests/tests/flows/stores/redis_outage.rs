//! What an application answers while something is wrong with the Redis that holds its sessions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use logto_rocket::testing::User;
use logto_rocket_tests::app::ORIGIN;
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::wait::{until, within};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::tokio::task::{JoinSet, yield_now};
use rocket::{Route, get, routes};

type Cookies = BTreeMap<String, String>;

/// Options of a Redis that loses nothing when it is killed.
const ON_DISK: &[&str] = &["--appendonly", "yes", "--appendfsync", "always"];

const USERS: usize = 10;

fn routes() -> Vec<Route> {
    #[get("/public")]
    fn public() -> &'static str {
        "public"
    }
    routes![public]
}

async fn fleet(redis: &'static [&'static str]) -> Option<Fleet> {
    Fleet::builder(Place::ConfiguredRedis).routes(routes).redis(redis).start().await
}

/// The application cannot tell who the browser is, and nothing is lost.
async fn cannot_tell(fleet: &Fleet, browser: &mut Browser<'_>) {
    let account = browser.open("/account").await;
    assert_eq!(account.status, Status::ServiceUnavailable, "{account:?}");
    assert!(account.header("Retry-After").is_some(), "{account:?}");
    let index = browser.open("/").await;
    assert_eq!((index.status, &*index.body), (Status::Ok, "Hello, stranger"));
    let public = browser.open("/public").await;
    assert_eq!(public.body, "public");
    for answer in [account, index, public] {
        assert!(!answer.sets_cookies(), "{answer:?}");
    }
    let mut newcomer = fleet.app.browser();
    assert_eq!(newcomer.open("/public").await.body, "public");
    let refused = newcomer.open("/account").await;
    assert_eq!(
        refused.status,
        Status::SeeOther,
        "without a cookie there is no session: {refused:?}"
    );
    cannot_sign_in(fleet, &mut newcomer).await;
}

async fn cannot_sign_in(fleet: &Fleet, newcomer: &mut Browser<'_>) {
    let failed = fleet.app.sign_in(newcomer, "bob", "/account").await;
    assert_eq!(failed.status, Status::ServiceUnavailable, "{failed:?}");
    assert!(failed.header("Retry-After").is_some(), "{failed:?}");
    assert!(failed.body.contains("again in a moment"), "{failed:?}");
    assert_eq!(newcomer.cookies_named("logto-").len(), 1, "the sign-in that failed");
}

/// Waits until the application has noticed that Redis is back.
async fn until_it_can_tell(browser: &mut Browser<'_>) -> Answer {
    let mut account = browser.open("/account").await;
    let can_tell = async || {
        account = browser.open("/account").await;
        account.status != Status::ServiceUnavailable
    };
    until("the application has noticed that Redis is back", can_tell).await;
    account
}

async fn signs_in(fleet: &Fleet) {
    let mut bob = fleet.app.signed_in("bob").await;
    assert_eq!(bob.open("/account").await.status, Status::Ok);
}

#[rocket::async_test]
async fn while_redis_is_stopped_no_user_is_signed_in_or_out() {
    let Some(mut fleet) = fleet(ON_DISK).await else { return };
    let cookies = fleet.app.signed_in("alice").await.cookies;
    fleet.redis().stop();
    {
        let mut alice = fleet.app.browser();
        alice.cookies.clone_from(&cookies);
        cannot_tell(&fleet, &mut alice).await;
    }
    fleet.redis().restart();
    let mut alice = fleet.app.browser();
    alice.cookies = cookies;
    let account = until_it_can_tell(&mut alice).await;
    assert_eq!(account.status, Status::Ok, "the same process, the same session: {account:?}");
    signs_in(&fleet).await;
}

#[rocket::async_test]
async fn a_redis_that_hangs_is_a_503_while_it_hangs() {
    let Some(fleet) = fleet(&[]).await else { return };
    let cookies = fleet.app.signed_in("alice").await.cookies;
    let redis = fleet.redis.as_ref().expect("a Redis");
    redis.pause();
    let mut alice = fleet.app.browser();
    alice.cookies.clone_from(&cookies);
    within("answers while Redis hangs", Box::pin(cannot_tell(&fleet, &mut alice))).await;
    redis.resume();
    let account = until_it_can_tell(&mut alice).await;
    assert_eq!(account.status, Status::Ok, "{account:?}");
}

#[rocket::async_test]
async fn a_sign_out_while_redis_is_away_says_that_the_session_may_go_on() {
    let Some(mut fleet) = fleet(&[]).await else { return };
    let cookies = fleet.app.signed_in("alice").await.cookies;
    fleet.redis().stop();
    let mut alice = fleet.app.browser();
    alice.cookies = cookies;
    let out = alice.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::ServiceUnavailable, "{out:?}");
    assert!(out.body.contains("The session could not be ended everywhere."), "{out:?}");
    assert_eq!(alice.cookies.len(), 0, "but this browser forgets it");
}

#[rocket::async_test]
async fn a_redis_that_was_emptied_has_signed_all_users_out() {
    let Some(mut fleet) = fleet(&[]).await else { return };
    let cookies = fleet.app.signed_in("alice").await.cookies;
    fleet.redis().flush();
    let mut alice = fleet.app.browser();
    alice.cookies = cookies;
    let refused = alice.open("/account").await;
    assert_eq!(refused.status, Status::SeeOther, "{refused:?}");
    assert_eq!(alice.open("/").await.body, "Hello, stranger");
    fleet.app.sign_in(&mut alice, "alice", "/").await;
    assert_eq!(alice.open("/account").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_full_redis_refuses_new_sessions_and_keeps_the_others() {
    let Some(mut fleet) = fleet(&["--maxmemory-policy", "noeviction"]).await else { return };
    let mut alice = fleet.app.signed_in("alice").await.cookies;
    let redis = fleet.redis();
    assert_eq!(redis.ask("CONFIG SET maxmemory 1"), "+OK");
    let mut browser = fleet.app.browser();
    std::mem::swap(&mut browser.cookies, &mut alice);
    for _ in 0..3 {
        assert_eq!(browser.open("/account").await.status, Status::Ok);
        cannot_sign_in(&fleet, &mut fleet.app.browser()).await;
        // What is to be written of the session waits.
        fleet.app.clock.advance(Duration::from_secs(60));
    }
    // Claims that are due for confirmation stay valid for some time.
    fleet.app.clock.advance(Duration::from_secs(3600));
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    let out = browser.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther, "sessions can be ended: {out:?}");
    let redis = fleet.redis.as_ref().expect("a Redis");
    assert_eq!(redis.ask("CONFIG SET maxmemory 0"), "+OK");
    signs_in(&fleet).await;
}

/// How many requests are on their way at any time while Redis restarts.
const AT_ONCE: usize = 10;

/// The answers that the requests got.
#[derive(Default)]
struct Answers {
    /// With the user's own page.
    own: AtomicUsize,
    unavailable: AtomicUsize,
    is_enough: AtomicBool,
}

/// One request after the other, by all users in turn, until it is enough.
async fn visit(client: &Client, users: &[Cookies], first: usize, answers: &Answers) {
    for (number, cookies) in users.iter().enumerate().cycle().skip(first) {
        let mut browser = Browser::new(client);
        browser.cookies.clone_from(cookies);
        let answer = browser.open("/account").await;
        let own = answer.body.starts_with(&format!("id-{number} in "));
        let count = match answer.status.code {
            200 if own => &answers.own,
            503 if answer.header("Retry-After").is_some() => &answers.unavailable,
            _ => panic!("{number}: {answer:?}"),
        };
        count.fetch_add(1, Ordering::AcqRel);
        if answers.is_enough.load(Ordering::Acquire) {
            return;
        }
        yield_now().await;
    }
}

#[rocket::async_test]
async fn while_redis_restarts_under_load_no_user_gets_the_page_of_another() {
    let fleet = Fleet::builder(Place::ConfiguredRedis).redis(ON_DISK).provider(|provider| {
        (0..USERS).fold(provider, |provider, number| {
            let user = User::new(&format!("user{number}"));
            provider.user(user.with_id(&format!("id-{number}")))
        })
    });
    let Some(mut fleet) = fleet.start().await else { return };
    let mut users = Vec::new();
    for number in 0..USERS {
        users.push(fleet.app.signed_in(&format!("user{number}")).await.cookies);
    }
    let users = Arc::new(users);
    let client = Arc::new(fleet.another().await);
    let answers = Arc::new(Answers::default());
    let mut visitors = JoinSet::new();
    for first in 0..AT_ONCE {
        let (client, users) = (Arc::clone(&client), Arc::clone(&users));
        let answers = Arc::clone(&answers);
        visitors.spawn(async move { visit(&client, &users, first, &answers).await });
    }
    let count = |counter: &AtomicUsize| counter.load(Ordering::Acquire);
    for _ in 0..3 {
        let (own, unavailable) = (count(&answers.own), count(&answers.unavailable));
        until("users see their pages", async || count(&answers.own) > own + 500).await;
        fleet.redis().stop();
        let is_away = async || count(&answers.unavailable) > unavailable + 500;
        until("the application notices that Redis is away", is_away).await;
        fleet.redis().restart();
    }
    for (number, cookies) in users.iter().enumerate() {
        let mut browser = Browser::new(&client);
        browser.cookies.clone_from(cookies);
        let account = until_it_can_tell(&mut browser).await;
        assert!(account.body.starts_with(&format!("id-{number} in ")), "{account:?}");
    }
    answers.is_enough.store(true, Ordering::Release);
    while let Some(visited) = visitors.join_next().await {
        visited.expect("no panic and no page of another user");
    }
}
