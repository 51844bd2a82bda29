//! Two processes of one application that share a store: what one knows the other knows, and what
//! ended at one has ended at the other.

mod codes;
mod failed_writes;

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Error, Logto, LogtoUser, SessionConfig, SessionId};
use logto_rocket_tests::app::ORIGIN;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::{until, within};
use rocket::futures::future::{join, join_all};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Route, get, routes, tokio};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// As long as Logto's access tokens live, and as claims are believed.
const LIFE: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long a lease lasts that is not given back.
const TERM: Duration = Duration::from_secs(10);

at_each_place!(shared: Shared, redis: Redis, configured: ConfiguredRedis => [
    a_sign_in_at_one_is_known_to_the_other,
    a_logout_token_posted_to_one_ends_the_session_at_the_other,
    sessions_that_the_application_ends_at_one_end_at_the_other,
    changes_by_two_tabs_at_two_processes_are_all_kept,
    an_answer_that_comes_after_the_end_revives_nothing,
    fifty_requests_over_two_processes_make_one_token_request,
]);

at_each_place!(shared_lease: Shared, redis_lease: Redis => [
    a_process_that_died_in_a_refresh_delays_others_no_longer_than_its_lease,
]);

fn routes() -> Vec<Route> {
    #[get("/end/<id>")]
    async fn end(logto: &Logto, id: &str) -> Result<(), Error> {
        let id: SessionId = serde_json::from_value(id.into()).expect("an id is a text");
        logto.sessions().end(&id).await
    }
    #[get("/end_all/<sub>")]
    async fn end_all(logto: &Logto, sub: &str) -> Result<(), Error> {
        logto.sessions().end_all_of(sub).await
    }
    #[get("/clear")]
    fn clear(user: &LogtoUser) -> &'static str {
        user.clear_access_tokens();
        "cleared"
    }
    #[get("/refresh")]
    async fn refresh(user: LogtoUser) -> Result<String, Error> {
        Ok(user.refresh().await?.display_name().to_owned())
    }
    routes![end, end_all, clear, refresh]
}

/// Two processes at a provider that honours a refresh token once, with three seconds of grace.
async fn two(place: Place) -> Option<(Fleet, Client)> {
    let session = SessionConfig::new().max_lifetime(400 * DAY);
    let fleet = Fleet::builder(place).routes(routes).session(session);
    let fleet = fleet.provider(|provider| provider.rotating(true).session_required(true));
    let fleet = fleet.start().await?;
    let other = fleet.another().await;
    Some((fleet, other))
}

async fn a_sign_in_at_one_is_known_to_the_other(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut alice = fleet.app.signed_in("alice").await;
    let here = alice.account().await;
    assert!(here.is_some());
    let mut there = alice.at(&other);
    assert_eq!(there.account().await, here);
    assert_eq!(there.open("/profile").await.status, Status::Ok);
    assert_eq!(fleet.app.refreshes(), 0, "it has the access token as well");
    let out = there.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther);
    assert!(!alice.is_signed_in().await);
}

async fn a_logout_token_posted_to_one_ends_the_session_at_the_other(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut bob = fleet.app.signed_in("bob").await;
    let alice = fleet.app.signed_in("alice").await;
    let mut there = alice.at(&other);
    assert!(there.is_signed_in().await);
    let token = fleet.app.idp.logout_token("alice").unwrap();
    let answer = fleet.app.post_logout_token(&token).await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    assert!(!there.is_signed_in().await);
    assert!(bob.is_signed_in().await);
}

async fn sessions_that_the_application_ends_at_one_end_at_the_other(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let app = &fleet.app;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let mut browser = Browser::new(&other);
        app.sign_in(&mut browser, "alice", "/").await;
        assert!(browser.is_signed_in().await);
        sessions.push(browser);
    }
    let (user, first) = sessions[0].account().await.unwrap();
    app.idp.forget_requests();
    // This process has never seen any of them.
    let mut admin = app.browser();
    assert_eq!(admin.open(&format!("/end/{first}")).await.status, Status::Ok);
    assert!(!sessions[0].is_signed_in().await);
    assert!(sessions[1].is_signed_in().await);
    assert_eq!(app.idp.requests().revocation(), 1, "the store knew its refresh token");
    assert_eq!(admin.open(&format!("/end_all/{user}")).await.status, Status::Ok);
    for session in &mut sessions {
        assert!(!session.is_signed_in().await);
    }
    assert_eq!(app.idp.requests().revocation(), 3);
}

