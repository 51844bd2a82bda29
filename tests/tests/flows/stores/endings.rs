//! Sessions that have ended and may still be in the store, or come back there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_rocket::{Error, Event, Logto, MemoryStore};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::until;
use rocket::futures::future::join;
use rocket::http::Status;
use rocket::{get, routes};

type Names = Vec<[Option<String>; 3]>;

#[get("/end_all/<sub>")]
async fn end_all(logto: &Logto, sub: &str) -> Result<(), Error> {
    logto.sessions().end_all_of(sub).await
}

/// An application with a store that a test lets fail, and which endings it has reported.
async fn app() -> (App, Arc<GatedStore>, Arc<Mutex<Names>>) {
    let store = GatedStore::before(Arc::new(MemoryStore::new(100)));
    let reported = Arc::<Mutex<Names>>::default();
    let (own, report) = (Arc::clone(&store), Arc::clone(&reported));
    let app = App::builder().routes(routes![end_all]).fairing(|fairing| {
        fairing.store(own).on_event(move |event| {
            if let Event::EndingNotConfirmed { session, sid, sub, .. } = event {
                assert_eq!(event.code(), "ending_not_confirmed");
                let session = session.as_ref().map(ToString::to_string);
                report.lock().unwrap().push([session, sid.clone(), sub.clone()]);
            }
        })
    });
    (app.start().await, store, reported)
}

#[rocket::async_test]
async fn an_end_that_is_done_and_not_confirmed_is_reported_and_repeated_until_it_is() {
    let (app, store, reported) = app().await;
    let mut alice = app.signed_in("alice").await;
    let (user, session) = alice.account().await.unwrap();
    store.set_unconfirmed(true);
    let out = alice.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther, "it is done: {out:?}");
    assert_eq!(*reported.lock().unwrap(), [[Some(session), None, None]]);
    until("it is repeated", async || store.deletions() > 2).await;
    store.set_unconfirmed(false);

    app.sign_in(&mut alice, "alice", "/").await;
    assert!(alice.is_signed_in().await);
    store.set_unconfirmed(true);
    assert_eq!(app.browser().open(&format!("/end_all/{user}")).await.status, Status::Ok);
    assert_eq!(reported.lock().unwrap().last(), Some(&[None, None, Some(user)]));
    assert!(!alice.is_signed_in().await);
    // What was signed in within this second has ended, too.
    app.clock.advance(Duration::from_secs(1));
    app.sign_in(&mut alice, "alice", "/").await;
    assert!(alice.is_signed_in().await);
    let token = app.idp.logout_token("alice").unwrap();
    let answer = app.post_logout_token(&token).await;
    assert_eq!(answer.status, Status::Ok, "Logto sends it once: {answer:?}");
    assert!(!alice.is_signed_in().await);
    assert!(reported.lock().unwrap().len() > 2);
}

#[rocket::async_test]
async fn an_end_that_the_store_did_not_take_is_an_error_and_repeated_until_it_does() {
    let fleet = Fleet::builder(Place::Shared).routes(|| routes![end_all]).start().await.unwrap();
    let store = GatedStore::before(fleet.store().clone());
    let gated = fleet.another_behind(store.clone()).await;
    let mut alice = fleet.app.signed_in("alice").await;
    let (user, _) = alice.account().await.unwrap();
    store.set_away(true);
    let failed = Browser::new(&gated).open(&format!("/end_all/{user}")).await;
    assert_eq!(failed.status, Status::ServiceUnavailable, "{failed:?}");
    assert!(alice.is_signed_in().await, "at the other process, so far");
    store.set_away(false);
    until("it has ended everywhere", async || !alice.is_signed_in().await).await;
}

/// An end that the store does not take is one nevertheless: this process knows the refresh token, and nobody
/// else will revoke it.
#[rocket::async_test]
async fn an_end_that_the_store_did_not_take_is_reported_and_its_refresh_token_revoked() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(100)));
    let (own, ended) = (Arc::clone(&store), Arc::<Mutex<Vec<String>>>::default());
    let report = Arc::clone(&ended);
    let fairing = |fairing: logto_rocket::LogtoFairing| {
        fairing.store(own).on_event(move |event| {
            if let Event::SessionEnded { session, .. } = event {
                report.lock().unwrap().push(session.to_string());
            }
        })
    };
    let app = App::builder().routes(routes![end_all]).fairing(fairing).start().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(Duration::from_secs(3600));
    let (user, session) = alice.account().await.expect("claims that are confirmed");
    store.set_away(true);
    let failed = app.browser().open(&format!("/end_all/{user}")).await;
    assert_eq!(failed.status, Status::ServiceUnavailable, "{failed:?}");
    assert_eq!(*ended.lock().unwrap(), [session], "in this process it has ended");
    store.set_away(false);
    until("the token is revoked", async || app.idp.requests().revocation() > 0).await;
}

/// Guards against this mistake: the store deleted all sessions of a user while another process had exchanged
/// a code and not yet put its session there, and that session lived on everywhere else.
#[rocket::async_test]
async fn an_end_of_all_sessions_ends_that_of_a_sign_in_under_way_at_another_process() {
    let fleet = Fleet::builder(Place::Shared).start().await.unwrap();
    let app = &fleet.app;
    let store = GatedStore::before(fleet.store().clone());
    let gated = fleet.another_behind(store.clone()).await;
    let mut alice = Browser::new(&gated);
    let callback = alice.authorize(&app.idp, "alice", "/account").await;
    let user = app.idp.user_id("alice").unwrap();
    let held_up = store.changeable.write().await;
    let ended = async {
        until("the code is exchanged", async || app.idp.requests().token() > 0).await;
        app.logto().sessions().end_all_of(&user).await.unwrap();
        drop(held_up);
    };
    join(alice.navigate(&callback, From::OtherSite), ended).await;
    assert!(!alice.at(&app.client).is_signed_in().await, "where it was ended");
    until("it has ended where it began", async || {
        app.clock.advance(Duration::from_secs(30));
        !alice.is_signed_in().await
    })
    .await;
}
