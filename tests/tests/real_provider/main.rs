//! What the other tests rely on in `testing::Idp`, held against the engine of Logto as well: each
//! test runs at both, with the same application.

mod access_tokens;
mod backchannel_logout;
mod party;
mod step_up;

use std::collections::BTreeMap;
use std::time::Duration;

use logto_rocket_tests::browser::{Browser, From};
use rocket::http::Status;
use serde_json::Value;

use self::party::{Jar, Party, return_to};

#[rocket::async_test]
async fn somebody_signs_in_and_their_user_info_is_read() {
    for party in Party::both().await {
        let (client, _) = party.application().await;
        let mut alice = Browser::new(&client);
        let callback = party.callback(&mut alice, "/profile").await;
        let query: BTreeMap<_, _> = callback.query_pairs().into_owned().collect();
        assert_eq!(query.get("iss"), Some(&party.issuer), "{}", party.name);
        let back = return_to(&mut alice, &callback).await;
        assert_eq!(back.location(), "/profile", "{}: {back:?}", party.name);
        let profile = alice.open("/profile").await;
        assert_eq!(profile.status, Status::Ok, "{}: {profile:?}", party.name);
        let claims: Value = serde_json::from_str(&profile.body).unwrap();
        assert_eq!(claims["username"], "alice", "{}: {claims}", party.name);
        assert_eq!(claims["roles"], serde_json::json!(["admin"]), "{}: {claims}", party.name);
        assert_eq!(alice.open("/admin").await.status, Status::Ok, "{}", party.name);
    }
}

#[rocket::async_test]
async fn an_expired_access_token_is_renewed_and_the_browser_gets_the_rotated_refresh_token() {
    for party in Party::both().await {
        let (client, clock) = party.application().await;
        let mut alice = Browser::new(&client);
        party.sign_in(&mut alice).await;
        clock.advance(Duration::from_secs(3550));
        let profile = alice.open("/profile").await;
        assert_eq!(profile.status, Status::Ok, "{}: {profile:?}", party.name);
        assert!(profile.sets_cookies(), "{}: {profile:?}", party.name);
    }
}

#[rocket::async_test]
async fn a_refresh_token_rotates_and_its_reuse_ends_the_grant() {
    for party in Party::both().await {
        let first = party.tokens().await;
        let (status, second) = party.refresh(&first).await;
        assert_eq!(status, 200, "{}: {second}", party.name);
        assert_ne!(first["refresh_token"], second["refresh_token"], "{}", party.name);
        party.end_the_grace();
        for used in [&first, &second] {
            let (status, refused) = party.refresh(used).await;
            assert_eq!(
                (status, &refused["error"]),
                (400, &"invalid_grant".into()),
                "{}",
                party.name
            );
        }
    }
}

#[rocket::async_test]
async fn a_code_that_is_used_again_ends_what_it_was_exchanged_for() {
    for party in Party::both().await {
        let code = party.code().await;
        let (status, tokens) = party.exchange(&code).await;
        assert_eq!(status, 200, "{}: {tokens}", party.name);
        assert_eq!(party.user_info(&tokens).await, 200, "{}", party.name);
        let (status, refused) = party.exchange(&code).await;
        assert_eq!((status, &refused["error"]), (400, &"invalid_grant".into()), "{}", party.name);
        assert_eq!(party.user_info(&tokens).await, 401, "{}", party.name);
        assert_eq!(party.refresh(&tokens).await.0, 400, "{}", party.name);
    }
}

#[rocket::async_test]
async fn signing_out_revokes_the_tokens_and_ends_the_session_there() {
    for party in Party::both().await {
        let (client, _) = party.application().await;
        let mut alice = Browser::new(&client);
        let mut at_provider = Jar::default();
        let callback = party.callback_in(&mut alice, &mut at_provider, "/").await;
        return_to(&mut alice, &callback).await;
        let out = alice.navigate("/auth/sign-out", From::OwnPage).await;
        let end = format!("{}/session/end?", party.issuer);
        assert!(out.location().starts_with(&end), "{}: {out:?}", party.name);
        assert_eq!(party.revocations().await, 1, "{}", party.name);
        if !party.is_engine() {
            continue;
        }
        let (url, page) = at_provider.open(out.location(), None).await;
        let (back, _) = at_provider.confirm(&url, page).await;
        assert_eq!(
            back.as_str().split('?').next(),
            Some("http://localhost:8000/auth/sign-out-callback")
        );
        let door = alice.open("/auth/sign-in").await;
        let (asked, _) = at_provider.open(door.location(), None).await;
        assert_eq!(asked.path(), "/sign-in", "nobody is signed in there any more");
    }
}
