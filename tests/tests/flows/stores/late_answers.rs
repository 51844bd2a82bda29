//! A store that does not answer in time is not asked for the same request again.

use std::sync::Arc;
use std::time::Duration;

use logto_rocket::testing::Builder;
use logto_rocket::{AccessToken, Error, LogtoUser, MemoryStore, Resource, authenticated, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::{get, routes};

resource!(Orders = "https://api.example.com/orders");

const HOUR: Duration = Duration::from_secs(3600);

/// Longer than a session is left alone after a late answer.
const A_MOMENT: Duration = Duration::from_secs(4);

async fn app() -> (App, Arc<GatedStore>) {
    let store = GatedStore::before(Arc::new(MemoryStore::new(100)));
    let provider = |provider: Builder| {
        let provider = provider.resource(Orders::URI, &["read:orders"]);
        provider.role("admin", Orders::URI, &["read:orders"])
    };
    let app = App::builder().provider(provider).routes(routes![orders, tokens, refresh]);
    (app.fairing(|fairing| fairing.store(store.clone())).start().await, store)
}

#[rocket::async_test]
async fn a_store_whose_leases_hang_is_asked_for_one_in_a_request_and_again_a_moment_later() {
    let (app, store) = app().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(HOUR);
    let silence = store.leasable.write().await;
    // Claims are due, the requirement wants a token, and so does the handler, twice.
    for path in ["/orders", "/tokens"] {
        let before = store.leases();
        assert_eq!(alice.open(path).await.status, Status::ServiceUnavailable, "{path}");
        assert_eq!(store.leases(), before + 1, "{path}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "old claims stay valid");
        assert_eq!(store.leases(), before + 1, "{path}");
        app.clock.advance(A_MOMENT);
    }
    drop(silence);
    for path in ["/orders", "/tokens"] {
        assert_eq!(alice.open(path).await.status, Status::Ok, "{path}");
    }
}

#[rocket::async_test]
async fn a_store_that_does_not_take_what_a_token_request_brings_is_waited_for_once_in_a_request() {
    let (app, store) = app().await;
    let mut alice = app.signed_in("alice").await;
    let silence = store.open.write().await;
    let before = store.replacements();
    assert_eq!(alice.open("/tokens").await.status, Status::Ok, "Logto gave one, and it is known");
    assert_eq!(alice.open("/refresh").await.status, Status::ServiceUnavailable);
    assert_eq!(store.replacements(), before + 1);
    drop(silence);
    app.clock.advance(A_MOMENT);
    assert_eq!(alice.open("/refresh").await.status, Status::Ok);
    assert!(store.replacements() > before + 1);
}

#[rocket::async_test]
async fn a_sign_in_that_the_store_does_not_take_waits_for_no_other_call_of_it() {
    let (app, store) = app().await;
    let mut alice = app.browser();
    let callback = app.callback(&mut alice, "alice", "/account").await;
    let silence = store.changeable.write().await;
    assert_eq!(alice.open(&callback).await.status, Status::ServiceUnavailable);
    assert_eq!(store.deleted(), 0, "the answer waited for the deletion");
    until("what may have been stored is deleted", async || store.deletions() == 1).await;
    drop(silence);
    until("its tokens are revoked", async || app.idp.requests().revocation() == 1).await;
    assert!(app.sign_in(&mut alice, "alice", "/").await.status == Status::SeeOther);
    assert!(alice.is_signed_in().await);
}

#[authenticated(resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(_token: AccessToken<Orders>) -> &'static str {
    "orders"
}

#[get("/tokens")]
async fn tokens(user: LogtoUser) -> Result<&'static str, Error> {
    let first = user.access_token(Orders).await;
    user.access_token(Orders).await?;
    first?;
    Ok("tokens")
}

#[get("/refresh")]
async fn refresh(user: LogtoUser) -> Result<&'static str, Error> {
    user.refresh().await?;
    Ok("refreshed")
}
