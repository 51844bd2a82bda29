//! A store that is built while the application launches, of what other fairings manage.

use std::sync::Arc;

use logto_rocket::testing::Idp;
use logto_rocket::{Logto, LogtoFairing, MemoryStore, SessionConfig, SessionStore, Store};
use logto_rocket_tests::app::{config_for, rocket_without_fairing};
use logto_rocket_tests::browser::Browser;
use rocket::error::ErrorKind;
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::Status;
use rocket::local::asynchronous::Client;

/// What a fairing of the application manages.
struct Pool(Arc<MemoryStore>);

fn pool(store: &Arc<MemoryStore>) -> impl Fairing {
    let store = Arc::clone(store);
    AdHoc::on_ignite("Pool", |rocket| async { rocket.manage(Pool(store)) })
}

fn fairing(idp: &Idp) -> LogtoFairing {
    Logto::fairing().config(config_for(idp)).store_with(|rocket| {
        Box::pin(async move {
            let pool = rocket.state::<Pool>().ok_or("there is no pool")?;
            Ok(Arc::clone(&pool.0))
        })
    })
}

async fn is_refused(rocket: rocket::Rocket<rocket::Build>) -> bool {
    let launched = Client::untracked(rocket).await;
    // Rocket's error panics when it is dropped unread.
    launched.err().is_some_and(|error| matches!(error.kind(), ErrorKind::FailedFairings(_)))
}

#[rocket::async_test]
async fn the_pool_may_be_attached_before_or_after() {
    let idp = Idp::start().await.unwrap();
    for pool_first in [true, false] {
        let store = Arc::new(MemoryStore::new(10));
        let rocket = if pool_first {
            rocket_without_fairing().attach(pool(&store)).attach(fairing(&idp))
        } else {
            rocket_without_fairing().attach(fairing(&idp)).attach(pool(&store))
        };
        let client = Client::untracked(rocket).await.expect("a launch");
        let mut alice = Browser::new(&client);
        assert_eq!(alice.sign_in(&idp, "alice", "/").await.status, Status::SeeOther);
        assert!(alice.is_signed_in().await);
        let (_, session) = alice.account().await.unwrap();
        let logto = client.rocket().state::<Logto>().unwrap();
        let sub = idp.user_id("alice").unwrap();
        let sessions = logto.sessions().of(&sub).await.unwrap();
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0].id().as_str(), session, "it is in this store");
    }
}

#[rocket::async_test]
async fn a_store_that_cannot_be_built_fails_the_launch() {
    let idp = Idp::start().await.unwrap();
    assert!(is_refused(rocket_without_fairing().attach(fairing(&idp))).await, "without a pool");
}

#[rocket::async_test]
async fn a_store_that_is_built_beside_a_configured_one_fails_the_launch() {
    let idp = Idp::start().await.unwrap();
    let store: Arc<dyn SessionStore> = Arc::new(MemoryStore::new(10));
    let both = Logto::fairing()
        .config(config_for(&idp).session(SessionConfig::new().store(Store::Memory)))
        .store_with(|_| Box::pin(async move { Ok(store) }));
    assert!(is_refused(rocket_without_fairing().attach(both)).await);
}
