//! What the application hears of renewals, endings, calls and outages: all that metrics need.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_rocket::{
    EndCause, Event, Logto, LogtoUser, MemoryStore, RenewalPurpose, SessionConfig, StoreCall,
};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::From;
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::{Route, get, routes};

const HOUR: Duration = Duration::from_secs(3600);

/// What was heard, by its code, with the parts that tell metrics apart.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn hook(&self) -> impl Fn(&Event) + Send + Sync + 'static {
        let heard = Arc::clone(&self.0);
        move |event| heard.lock().unwrap().push(told(event))
    }

    /// What was heard since the last time, without calls.
    fn take(&self) -> Vec<String> {
        let mut heard = std::mem::take(&mut *self.0.lock().unwrap());
        heard.retain(|event| !event.contains("called"));
        heard
    }

    fn calls(&self) -> Vec<String> {
        let mut heard = std::mem::take(&mut *self.0.lock().unwrap());
        heard.retain(|event| event.contains("called"));
        heard
    }
}

fn told(event: &Event) -> String {
    let code = event.code();
    match event {
        Event::LogtoCalled { call, status, error, .. } => {
            let error = error.as_ref().map(logto_rocket::Error::code);
            format!("{code} {} {status:?} {error:?}", call.as_str())
        }
        Event::StoreCalled { call, error, .. } => {
            format!("{code} {} {}", call.as_str(), error.is_some())
        }
        Event::SessionEnded { cause, .. } => format!("{code} {}", cause.as_str()),
        Event::RenewalBegan { purpose, .. } | Event::Renewed { purpose, .. } => {
            format!("{code} {}", purpose.as_str())
        }
        Event::RenewalFailed { purpose, error, .. } => {
            format!("{code} {} {}", purpose.as_str(), error.code())
        }
        _ => code.to_owned(),
    }
}

fn endings() -> Vec<Route> {
    #[get("/end-all")]
    async fn end_all(logto: &Logto, user: &LogtoUser) -> Result<(), logto_rocket::Error> {
        logto.sessions().end_all_of(user.id()).await
    }
    routes![end_all]
}

async fn start() -> (App, Heard) {
    let heard = Heard::default();
    let app = App::builder()
        .routes(endings())
        .fairing(|fairing| fairing.on_event(heard.hook()))
        .start()
        .await;
    (app, heard)
}

#[rocket::async_test]
async fn each_end_of_a_session_is_told_with_its_cause() {
    let (app, heard) = start().await;
    let ended = |cause: EndCause| format!("session_ended {}", cause.as_str());

    let mut alice = app.signed_in("alice").await;
    heard.take();
    app.sign_in(&mut alice, "alice", "/").await;
    assert_eq!(heard.take(), ["signed_in", &ended(EndCause::NewSignIn)]);
    alice.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(heard.take(), [&*ended(EndCause::SignOut), "signed_out"]);

    let mut alice = app.signed_in("alice").await;
    heard.take();
    assert_eq!(alice.open("/end-all").await.status, Status::Ok);
    assert_eq!(heard.take(), [ended(EndCause::Application)]);

    // What is signed in within the same second has ended, too.
    app.clock.advance(Duration::from_secs(1));
    let mut alice = app.signed_in("alice").await;
    heard.take();
    app.clock.advance(HOUR);
    app.idp.suspend("alice");
    assert!(!alice.is_signed_in().await);
    assert_eq!(
        heard.take(),
        [
            "renewal_began claims",
            &ended(EndCause::RefusedByLogto),
            "renewal_failed claims session_over"
        ]
    );
}

#[rocket::async_test]
async fn a_session_that_logto_ends_is_told_as_such() {
    let heard = Heard::default();
    let app = App::builder()
        .provider(|provider| provider.session_required(true))
        .fairing(|fairing| fairing.on_event(heard.hook()))
        .start()
        .await;
    let mut alice = app.signed_in("alice").await;
    assert!(alice.is_signed_in().await);
    heard.take();
    app.clock.advance(Duration::from_secs(1));
    app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await;
    let told = heard.take();
    assert!(told.contains(&"backchannel_logout".to_owned()), "{told:?}");
}

