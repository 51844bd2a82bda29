//! Which user a request belongs to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rocket::http::Cookie;
use rocket::http::Method::{self, Get, Post};
use rocket::local::asynchronous::{Client, LocalRequest};

use super::away::Away;
use super::{config, quiet};
use crate::error::Refusal;
use crate::request::user::unavailable;
use crate::request::{Credentials, RequestState, user_of};
use crate::testing::{self, User};
use crate::user::LogtoUser;
use crate::{Config, Event, Logto, LogtoFairing, SessionConfig, client};

async fn launched(fairing: LogtoFairing) -> Client {
    Client::untracked(quiet().attach(fairing)).await.expect("a site")
}

async fn site() -> Client {
    launched(Logto::fairing().config(config().base_url("https://app.example"))).await
}

fn request<'c>(
    client: &'c Client,
    method: Method,
    cookies: &[Cookie<'static>],
) -> LocalRequest<'c> {
    client.req(method, "/").cookies(cookies.to_vec())
}

/// The user of a request.
async fn user<'r>(request: &'r LocalRequest<'_>) -> Result<&'r LogtoUser, Refusal> {
    user_of(request.inner(), RequestState::of(request.inner())).await
}

#[rocket::async_test]
async fn a_request_with_a_session_is_its_users_and_is_looked_at_once() {
    let client = site().await;
    let alice =
        testing::sign_in(&client, User::new("alice").with_id("alice")).await.expect("a session");
    let with_session = request(&client, Get, &alice);
    let first = user(&with_session).await.expect("a user");
    let second = user(&with_session).await.expect("a user");
    assert_eq!(first.id(), "alice");
    assert!(std::ptr::eq(first, second));
    let found = RequestState::of(with_session.inner()).found().expect("a session");
    assert_eq!(&found.session.id, first.session_id());
    let without = request(&client, Get, &[]);
    assert_eq!(user(&without).await.err(), Some(Refusal::NotSignedIn));
    assert!(RequestState::of(without.inner()).found().is_none());
}

#[rocket::async_test]
async fn another_site_does_not_act_for_the_user() {
    let client = site().await;
    let alice = testing::sign_in(&client, User::new("alice")).await.expect("a session");
    let foreign = request(&client, Post, &alice).header(testing::from_other_site());
    assert_eq!(user(&foreign).await.err(), Some(Refusal::ForeignOrigin));
    let own = request(&client, Post, &alice).header(testing::from_own_page());
    assert!(user(&own).await.is_ok());
    let nobodys = request(&client, Post, &[]).header(testing::from_other_site());
    assert_eq!(user(&nobodys).await.err(), Some(Refusal::NotSignedIn));
}

#[rocket::async_test]
async fn without_the_fairing_for_sessions_there_is_no_user() {
    let api = Logto::resource_server().config(Config::new().endpoint("http://127.0.0.1:9"));
    for rocket in [quiet(), quiet().attach(api)] {
        let client = Client::untracked(rocket).await.expect("a Rocket");
        assert_eq!(user(&request(&client, Get, &[])).await.err(), Some(Refusal::NotAttached));
    }
}

#[rocket::async_test]
async fn a_route_takes_sessions_only_if_its_requirement_does() {
    let client = site().await;
    let alice = testing::sign_in(&client, User::new("alice")).await.expect("a session");
    let token = testing::bearer(&client).expect("a token").text();
    let token = rocket::http::Header::new("Authorization", format!("Bearer {token}"));
    for (credentials, with_token, refused) in [
        (Credentials::Session, false, None),
        (Credentials::Session, true, None),
        (Credentials::Either, false, None),
        (Credentials::Either, true, Some(401)),
        (Credentials::Token, false, Some(500)),
        (Credentials::Token, true, Some(500)),
    ] {
        let mut request = request(&client, Get, &alice);
        if with_token {
            request.add_header(token.clone());
        }
        let inner = request.inner();
        RequestState::of(inner).set_credentials(inner, credentials);
        let refusal = user(&request).await.err();
        let status = refusal.as_ref().map(|refusal| refusal.status().code);
        assert_eq!(status, refused, "{credentials:?} {with_token}: {refusal:?}");
        assert_eq!(RequestState::of(inner).credentials(inner), Some(credentials));
    }
}

#[rocket::async_test]
async fn while_the_store_does_not_answer_nobody_is_let_in_and_nobody_is_signed_out() {
    let (store, events) = (Arc::new(Away::new()), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&events);
    let fairing =
        Logto::fairing().config(config()).store(Arc::clone(&store)).on_event(move |event| {
            if let Event::Undecided { error } = event {
                seen.lock().unwrap_or_else(PoisonError::into_inner).push(error.to_string());
            }
        });
    let client = launched(fairing).await;
    let alice = testing::sign_in(&client, User::new("alice")).await.expect("a session");
    store.go();
    let refusal = user(&request(&client, Get, &alice)).await.err();
    let Some(Refusal::Unavailable { why, retry_after: None }) = refusal else {
        panic!("{refusal:?}");
    };
    assert!(why.contains("the store is away"), "{why}");
    assert_eq!(*events.lock().expect("events"), [why]);
}

#[rocket::async_test]
async fn a_refusal_says_when_logto_wants_to_be_asked_again() {
    let client = site().await;
    let attached = client::Client::of(client.rocket()).expect("the fairing");
    let retry_after = Some(Duration::from_secs(30));
    let (call, why) = (crate::error::Call::Token, "busy".to_owned());
    let busy = crate::Error::Unavailable { call, why, status: Some(503), retry_after };
    let text = busy.to_string();
    let refusal = unavailable(attached, busy);
    assert_eq!(refusal, Refusal::Unavailable { why: text, retry_after });
}

#[rocket::async_test]
async fn a_session_whose_claims_cannot_be_confirmed_is_over() {
    let limits = SessionConfig::new().revalidate_after(Duration::from_secs(60));
    let client = launched(Logto::fairing().config(config().session(limits))).await;
    let alice = testing::sign_in(&client, User::new("alice")).await.expect("a session");
    assert!(user(&request(&client, Get, &alice)).await.is_ok());
    testing::clock(&client).expect("a clock").advance(Duration::from_secs(61));
    assert_eq!(user(&request(&client, Get, &alice)).await.err(), Some(Refusal::NotSignedIn));
}

#[rocket::async_test]
async fn a_session_that_ends_during_a_request_has_ended_for_its_later_guards() {
    let client = site().await;
    let alice = testing::sign_in(&client, User::new("alice")).await.expect("a session");
    let request = request(&client, Get, &alice);
    let state = RequestState::of(request.inner());
    let id = user(&request).await.expect("a user").session_id().clone();
    assert_eq!(state.user.get().and_then(|user| user.display_name()), Some("alice"));
    let sessions = client::Client::of(client.rocket()).expect("the fairing").sessions();
    // The end of another session changes nothing.
    let other = testing::sign_in(&client, User::new("bob")).await.expect("a session");
    let bob = super::users::request(&client, Get, &other);
    let other = user(&bob).await.expect("a user").session_id().clone();
    sessions.revoke(sessions.end_by_id(&other).await.expect("an end")).await;
    assert!(user(&request).await.is_ok());
    sessions.revoke(sessions.end_by_id(&id).await.expect("an end")).await;
    assert_eq!(user(&request).await.err(), Some(Refusal::NotSignedIn));
    assert_eq!(state.user.get().and_then(|user| user.display_name()), None);
}
