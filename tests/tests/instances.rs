//! Two processes of one application that share a store: what one knows the other knows, and what
//! ended at one has ended at the other.

use std::time::{Duration, Instant};

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Error, Logto, LogtoUser, SessionConfig, SessionId};
use logto_rocket_tests::app::ORIGIN;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place, Plan};
use logto_rocket_tests::gate::Gate;
use logto_rocket_tests::wait::until;
use rocket::futures::future::{join, join_all};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Route, get, routes, tokio};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// As long as Logto's access tokens live, and as claims are believed.
const LIFE: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// As long as a lease lasts that nobody gives back.
const TERM: Duration = Duration::from_secs(10);

at_each_place!(shared: Shared, redis: Redis, configured: ConfiguredRedis => [
    who_signed_in_at_one_is_known_to_the_other,
    a_logout_that_logto_tells_one_of_ends_the_session_at_the_other,
    sessions_that_the_application_ends_at_one_end_at_the_other,
    what_two_tabs_do_at_two_processes_is_all_done,
    an_answer_that_comes_after_the_end_revives_nothing,
    a_storm_over_two_processes_makes_one_token_request,
]);

at_each_place!(shared_lease: Shared, redis_lease: Redis => [
    a_process_that_died_in_a_refresh_holds_nobody_up_for_longer_than_its_lease,
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
    let plan = Plan::at(place).routes(routes).session(session);
    let fleet = plan.idp(|idp| idp.rotating(true).session_required(true)).start().await?;
    let other = fleet.another().await;
    Some((fleet, other))
}

/// The same browser, at another process.
fn at<'c>(client: &'c Client, browser: &Browser<'_>) -> Browser<'c> {
    let mut moved = Browser::new(client);
    moved.cookies.clone_from(&browser.cookies);
    moved
}

async fn account(browser: &mut Browser<'_>) -> Option<(String, String)> {
    let page = browser.open("/account").await;
    assert!(matches!(page.status.code, 200 | 303), "{page:?}");
    let (user, session) = page.body.split_once(" in ").filter(|_| page.status == Status::Ok)?;
    Some((user.into(), session.into()))
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    account(browser).await.is_some()
}

/// Posts a logout token, as Logto does.
async fn tell(logto: &mut Browser<'_>, token: &str) -> Answer {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("logout_token={token}");
    logto.request(Method::Post, "/auth/backchannel-logout", &form, &body).await
}

fn refreshes(fleet: &Fleet) -> usize {
    fleet.app.idp.requests().token_by_grant("refresh_token")
}

async fn who_signed_in_at_one_is_known_to_the_other(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut alice = fleet.app.signed_in("alice").await;
    let here = account(&mut alice).await;
    assert!(here.is_some());
    let mut there = at(&other, &alice);
    assert_eq!(account(&mut there).await, here);
    assert_eq!(there.open("/profile").await.status, Status::Ok);
    assert_eq!(refreshes(&fleet), 0, "it has the access token as well");
    let out = there.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther);
    assert!(!is_signed_in(&mut alice).await);
}

async fn a_logout_that_logto_tells_one_of_ends_the_session_at_the_other(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut bob = fleet.app.signed_in("bob").await;
    let alice = fleet.app.signed_in("alice").await;
    let mut there = at(&other, &alice);
    assert!(is_signed_in(&mut there).await);
    let token = fleet.app.idp.logout_token("alice").unwrap();
    let told = tell(&mut fleet.app.browser(), &token).await;
    assert_eq!(told.status, Status::Ok, "{told:?}");
    assert!(!is_signed_in(&mut there).await);
    assert!(is_signed_in(&mut bob).await);
}

async fn sessions_that_the_application_ends_at_one_end_at_the_other(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let app = &fleet.app;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let mut browser = Browser::new(&other);
        app.sign_in(&mut browser, "alice", "/").await;
        assert!(is_signed_in(&mut browser).await);
        sessions.push(browser);
    }
    let (user, first) = account(&mut sessions[0]).await.unwrap();
    app.idp.forget_requests();
    // This process has never met any of them.
    let mut admin = app.browser();
    assert_eq!(admin.open(&format!("/end/{first}")).await.status, Status::Ok);
    assert!(!is_signed_in(&mut sessions[0]).await);
    assert!(is_signed_in(&mut sessions[1]).await);
    assert_eq!(app.idp.requests().revocation(), 1, "the store knew its refresh token");
    assert_eq!(admin.open(&format!("/end_all/{user}")).await.status, Status::Ok);
    for session in &mut sessions {
        assert!(!is_signed_in(session).await);
    }
    assert_eq!(app.idp.requests().revocation(), 3);
}

async fn what_two_tabs_do_at_two_processes_is_all_done(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut here = fleet.app.signed_in("alice").await;
    let mut there = at(&other, &here);
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
        assert_eq!(refreshes(&fleet), 3);
        for browser in [&mut here, &mut there] {
            assert_eq!(browser.open("/").await.body, format!("Hello, Alice {round}"));
        }
    }
}

async fn an_answer_that_comes_after_the_end_revives_nothing(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let mut there = at(&other, &alice);
    assert!(is_signed_in(&mut there).await);
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(200)));
    let token = app.idp.logout_token("alice").unwrap();
    let mut logto = app.browser();
    let end = async {
        until("the refresh begins", async || refreshes(&fleet) > 0).await;
        tell(&mut logto, &token).await
    };
    let (late, told) = join(there.open("/refresh"), end).await;
    assert_eq!(told.status, Status::Ok);
    assert_ne!(late.status, Status::Ok, "{late:?}");
    assert!(!is_signed_in(&mut there).await);
    assert!(!is_signed_in(&mut alice).await);
    until("the token is revoked", async || app.idp.requests().revocation() > 0).await;
}

