use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::Idp;

use crate::support::*;

#[rocket::async_test]
async fn only_consent_and_offline_access_bring_a_refresh_token() {
    let idp = Idp::start().await.unwrap();
    for (scope, prompt, expected) in [
        ("openid offline_access", "consent", true),
        ("openid offline_access", "login consent", true),
        ("openid offline_access", "-", false),
        ("openid offline_access", "login", false),
        ("openid", "consent", false),
    ] {
        let tokens = sign_in(&idp, "alice", scope, &[("prompt", prompt)]).await;
        assert_eq!(tokens["refresh_token"].is_string(), expected, "{scope}, {prompt}");
        assert_eq!(tokens["scope"].as_str().unwrap().contains("offline_access"), expected);
    }
}

#[rocket::async_test]
async fn a_live_session_signs_in_without_a_page() {
    let idp = Idp::start().await.unwrap();
    let mut browser = Browser::new(&idp);
    let url = |prompt| authorization_url(&idp, "openid offline_access", &[("prompt", prompt)]);
    browser.sign_in(&url("consent"), "alice").await;
    for prompt in ["consent", "-", "none"] {
        let got = browser.get(&url(prompt)).await;
        let callback = got.header("location");
        assert!(callback.starts_with(CALLBACK), "{prompt}: {callback}");
        let tokens = exchange(&idp, &query(callback)["code"], &[]).await.json();
        assert_eq!(tokens["refresh_token"].is_string(), prompt == "consent");
        assert_eq!(claims(&tokens["id_token"])["sub"], idp.user_id("alice").unwrap());
    }
    for prompt in ["login", "login consent"] {
        let got = browser.get(&url(prompt)).await;
        assert!(got.header("location").starts_with("/sign-in?"), "{prompt}");
    }
}

#[rocket::async_test]
async fn prompt_none_needs_a_grant_for_these_scopes_and_resources() {
    let idp = Idp::builder().app("one", "x").app("two", "y").start().await.unwrap();
    let mut browser = Browser::new(&idp);
    let url = |scope: &str, more: &[(&str, &str)]| {
        let mut all = vec![("prompt", "none")];
        all.extend(more);
        authorization_url(&idp, scope, &all)
    };
    browser.sign_in(&authorization_url(&idp, "openid profile", &[]), "alice").await;
    let granted = browser.get(&url("openid profile", &[])).await;
    assert!(query(granted.header("location")).contains_key("code"));
    for refused in [
        url("openid profile", &[("client_id", "two")]),
        url("openid email", &[]),
        url("openid read:orders", &[("resource", ORDERS)]),
    ] {
        let got = browser.get(&refused).await;
        let params = query(got.header("location"));
        assert_eq!(params["error"], "consent_required");
        assert_eq!(params["error_description"], "requested scopes not granted");
    }
    let granted = &query(granted.header("location"))["code"];
    let tokens = exchange(&idp, granted, &[]).await.json();
    let form = [("token", tokens["access_token"].as_str().unwrap())];
    let revocation = client().post(format!("{}/oidc/token/revocation", idp.endpoint()));
    let revoked = send(revocation.basic_auth("one", Some("x")).form(&form)).await;
    assert_eq!(revoked.status, 200);
    let got = browser.get(&url("openid profile", &[])).await;
    assert_eq!(
        query(got.header("location"))["error"],
        "consent_required",
        "after the revocation too"
    );
}

#[rocket::async_test]
async fn auth_time_is_sent_only_after_login_or_max_age() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let mut browser = Browser::new(&idp);
    let scope = "openid offline_access";
    let url = |more: &[(&str, &str)]| authorization_url(&idp, scope, more);
    let callback = browser.sign_in(&url(&[]), "alice").await;
    let tokens = exchange(&idp, &query(&callback)["code"], &[]).await.json();
    assert_eq!(claims(&tokens["id_token"]).get("auth_time"), None);
    let signed_in_at = claims(&tokens["id_token"])["iat"].as_u64().unwrap();

    clock.advance(Duration::from_secs(100));
    let got = browser.get(&url(&[("max_age", "10000")])).await;
    let tokens = exchange(&idp, &query(got.header("location"))["code"], &[]).await.json();
    let auth_time = claims(&tokens["id_token"])["auth_time"].as_u64().unwrap();
    assert!(auth_time <= signed_in_at + 1, "the time of the sign-in, not of the token");
    let again = refresh(&idp, &tokens, &[]).await.json();
    assert_eq!(claims(&again["id_token"])["auth_time"], auth_time, "also after a refresh");

    for max_age in ["0", "50"] {
        let got = browser.get(&url(&[("max_age", max_age)])).await;
        assert!(got.header("location").starts_with("/sign-in?"), "{max_age}");
    }
    let callback = browser.sign_in(&url(&[("prompt", "login")]), "alice").await;
    let tokens = exchange(&idp, &query(&callback)["code"], &[]).await.json();
    assert!(claims(&tokens["id_token"])["auth_time"].as_u64().unwrap() >= signed_in_at + 100);
}
