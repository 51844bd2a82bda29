//! Readiness probes: what they say of Logto, its keys and the session store, and what they cost.

use std::sync::Arc;
use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp};
use logto_rocket::{Clock, Config, Health, Logto, MemoryStore, Readiness};
use logto_rocket_tests::app::{App, config_for};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::{ENDLESS, within};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Route, get, routes};

/// For how long an answer is kept.
const KEPT: Duration = Duration::from_secs(5);

fn probe() -> Vec<Route> {
    #[get("/readyz")]
    fn ready(readiness: Readiness) -> Readiness {
        readiness
    }
    routes![ready]
}

async fn asked(client: &Client) -> (Status, String) {
    let answer = Browser::new(client).open("/readyz").await;
    assert_eq!(answer.header("Content-Type"), Some("application/json"), "{answer:?}");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{answer:?}");
    assert!(!answer.sets_cookies());
    (answer.status, answer.body)
}

fn parts(ready: bool, logto: &str, keys: &str) -> String {
    format!(r#"{{"ready":{ready},"logto":"{logto}","keys":"{keys}"}}"#)
}

#[rocket::async_test]
async fn a_process_is_ready_with_keys_at_hand_also_while_logto_is_away() {
    let app = App::builder().routes(probe()).start().await;
    assert_eq!(asked(&app.client).await, (Status::Ok, parts(true, "ok", "ok")));
    app.idp.pause().await;
    app.clock.advance(KEPT);
    let away = app.logto().ready().await;
    assert!(away.is_ready(), "{away}");
    assert!(matches!(away.logto(), Health::Degraded { why } if !why.is_empty()), "{away}");
    assert_eq!(*away.keys(), Health::Ok);
    assert_eq!(asked(&app.client).await, (Status::Ok, parts(true, "degraded", "ok")));
    app.idp.resume().await.unwrap();
    app.clock.advance(KEPT);
    assert_eq!(asked(&app.client).await, (Status::Ok, parts(true, "ok", "ok")));
}

#[rocket::async_test]
async fn a_process_that_never_got_the_keys_is_not_ready() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    idp.pause().await;
    let fairing = Logto::fairing().config(config_for(&idp)).clock(clock.clone());
    let rocket = logto_rocket_tests::app::rocket(fairing).mount("/", probe());
    let client = Client::untracked(rocket).await.unwrap();
    let unavailable = Status::ServiceUnavailable;
    assert_eq!(asked(&client).await, (unavailable, parts(false, "away", "away")));
    idp.resume().await.unwrap();
    clock.advance(super::LONGEST_PAUSE);
    assert_eq!(asked(&client).await, (Status::Ok, parts(true, "ok", "ok")));
}

#[rocket::async_test]
async fn an_api_without_sessions_is_asked_in_the_same_way() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let config = Config::new().endpoint(idp.endpoint());
    let fairing = Logto::resource_server().config(config).clock(clock.clone());
    let rocket = rocket::custom(logto_rocket_tests::app::figment());
    let client = Client::untracked(rocket.attach(fairing).mount("/", probe())).await.unwrap();
    assert_eq!(asked(&client).await, (Status::Ok, parts(true, "ok", "ok")));
    idp.pause().await;
    clock.advance(KEPT);
    assert_eq!(asked(&client).await, (Status::Ok, parts(true, "degraded", "ok")));
}

#[rocket::async_test]
async fn a_process_whose_session_store_is_away_is_not_ready() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(10)));
    let app = App::builder()
        .routes(probe())
        .fairing(|fairing| fairing.store(Arc::clone(&store)))
        .start()
        .await;
    let with_store = |ready: bool, store: &str| {
        parts(ready, "ok", "ok").replace('}', &format!(r#","store":"{store}"}}"#))
    };
    assert_eq!(asked(&app.client).await, (Status::Ok, with_store(true, "ok")));
    store.set_away(true);
    app.clock.advance(KEPT);
    let unavailable = Status::ServiceUnavailable;
    assert_eq!(asked(&app.client).await, (unavailable, with_store(false, "away")));
    let why = app.logto().ready().await;
    assert!(matches!(why.store(), Some(Health::Away { why }) if !why.is_empty()), "{why}");
    store.set_away(false);
    app.clock.advance(KEPT);
    assert_eq!(asked(&app.client).await, (Status::Ok, with_store(true, "ok")));
}

#[rocket::async_test]
async fn parts_that_hang_are_waited_for_together_and_not_for_long() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(10)));
    let app = App::builder()
        .routes(probe())
        .fairing(|fairing| fairing.store(Arc::clone(&store)))
        .config(|config| config.timeout(ENDLESS))
        .start()
        .await;
    assert!(app.logto().ready().await.is_ready());
    app.clock.advance(KEPT);
    app.idp.fault(Endpoint::Discovery, Fault::Hang).for_ever();
    let _shut = store.readable.write().await;
    let readiness = within("an answer", app.logto().ready()).await;
    assert!(matches!(readiness.logto(), Health::Degraded { .. }), "{readiness}");
    assert!(matches!(readiness.store(), Some(Health::Away { .. })), "{readiness}");
}

#[rocket::async_test]
async fn probes_ask_logto_and_the_store_once_in_five_seconds_however_many_there_are() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(10)));
    let app = App::builder().fairing(|fairing| fairing.store(Arc::clone(&store))).start().await;
    let questions = || app.idp.requests().discovery();
    app.logto().ready().await;
    let (asked, loads) = (questions(), store.loads());
    rocket::futures::future::join_all((0..50).map(|_| app.logto().ready())).await;
    app.clock.advance(Duration::from_secs(4));
    app.logto().ready().await;
    assert_eq!((questions(), store.loads()), (asked, loads));
    app.clock.advance(Duration::from_secs(1));
    rocket::futures::future::join_all((0..50).map(|_| app.logto().ready())).await;
    assert_eq!((questions(), store.loads()), (asked + 1, loads + 1));
}
