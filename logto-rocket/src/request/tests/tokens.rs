//! The access token that a request presents.

use rocket::http::Header;
use rocket::http::Method::Get;
use rocket::local::blocking::Client;
use rocket::local::blocking::LocalRequest;
use rocket::tokio::runtime::Builder;

use super::{config, quiet, request};
use crate::error::Refusal;
use crate::oidc::VerifiedToken;
use crate::request::{RequestState, presents_token, token_of};
use crate::{Config, InvalidToken, Logto, resource, testing};

resource!(Orders = "https://api.example.com/orders");

fn api() -> Client {
    let fairing = Logto::resource_server().config(Config::new().endpoint("http://127.0.0.1:9"));
    Client::untracked(quiet().attach(fairing)).expect("an API")
}

/// The token that a request presents, verified.
fn verified(request: &LocalRequest<'_>) -> Result<VerifiedToken, Refusal> {
    let request = request.inner();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(token_of(request, RequestState::of(request))).cloned()
}

#[test]
fn only_the_scheme_bearer_presents_a_token() {
    let client = api();
    for headers in [
        &[][..],
        &["Authorization: Basic dXNlcg=="],
        &["Authorization: Basic dXNlcg==", "Authorization: Basic dXNlcg=="],
        &["Authorization: BearerX a.b.c"],
        &["Proxy-Authorization: Bearer a.b.c"],
    ] {
        let request = request(&client, Get, "/", headers);
        assert!(!presents_token(request.inner()), "{headers:?}");
        assert_eq!(verified(&request).err(), Some(Refusal::NoToken), "{headers:?}");
    }
}

#[test]
fn what_is_no_single_token_is_malformed_and_never_taken_for_none() {
    let client = api();
    let twice = Refusal::InvalidRequest("is there more than once");
    let empty = Refusal::InvalidRequest("has no token after `Bearer`");
    let no_token =
        Refusal::InvalidRequest("has a token with characters that are not allowed in tokens");
    for (headers, refusal) in [
        (&["Authorization: Bearer"][..], &empty),
        (&["Authorization: Bearer   "], &empty),
        (&["Authorization: Bearer a.b.c d"], &no_token),
        (&["Authorization: Bearer \"a.b.c\""], &no_token),
        (&["Authorization: Bearer a.b.c", "Authorization: Bearer a.b.c"], &twice),
        (&["Authorization: Bearer a.b.c", "Authorization: Basic dXNlcg=="], &twice),
        (&["Authorization: Basic dXNlcg==", "Authorization: bearer a.b.c"], &twice),
    ] {
        let request = request(&client, Get, "/", headers);
        assert!(presents_token(request.inner()), "{headers:?}");
        assert_eq!(verified(&request).err().as_ref(), Some(refusal), "{headers:?}");
    }
}

#[test]
fn a_token_of_a_tokens_characters_is_judged_as_a_token() {
    let client = api();
    for token in ["opaque", "a.b.c", "aZ09-._~+/="] {
        let header = format!("Authorization: BEARER {token}");
        let request = request(&client, Get, "/", &[&header]);
        let refusal = verified(&request).err();
        assert!(matches!(refusal, Some(Refusal::InvalidToken(_))), "{token}: {refusal:?}");
    }
}

#[test]
fn a_good_token_is_verified_once_in_a_request() {
    let client = api();
    let token = testing::bearer(&client).expect("a token").resource(Orders).subject("alice").text();
    let request = client.get("/").header(Header::new("Authorization", format!("Bearer   {token}")));
    let request = request.inner();
    let state = RequestState::of(request);
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let first = runtime.block_on(token_of(request, state)).expect("a token");
    let second = runtime.block_on(token_of(request, state)).expect("a token");
    assert_eq!(first.sub(), "alice");
    assert!(std::ptr::eq(first, second));
}

#[test]
fn a_token_that_logto_did_not_sign_is_refused_or_cannot_be_judged() {
    let (client, other) = (api(), api());
    // The other application trusts its own key; this one asks Logto, which does not answer.
    let token = testing::bearer(&other).expect("a token").resource(Orders);
    let refusal = verified(&client.get("/").header(token)).err();
    assert!(matches!(refusal, Some(Refusal::Unavailable { .. })), "{refusal:?}");
    let expired = testing::bearer(&client).expect("a token").resource(Orders).expired();
    let refusal = verified(&client.get("/").header(expired)).err();
    let is_expired = |why: &InvalidToken| matches!(why, InvalidToken::Claim { name: "exp", .. });
    assert!(matches!(&refusal, Some(Refusal::InvalidToken(why)) if is_expired(why)), "{refusal:?}");
}

#[test]
fn without_a_fairing_no_token_is_judged() {
    let client = Client::untracked(quiet()).expect("a Rocket");
    let request = request(&client, Get, "/", &["Authorization: Bearer a.b.c"]);
    assert_eq!(verified(&request).err(), Some(Refusal::NotAttached));
    let site = super::site(config());
    let request = super::request(&site, Get, "/", &["Authorization: Bearer a.b.c"]);
    assert!(matches!(verified(&request), Err(Refusal::InvalidToken(_))));
}
