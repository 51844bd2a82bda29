//! Which session a request has, and when its response writes the cookie.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::Cookie;
use rocket::local::asynchronous::Client;

use super::Loaded;
use crate::client;
use crate::host::HostId;
use crate::request::tests::{config, quiet};
use crate::session::{Activity, Sessions};
use crate::testing::{self, User};
use crate::{Clock, Config, Logto, SessionConfig};

const OLD: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";
const NEW: &str = "vhxX8NMLvFYOiXz2iDjeSNGfYSbTdw1EPaFcB5xp5aU=";

async fn site(config: Config, clock: &Clock) -> Client {
    let fairing = Logto::fairing().config(config.base_url("https://a.example"));
    Client::untracked(quiet().attach(fairing.clock(clock.clone()))).await.expect("a site")
}

/// A site whose sessions last a thousand seconds, or a hundred without a request.
async fn site_with_limits(clock: &Clock) -> Client {
    let limits = SessionConfig::new()
        .max_lifetime(Duration::from_secs(1_000))
        .idle_timeout(Duration::from_secs(400))
        .revalidate_after(None);
    site(config().session(limits), clock).await
}

fn sessions(site: &Client) -> &Arc<Sessions> {
    client::Client::of(site.rocket()).expect("the fairing").sessions()
}

async fn load(site: &Client, cookies: &[Cookie<'static>], activity: Activity) -> Option<Loaded> {
    let request = site.get("/").cookies(cookies.to_vec());
    sessions(site).load(request.inner(), HostId::FIRST, activity).await.expect("an answer")
}

async fn alice(site: &Client) -> Vec<Cookie<'static>> {
    testing::sign_in(site, User::new("alice")).await.expect("a session")
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[rocket::async_test]
async fn a_session_is_loaded_until_its_time_is_over() {
    let clock = Clock::frozen();
    let site = site_with_limits(&clock).await;
    let cookies = alice(&site).await;
    let loaded = load(&site, &cookies, Activity::Use).await.expect("a session");
    assert!(!loaded.is_doubtful);
    assert_eq!(loaded.at, clock.now());
    assert_eq!(loaded.version, sessions(&site).version());
    clock.advance(seconds(399));
    assert!(load(&site, &cookies, Activity::Use).await.is_some());
    clock.advance(seconds(1));
    assert!(load(&site, &cookies, Activity::Use).await.is_none(), "unused for too long");
    assert!(load(&site, &[], Activity::Use).await.is_none());
}

#[rocket::async_test]
async fn a_session_that_is_used_lasts_no_longer_than_its_lifetime() {
    let clock = Clock::frozen();
    let site = site_with_limits(&clock).await;
    let mut cookies = alice(&site).await;
    for _ in 0..3 {
        clock.advance(seconds(333));
        let loaded = load(&site, &cookies, Activity::Use).await.expect("a session");
        let written = sessions(&site).to_write(&loaded, Activity::Use).expect("a write");
        let of_host = sessions(&site).cookies(HostId::FIRST);
        let writes = of_host.of(&written).expect("cookies");
        cookies = writes.into_iter().map(|write| of_host.build(write)).collect();
    }
    clock.advance(seconds(1));
    assert!(load(&site, &cookies, Activity::Use).await.is_none());
}

#[rocket::async_test]
async fn a_session_that_has_ended_is_loaded_nowhere_and_written_nowhere() {
    let clock = Clock::frozen();
    let site = site_with_limits(&clock).await;
    let (cookies, others) = (alice(&site).await, alice(&site).await);
    let loaded = load(&site, &cookies, Activity::Use).await.expect("a session");
    clock.advance(seconds(100));
    sessions(&site).forget(&loaded.session).await;
    assert!(load(&site, &cookies, Activity::Use).await.is_none());
    assert!(sessions(&site).to_write(&loaded, Activity::Use).is_none());
    assert!(
        load(&site, &others, Activity::Use).await.is_some(),
        "another session of the same user"
    );
}

#[rocket::async_test]
async fn a_use_is_written_once_a_minute_and_a_request_in_the_background_never() {
    let clock = Clock::frozen();
    let site = site_with_limits(&clock).await;
    let cookies = alice(&site).await;
    let written = |loaded: &Loaded, activity| sessions(&site).to_write(loaded, activity);
    clock.advance(seconds(59));
    let loaded = load(&site, &cookies, Activity::Use).await.expect("a session");
    assert!(written(&loaded, Activity::Use).is_none());
    clock.advance(seconds(1));
    let loaded = load(&site, &cookies, Activity::Use).await.expect("a session");
    assert!(written(&loaded, Activity::None).is_none());
    let session = written(&loaded, Activity::Use).expect("a write");
    assert_eq!(session.last_seen, clock.now());
    assert_eq!(session.id, loaded.session.id);
}

#[rocket::async_test]
async fn without_a_limit_for_unused_sessions_no_use_is_written() {
    let clock = Clock::frozen();
    let limits = SessionConfig::new().idle_timeout(None).revalidate_after(None);
    let site = site(config().session(limits), &clock).await;
    let cookies = alice(&site).await;
    clock.advance(seconds(3_600));
    let loaded = load(&site, &cookies, Activity::Use).await.expect("a session");
    assert!(sessions(&site).to_write(&loaded, Activity::Use).is_none());
}

#[rocket::async_test]
async fn what_the_browser_does_not_have_yet_is_written() {
    let clock = Clock::frozen();
    let site = site_with_limits(&clock).await;
    let cookies = alice(&site).await;
    let before = load(&site, &cookies, Activity::Use).await.expect("a session");
    let entry = sessions(&site).memory.registry.entry(&before.session, clock.instant());
    assert!(sessions(&site).to_write(&before, Activity::Use).is_none());
    entry.advance(|session| session.marks = 7);
    for loaded in [&before, &load(&site, &cookies, Activity::Use).await.expect("a session")] {
        for activity in [Activity::Use, Activity::None] {
            let session = sessions(&site).to_write(loaded, activity).expect("a write");
            assert_eq!((session.generation, session.marks), (1, 7));
        }
    }
    let loaded = load(&site, &cookies, Activity::Use).await.expect("a session");
    assert_eq!(loaded.session.generation, 1, "the request goes by the newest");
}

#[rocket::async_test]
async fn what_an_older_key_has_sealed_is_written_with_the_newest() {
    let clock = Clock::frozen();
    let old = site(config().secret_keys([OLD]), &clock).await;
    let both = site(config().secret_keys([NEW, OLD]), &clock).await;
    let new = site(config().secret_keys([NEW]), &clock).await;
    let cookies = alice(&old).await;
    assert!(load(&new, &cookies, Activity::Use).await.is_none());
    let loaded = load(&both, &cookies, Activity::Use).await.expect("a session");
    let session = sessions(&both).to_write(&loaded, Activity::None).expect("a write");
    assert_eq!((session.id, session.generation), (loaded.session.id.clone(), 0));
    let loaded = load(&old, &cookies, Activity::Use).await.expect("a session");
    assert!(sessions(&old).to_write(&loaded, Activity::None).is_none());
}