async fn a_storm_over_two_processes_makes_one_token_request(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let alice = fleet.app.signed_in("alice").await;
    for round in 0..20 {
        fleet.app.clock.advance(LIFE);
        fleet.app.idp.forget_requests();
        let delay = Duration::from_millis(20 + 2 * round);
        fleet.app.idp.fault(Endpoint::Token, Fault::Delay(delay));
        let mut tabs: Vec<_> = (0..50)
            .map(|tab| at(if tab % 2 == 0 { &fleet.app.client } else { &other }, &alice))
            .collect();
        for answer in join_all(tabs.iter_mut().map(|tab| tab.open("/profile"))).await {
            assert_eq!(answer.status, Status::Ok, "in storm {round}: {answer:?}");
            assert!(!answer.sets_cookies(), "{answer:?}");
        }
        assert_eq!(refreshes(&fleet), 1, "in storm {round}");
    }
}

async fn a_process_that_died_in_a_refresh_holds_nobody_up_for_longer_than_its_lease(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let (app, store) = (&fleet.app, fleet.store());
    let mut bob = at(&other, &app.signed_in("bob").await);
    let alice = app.signed_in("alice").await;
    let user = app.idp.user_id("alice").unwrap();
    let (id, _) = store.list_by_sub(&user).await.unwrap().remove(0);
    app.clock.advance(LIFE);
    app.idp.forget_requests();
    assert_eq!(store.lease(&id, "a process that dies now", TERM).await, Ok(true));
    let begun = Instant::now();
    let mut there = at(&other, &alice);
    let request = there.open("/profile");
    tokio::pin!(request);
    // Longer than anybody waits for claims.
    let waits = tokio::time::timeout(Duration::from_millis(2500), &mut request).await;
    assert!(waits.is_err(), "{waits:?}");
    assert_eq!(refreshes(&fleet), 0);
    // It is not taken for a silence of Logto, which would be believed of everybody.
    assert_eq!(bob.open("/account").await.status, Status::Ok);
    assert_eq!(refreshes(&fleet), 1);
    if place == Place::Shared {
        app.clock.advance(TERM);
    }
    let answer = request.await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    assert_eq!(refreshes(&fleet), 2);
    assert!(begun.elapsed() < TERM + Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[rocket::async_test]
async fn a_refresh_token_that_could_not_be_saved_outlives_what_others_write_meanwhile() {
    let Some((fleet, _)) = two(Place::Shared).await else { return };
    let app = &fleet.app;
    let gate = Gate::before(fleet.store().clone());
    let gated = fleet.another_behind(gate.clone()).await;
    let mut there = app.signed_in("alice").await;
    let mut here = at(&gated, &there);
    gate.break_down(true);
    assert_eq!(here.open("/refresh").await.status, Status::Ok, "what matters is done");
    // The other process writes twice that it has seen the session, and knows of no new token.
    for _ in 0..2 {
        app.clock.advance(MINUTE);
        let before = version(&fleet).await;
        assert!(is_signed_in(&mut there).await);
        until("it is written", async || version(&fleet).await != before).await;
        assert!(is_signed_in(&mut here).await);
    }
    gate.break_down(false);
    app.clock.advance(SECOND);
    let before = version(&fleet).await;
    let saved = async || is_signed_in(&mut here).await && version(&fleet).await != before;
    until("it is written", saved).await;
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.open("/refresh").await.status, Status::Ok);
    }
}

#[rocket::async_test]
async fn a_store_that_takes_nothing_is_not_tried_again_at_every_request() {
    const REQUESTS: usize = 50;
    let Some((fleet, _)) = two(Place::Shared).await else { return };
    let gate = Gate::before(fleet.store().clone());
    let gated = fleet.another_behind(gate.clone()).await;
    let mut alice = at(&gated, &fleet.app.signed_in("alice").await);
    gate.break_down(true);
    assert_eq!(alice.open("/refresh").await.status, Status::Ok);
    // Once by the refresh, and then once a second.
    for tries in 2..=3 {
        let tried = async || is_signed_in(&mut alice).await && gate.refused() == tries;
        until("it is tried again", tried).await;
        for _ in 0..REQUESTS {
            assert!(is_signed_in(&mut alice).await);
        }
        assert_eq!(gate.refused(), tries);
        fleet.app.clock.advance(SECOND);
    }
    gate.break_down(false);
    let saved = async || is_signed_in(&mut alice).await && version(&fleet).await > 0;
    until("it is written", saved).await;
}

#[rocket::async_test]
async fn nobody_waits_until_it_is_written_that_a_session_was_seen() {
    let Some((fleet, _)) = two(Place::Shared).await else { return };
    let gate = Gate::before(fleet.store().clone());
    let gated = fleet.another_behind(gate.clone()).await;
    let mut alice = at(&gated, &fleet.app.signed_in("alice").await);
    fleet.app.clock.advance(MINUTE);
    let held_up = gate.open.write().await;
    for _ in 0..3 {
        assert!(is_signed_in(&mut alice).await);
    }
    assert_eq!(version(&fleet).await, 0);
    drop(held_up);
    until("it is written", async || version(&fleet).await > 0).await;
}

/// How often alice's session has been written.
async fn version(fleet: &Fleet) -> u64 {
    let user = fleet.app.idp.user_id("alice").expect("alice");
    let sessions = fleet.store().list_by_sub(&user).await.expect("a store");
    sessions[0].1.version
}
