//! Answers that cannot be used, or not as a whole.

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use serde_json::json;

use super::{LATER, goes_on, is_unavailable, rotating};

#[rocket::async_test]
async fn the_rotated_refresh_token_of_an_answer_that_cannot_be_used_is_kept() {
    for (row, fault) in [
        ("wrong token_type", Fault::member("token_type", "DPoP")),
        ("no token_type", Fault::without_member("token_type")),
        ("no access_token", Fault::without_member("access_token")),
        ("expires_in that is no number", Fault::member("expires_in", "soon")),
        ("expires_in below zero", Fault::member("expires_in", -1)),
        ("id_token that is no text", Fault::member("id_token", json!({ "sub": "bob" }))),
    ] {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Token, fault);
        let answer = alice.open("/profile").await;
        is_unavailable(&answer, "30", row);
        assert!(answer.sets_cookies(), "{row}: the browser gets it");
        assert_eq!(app.refreshes(), 1, "{row}: the answer was heard");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{row}");
        goes_on(&app, &mut alice, row).await;
    }
}

/// Guards against this mistake: a refreshed ID token was stored without a look, and was another
/// user's.
#[rocket::async_test]
async fn a_refresh_with_the_id_token_of_another_user_ends_the_session() {
    for (name, wrong) in
        [("sub", "somebody_else"), ("iss", "https://evil.example/oidc"), ("aud", "another_app")]
    {
        let app = rotating().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.tamper(Tamper::claim(name, wrong));
        app.idp.forget_requests();
        assert_eq!(alice.open("/profile").await.status, Status::SeeOther, "{name}");
        until("what came is revoked", async || app.idp.requests().revocation() > 0).await;
        app.idp.heal();
        assert_eq!(alice.open("/account").await.status, Status::SeeOther, "{name}");
        assert_eq!(alice.open("/").await.body, "Hello, stranger", "{name}");
    }
}

#[rocket::async_test]
async fn an_id_token_that_does_not_verify_is_not_believed_and_the_rotated_refresh_token_is_kept() {
    let forged = || Tamper::claim("roles", vec!["admin"]);
    for wrong in [Tamper::WrongKey, Tamper::Unsigned, Tamper::Hs256, Tamper::remove_claim("exp")] {
        let row = format!("{wrong:?}");
        let app = rotating().await;
        let mut bob = app.signed_in("bob").await;
        app.clock.advance(LATER);
        app.idp.tamper(forged());
        app.idp.tamper(wrong);
        let answer = bob.open("/profile").await;
        is_unavailable(&answer, "30", &row);
        assert!(answer.sets_cookies(), "{row}: the browser gets the refresh token");
        assert_eq!(app.refreshes(), 1, "{row}");
        app.idp.heal();
        assert_eq!(bob.open("/admin").await.status, Status::Forbidden, "{row}");
        goes_on(&app, &mut bob, &row).await;
    }
    let app = rotating().await;
    let mut bob = app.signed_in("bob").await;
    app.clock.advance(LATER);
    app.idp.tamper(forged());
    assert_eq!(bob.open("/profile").await.status, Status::Ok);
    assert_eq!(bob.open("/admin").await.status, Status::Ok, "a good one is believed");
}

#[rocket::async_test]
async fn without_an_id_token_the_access_token_is_good_and_the_claims_stay_as_they_were() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.remove_role("alice", "admin");
    app.clock.advance(LATER);
    app.idp.fault(Endpoint::Token, Fault::without_member("id_token")).times(3);
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "nothing else is known");
    // Where claims are asked for, user info tells that the role is gone.
    assert_eq!(alice.open("/refresh").await.status, Status::SeeOther);
    assert_eq!(alice.open("/admin").await.status, Status::SeeOther);
    assert_eq!(app.refreshes(), 2);
}

#[rocket::async_test]
async fn a_smaller_scope_is_403_where_it_does_not_suffice_and_the_session_goes_on() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/orders/new").await.status, Status::Ok);
    app.clock.advance(LATER);
    app.idp.tamper_access_tokens(Tamper::claim("scope", "read:orders"));
    app.idp.tamper(Tamper::Scope("openid".into()));
    assert_eq!(alice.open("/orders/new").await.status, Status::Forbidden);
    assert_eq!(alice.open("/orders").await.status, Status::Ok, "a token there is");
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.idp.heal();
    app.clock.advance(LATER);
    assert_eq!(alice.open("/orders/new").await.status, Status::Ok, "with the next token");
}
