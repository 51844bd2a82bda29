//! What an application answers while something is wrong with the Redis that holds its sessions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use logto_rocket_tests::app::ORIGIN;
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place, Plan};
use rocket::http::Status;
use rocket::tokio::time::{MissedTickBehavior, interval};
use rocket::{Route, get, routes, tokio};

/// What a Redis is told that forgets nothing when it is killed.
const ON_DISK: &[&str] = &["--appendonly", "yes", "--appendfsync", "always"];

const USERS: usize = 10;

fn routes() -> Vec<Route> {
    #[get("/public")]
    fn public() -> &'static str {
        "everybody's"
    }
    routes![public]
}

async fn fleet(redis: &'static [&'static str]) -> Option<Fleet> {
    Plan::at(Place::ConfiguredRedis).routes(routes).redis(redis).start().await
}

/// The answer, which nobody has waited for longer than for a store that hangs.
async fn soon(browser: &mut Browser<'_>, path: &str) -> Answer {
    let begun = Instant::now();
    let answer = browser.open(path).await;
    assert!(begun.elapsed() < Duration::from_millis(2500), "{:?}: {answer:?}", begun.elapsed());
    answer
}

/// Nobody knows who the browser is, and nothing of it is lost.
async fn cannot_tell(fleet: &Fleet, browser: &mut Browser<'_>) {
    let account = soon(browser, "/account").await;
    assert_eq!(account.status, Status::ServiceUnavailable, "{account:?}");
    assert!(account.header("Retry-After").is_some(), "{account:?}");
    let index = soon(browser, "/").await;
    assert_eq!((index.status, &*index.body), (Status::Ok, "Hello, stranger"));
    let public = soon(browser, "/public").await;
    assert_eq!(public.body, "everybody's");
    for answer in [account, index, public] {
        assert!(!answer.sets_cookies(), "{answer:?}");
    }
    let mut newcomer = fleet.app.browser();
    assert_eq!(soon(&mut newcomer, "/public").await.body, "everybody's");
    let refused = soon(&mut newcomer, "/account").await;
    assert_eq!(refused.status, Status::SeeOther, "who has no cookie is nobody: {refused:?}");
    cannot_sign_in(fleet, &mut newcomer).await;
}

async fn cannot_sign_in(fleet: &Fleet, newcomer: &mut Browser<'_>) {
    let failed = fleet.app.sign_in(newcomer, "bob", "/account").await;
    assert_eq!(failed.status, Status::ServiceUnavailable, "{failed:?}");
    assert!(failed.header("Retry-After").is_some(), "{failed:?}");
    assert!(failed.body.contains("Nothing is lost."), "{failed:?}");
    assert_eq!(newcomer.cookies_named("logto-").len(), 1, "the sign-in that failed");
}