async fn changes_by_two_tabs_at_two_processes_are_all_kept(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut here = fleet.app.signed_in("alice").await;
    let mut there = here.at(&other);
    for round in 0..10 {
        fleet.app.clock.advance(MINUTE);
        fleet.app.idp.forget_requests();
        fleet.app.idp.set_claim("alice", "name", format!("Alice {round}"));
        // Each is seen for the first time in a minute, one asks Logto, one clears the tokens.
        let (refreshed, cleared) = match round % 2 {
            0 => join(here.open("/refresh"), there.open("/clear")).await,
            _ => join(there.open("/refresh"), here.open("/clear")).await,
        };
        assert_eq!(refreshed.body, format!("Alice {round}"), "{refreshed:?}");
        assert_eq!(cleared.body, "cleared");
        let (one, two) = join(here.open("/refresh"), there.open("/refresh")).await;
        assert_eq!((one.status, two.status), (Status::Ok, Status::Ok), "{one:?} {two:?}");
        assert_eq!(fleet.app.refreshes(), 3);
        for browser in [&mut here, &mut there] {
            assert_eq!(browser.open("/").await.body, format!("Hello, Alice {round}"));
        }
    }
}

async fn an_answer_that_comes_after_the_end_revives_nothing(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let mut there = alice.at(&other);
    assert!(there.is_signed_in().await);
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let token = app.idp.logout_token("alice").unwrap();
    let end = async {
        until("the refresh begins", async || app.refreshes() > 0).await;
        let answer = app.post_logout_token(&token).await;
        app.idp.heal();
        answer
    };
    let (late, ended) = join(there.open("/refresh"), end).await;
    assert_eq!(ended.status, Status::Ok);
    assert_ne!(late.status, Status::Ok, "{late:?}");
    assert!(!there.is_signed_in().await);
    assert!(!alice.is_signed_in().await);
    until("the token is revoked", async || app.idp.requests().revocation() > 0).await;
}

async fn fifty_requests_over_two_processes_make_one_token_request(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let alice = fleet.app.signed_in("alice").await;
    for round in 0..20 {
        fleet.app.clock.advance(LIFE);
        fleet.app.idp.forget_requests();
        let delay = Duration::from_millis(20 + 2 * round);
        fleet.app.idp.fault(Endpoint::Token, Fault::Delay(delay));
        let mut tabs: Vec<_> = (0..50)
            .map(|tab| alice.at(if tab % 2 == 0 { &fleet.app.client } else { &other }))
            .collect();
        for answer in join_all(tabs.iter_mut().map(|tab| tab.open("/profile"))).await {
            assert_eq!(answer.status, Status::Ok, "in round {round}: {answer:?}");
            assert!(!answer.sets_cookies(), "{answer:?}");
        }
        assert_eq!(fleet.app.refreshes(), 1, "in round {round}");
    }
}

async fn a_process_that_died_in_a_refresh_delays_others_no_longer_than_its_lease(place: Place) {
    let Some((fleet, _)) = two(place).await else { return };
    let (app, store) = (&fleet.app, GatedStore::before(fleet.store().clone()));
    let third = fleet.another_behind(store.clone()).await;
    let mut bob = app.signed_in("bob").await.at(&third);
    let alice = app.signed_in("alice").await;
    let user = fleet.stored_name(&app.idp.user_id("alice").unwrap());
    let (id, _) = fleet.store().list_by_sub(&user).await.unwrap().remove(0);
    app.clock.advance(LIFE);
    app.idp.forget_requests();
    assert_eq!(fleet.store().lease(&id, "a process that dies now", TERM).await, Ok(true));
    let (mut there, mut tab) = (alice.at(&third), alice.at(&third));
    let request = there.open("/profile");
    tokio::pin!(request);
    // What needs no token is answered by the old claims, once it has waited for them in vain.
    let account = tokio::select! {
        answer = &mut request => panic!("it did not wait for the lease: {answer:?}"),
        account = within("an answer by the old claims", tab.open("/account")) => account,
    };
    assert_eq!(account.status, Status::Ok, "{account:?}");
    assert!(store.leases() > 1, "the lease is asked for again and again");
    assert_eq!(app.refreshes(), 0);
    // It is not taken for a silence of Logto, which would be believed of every session.
    assert_eq!(bob.open("/account").await.status, Status::Ok);
    assert_eq!(app.refreshes(), 1);
    if place == Place::Shared {
        app.clock.advance(TERM);
    }
    let answer = within("an answer after the lease", request).await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    assert_eq!(app.refreshes(), 2);
}