#[rocket::async_test]
async fn each_renewal_is_told_with_its_outcome_and_so_is_the_circuit() {
    let (app, heard) = start().await;
    let mut alice = app.signed_in("alice").await;
    heard.take();
    let purpose = RenewalPurpose::Claims.as_str();
    app.clock.advance(HOUR);
    assert!(alice.is_signed_in().await);
    assert_eq!(heard.take(), [format!("renewal_began {purpose}"), format!("renewed {purpose}")]);

    app.idp.pause().await;
    app.clock.advance(HOUR);
    assert!(alice.is_signed_in().await, "old claims stay valid");
    let mut told = heard.take();
    // A request that has waited for long enough opens the circuit before the renewal is given up.
    until("the renewal is given up and the circuit open", async || {
        told.extend(heard.take());
        told.len() > 2
    })
    .await;
    told.sort();
    let failed = "renewal_failed claims logto_unavailable";
    assert_eq!(told, ["circuit_opened", "renewal_began claims", failed]);
    assert!(alice.is_signed_in().await);
    assert_eq!(heard.take(), Vec::<String>::new(), "nothing is asked for a while");

    app.idp.resume().await.unwrap();
    app.clock.advance(Duration::from_secs(61));
    assert!(alice.is_signed_in().await);
    assert_eq!(heard.take(), ["renewal_began claims", "renewed claims", "circuit_closed"]);
}

#[rocket::async_test]
async fn each_call_to_logto_is_told_with_its_status_or_error() {
    let (app, heard) = start().await;
    let _alice = app.signed_in("alice").await;
    let told = heard.calls();
    for call in ["discovery", "keys", "token"] {
        let told = told.iter().filter(|it| **it == format!("logto_called {call} Some(200) None"));
        assert_eq!(told.count(), 1, "{call}");
    }
    app.idp.pause().await;
    app.sign_in(&mut app.browser(), "alice", "/").await;
    let unavailable = "logto_called token None Some(\"logto_unavailable\")".to_owned();
    assert!(heard.calls().contains(&unavailable));
}

#[rocket::async_test]
async fn each_call_of_the_store_is_told_and_that_it_is_away_and_back() {
    let heard = Heard::default();
    let store = GatedStore::before(Arc::new(MemoryStore::new(10)));
    let app = App::builder()
        .config(|config| config.session(SessionConfig::new().revalidate_after(None)))
        .fairing(|fairing| fairing.store(Arc::clone(&store)).on_event(heard.hook()))
        .start()
        .await;
    let mut alice = app.signed_in("alice").await;
    assert!(heard.calls().contains(&"store_called create false".to_owned()));
    assert!(alice.is_signed_in().await);
    let load = StoreCall::Load.as_str();
    assert_eq!(heard.calls(), [format!("store_called {load} false")]);

    store.set_away(true);
    for _ in 0..3 {
        assert_eq!(alice.open("/account").await.status, Status::ServiceUnavailable);
    }
    let told = heard.take();
    assert_eq!(told.iter().filter(|it| *it == "store_away").count(), 1, "{told:?}");
    assert_eq!(told.iter().filter(|it| *it == "store_unavailable").count(), 3, "{told:?}");
    store.set_away(false);
    assert!(alice.is_signed_in().await);
    assert_eq!(heard.take(), ["store_back"]);
}

#[rocket::async_test]
async fn a_hook_for_events_that_panics_costs_nobody_the_sign_in() {
    let app = App::builder()
        .fairing(|fairing| fairing.on_event(|event| panic!("at {}", event.code())))
        .start()
        .await;
    let mut alice = app.signed_in("alice").await;
    assert!(alice.is_signed_in().await);
    alice.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert!(!alice.is_signed_in().await);
}