/// Waits until the application has noticed that Redis is back, ten seconds at most.
async fn until_it_can_tell(browser: &mut Browser<'_>) -> Answer {
    let begun = Instant::now();
    loop {
        let account = soon(browser, "/account").await;
        if account.status != Status::ServiceUnavailable {
            return account;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{account:?}");
    }
}

async fn signs_in(fleet: &Fleet) {
    let mut bob = fleet.app.signed_in("bob").await;
    assert_eq!(bob.open("/account").await.status, Status::Ok);
}

#[rocket::async_test]
async fn while_redis_is_stopped_nobody_is_let_in_and_nobody_signed_out() {
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
async fn a_redis_that_hangs_is_a_503_within_about_two_seconds() {
    let Some(mut fleet) = fleet(&[]).await else { return };
    let cookies = fleet.app.signed_in("alice").await.cookies;
    fleet.redis().pause();
    let mut alice = fleet.app.browser();
    alice.cookies.clone_from(&cookies);
    cannot_tell(&fleet, &mut alice).await;
    fleet.redis.as_ref().expect("a Redis").resume();
    let account = until_it_can_tell(&mut alice).await;
    assert_eq!(account.status, Status::Ok, "{account:?}");
}

#[rocket::async_test]
async fn who_signs_out_while_redis_is_away_is_told_that_the_session_may_go_on() {
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
async fn a_redis_that_was_emptied_has_signed_everybody_out() {
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
async fn a_full_redis_lets_nobody_sign_in_and_the_others_go_on() {
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
    // Claims that would have to be confirmed stand for a while.
    fleet.app.clock.advance(Duration::from_secs(3600));
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    let out = browser.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther, "sessions can be ended: {out:?}");
    let redis = fleet.redis.as_ref().expect("a Redis");
    assert_eq!(redis.ask("CONFIG SET maxmemory 0"), "+OK");
    signs_in(&fleet).await;
}

/// A thousand requests a second, while Redis is killed and started again. `REDIS_RESTART_SECONDS` makes
/// it longer.
#[rocket::async_test]
async fn while_redis_restarts_under_load_nobody_becomes_somebody_else() {
    const EVERY: Duration = Duration::from_millis(10);
    const AT_ONCE: usize = 10;
    let seconds = std::env::var("REDIS_RESTART_SECONDS").ok().and_then(|it| it.parse().ok());
    let ticks = seconds.unwrap_or(5) * 100;
    let plan = Plan::at(Place::ConfiguredRedis).redis(ON_DISK).idp(|idp| {
        (0..USERS).fold(idp, |idp, number| {
            let user = logto_rocket::testing::User::new(&format!("user{number}"));
            idp.user(user.with_id(&format!("id-{number}")))
        })
    });
    let Some(mut fleet) = plan.start().await else { return };
    let mut users = Vec::new();
    for number in 0..USERS {
        users.push(fleet.app.signed_in(&format!("user{number}")).await.cookies);
    }
    let client = Arc::new(fleet.another().await);
    let mut requests = Vec::new();
    let mut ticking = interval(EVERY);
    ticking.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (begun, mut back) = (Instant::now(), Instant::now());
    for tick in 0..ticks {
        ticking.tick().await;
        if tick == ticks / 3 {
            fleet.redis().stop();
        } else if tick == ticks / 2 {
            fleet.redis().restart();
            back = Instant::now();
        }
        for number in 0..AT_ONCE {
            let (client, number) = (Arc::clone(&client), (tick + number) % USERS);
            let cookies = users[number].clone();
            requests.push(tokio::spawn(async move {
                let mut browser = Browser::new(&client);
                browser.cookies = cookies;
                let begun = Instant::now();
                let answer = browser.open("/account").await;
                let own = answer.body.starts_with(&format!("id-{number} in "));
                match answer.status.code {
                    200 if own => {}
                    503 if answer.header("Retry-After").is_some() => {}
                    _ => panic!("{number}: {answer:?}"),
                }
                (answer.status.code, begun, begun.elapsed())
            }));
        }
    }
    let sent = begun.elapsed();
    let (mut answered, mut unavailable, mut longest) = (0, 0, Duration::ZERO);
    let mut recovered = Duration::ZERO;
    for request in requests {
        let (status, asked, time) = request.await.expect("no panic and nobody else");
        longest = longest.max(time);
        if status == 200 {
            answered += 1;
        } else {
            unavailable += 1;
            recovered = recovered.max(asked.saturating_duration_since(back));
        }
    }
    println!(
        "{answered} times 200, {unavailable} times 503 in {sent:?}, the longest {longest:?}; none \
         that was asked {recovered:?} after Redis was back"
    );
    assert!(answered > unavailable && unavailable > 0, "{answered} and {unavailable}");
    for (number, cookies) in users.into_iter().enumerate() {
        let mut browser = Browser::new(&client);
        browser.cookies = cookies;
        let account = until_it_can_tell(&mut browser).await;
        assert!(account.body.starts_with(&format!("id-{number} in ")), "{account:?}");
    }
}
