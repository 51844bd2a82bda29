//! What the other tests rely on in `testing::Idp`, held against oidc-provider as well: each
//! test runs at both, with the same application.

use std::collections::BTreeMap;
use std::time::Duration;

use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::jar::Jar;
use rocket::http::Status;
use serde_json::Value;

use super::provider::{ProviderUnderTest, return_to};

#[rocket::async_test]
async fn a_user_signs_in_and_the_user_info_is_read() {
    for provider in ProviderUnderTest::both().await {
        let (client, _) = provider.application().await;
        let mut alice = Browser::new(&client);
        let callback = provider.callback(&mut alice, "/profile").await;
        let query: BTreeMap<_, _> = callback.query_pairs().into_owned().collect();
        assert_eq!(query.get("iss"), Some(&provider.issuer), "{}", provider.name);
        let back = return_to(&mut alice, &callback).await;
        assert_eq!(back.location(), "/profile", "{}: {back:?}", provider.name);
        let profile = alice.open("/profile").await;
        assert_eq!(profile.status, Status::Ok, "{}: {profile:?}", provider.name);
        let claims: Value = serde_json::from_str(&profile.body).unwrap();
        assert_eq!(claims["username"], "alice", "{}: {claims}", provider.name);
        assert_eq!(claims["roles"], serde_json::json!(["admin"]), "{}: {claims}", provider.name);
        assert_eq!(alice.open("/admin").await.status, Status::Ok, "{}", provider.name);
    }
}

#[rocket::async_test]
async fn an_expired_access_token_is_renewed_and_the_browser_gets_the_rotated_refresh_token() {
    for provider in ProviderUnderTest::both().await {
        let (client, clock) = provider.application().await;
        let mut alice = Browser::new(&client);
        provider.sign_in(&mut alice).await;
        clock.advance(Duration::from_secs(3550));
        let profile = alice.open("/profile").await;
        assert_eq!(profile.status, Status::Ok, "{}: {profile:?}", provider.name);
        assert!(profile.sets_cookies(), "{}: {profile:?}", provider.name);
    }
}

#[rocket::async_test]
async fn a_refresh_token_rotates_and_its_reuse_ends_the_grant() {
    for provider in ProviderUnderTest::both().await {
        let first = provider.tokens().await;
        let (status, second) = provider.refresh(&first).await;
        assert_eq!(status, 200, "{}: {second}", provider.name);
        assert_ne!(first["refresh_token"], second["refresh_token"], "{}", provider.name);
        provider.end_the_grace();
        for used in [&first, &second] {
            let (status, refused) = provider.refresh(used).await;
            assert_eq!(
                (status, &refused["error"]),
                (400, &"invalid_grant".into()),
                "{}",
                provider.name
            );
        }
    }
}

#[rocket::async_test]
async fn a_code_that_is_used_again_ends_what_it_was_exchanged_for() {
    for provider in ProviderUnderTest::both().await {
        let code = provider.code().await;
        let (status, tokens) = provider.exchange(&code).await;
        assert_eq!(status, 200, "{}: {tokens}", provider.name);
        assert_eq!(provider.user_info(&tokens).await, 200, "{}", provider.name);
        let (status, refused) = provider.exchange(&code).await;
        assert_eq!(
            (status, &refused["error"]),
            (400, &"invalid_grant".into()),
            "{}",
            provider.name
        );
        assert_eq!(provider.user_info(&tokens).await, 401, "{}", provider.name);
        assert_eq!(provider.refresh(&tokens).await.0, 400, "{}", provider.name);
    }
}

#[rocket::async_test]
async fn signing_out_revokes_the_tokens_and_ends_the_session_there() {
    for provider in ProviderUnderTest::both().await {
        let (client, _) = provider.application().await;
        let mut alice = Browser::new(&client);
        let mut at_provider = Jar::default();
        let callback = provider.callback_in(&mut alice, &mut at_provider, "/").await;
        return_to(&mut alice, &callback).await;
        let out = alice.navigate("/auth/sign-out", From::OwnPage).await;
        let end = format!("{}/session/end?", provider.issuer);
        assert!(out.location().starts_with(&end), "{}: {out:?}", provider.name);
        assert_eq!(provider.revocations().await, 1, "{}", provider.name);
        if !provider.is_oidc_provider() {
            continue;
        }
        let (url, page) = at_provider.open(out.location(), None).await;
        let (back, _) = at_provider.confirm(&url, page).await;
        assert_eq!(
            back.as_str().split('?').next(),
            Some("http://localhost:8000/auth/sign-out-callback")
        );
        let start = alice.open("/auth/sign-in").await;
        let (asked, _) = at_provider.open(start.location(), None).await;
        assert_eq!(asked.path(), "/sign-in", "no user is signed in there any more");
    }
}
