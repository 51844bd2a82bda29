use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::{Idp, IdpError};
use serde_json::json;
use url::Url;

use crate::support::*;

/// The callback's error, or an empty text.
fn error(callback: &str) -> String {
    query(callback).remove("error").unwrap_or_default()
}

async fn without_a_page(idp: &Idp, more: &[(&str, &str)]) -> String {
    let got = Browser::new(idp).get(&authorization_url(idp, "openid", more)).await;
    assert_eq!(got.status, 303, "{}", got.text);
    got.header("location").to_owned()
}

#[rocket::async_test]
async fn a_callback_has_code_state_and_iss() {
    let idp = Idp::start().await.unwrap();
    let url = authorization_url(&idp, "openid", &[("state", "a b+c%2F=&é\"'<>")]);
    let callback = Browser::new(&idp).sign_in(&url, "alice").await;
    assert!(callback.starts_with(CALLBACK));
    let params = query(&callback);
    assert_eq!(params.len(), 3);
    assert_eq!(params["state"], "a b+c%2F=&é\"'<>");
    assert_eq!(params["iss"], idp.issuer());
    assert_eq!(params["code"].len(), 43);
    assert_eq!(exchange(&idp, &params["code"], &[]).await.status, 200);
}

#[rocket::async_test]
async fn the_helper_and_the_browser_get_the_same() {
    let idp = Idp::start().await.unwrap();
    let url = authorization_url(&idp, "openid", &[]);
    let by_page = Browser::new(&idp).sign_in(&url, "alice").await;
    let by_helper = idp.authorize(&url, "alice").await.unwrap();
    let parts = |callback: &str| {
        let mut params = query(callback);
        params.remove("code").expect("a code");
        params
    };
    assert_eq!(parts(&by_page), parts(&by_helper));
    let unknown = idp.authorize(&url, "nobody").await;
    assert_eq!(unknown, Err(IdpError::UnknownUser("nobody".into())));
    let elsewhere = idp.authorize("http://127.0.0.1:1/oidc/auth", "alice").await;
    assert!(matches!(elsewhere, Err(IdpError::NotAnAuthorizationUrl(_))));
}

#[rocket::async_test]
async fn an_unknown_client_or_redirect_uri_is_a_page_and_no_redirect() {
    let idp = Idp::builder().redirect_uri(CALLBACK).start().await.unwrap();
    for (name, value, expected) in [
        ("client_id", "nope", "invalid_client"),
        ("client_id", "-", "invalid_request"),
        ("redirect_uri", "-", "invalid_request"),
        ("redirect_uri", "http://localhost:8000/auth/sign-in-callback/", "invalid_redirect_uri"),
        ("redirect_uri", "http://127.0.0.1:8000/auth/sign-in-callback", "invalid_redirect_uri"),
        ("redirect_uri", "http://localhost:8001/auth/sign-in-callback", "invalid_redirect_uri"),
    ] {
        let url = authorization_url(&idp, "openid", &[(name, value)]);
        let got = Browser::new(&idp).get(&url).await;
        assert_eq!((got.status, got.json()["error"].as_str()), (400, Some(expected)), "{value}");
        assert!(matches!(
            idp.authorize(&url, "alice").await,
            Err(IdpError::Page { status: 400, .. })
        ));
    }
    let same = "http://LOCALHOST:8000/x/../auth/sign-in-callback";
    let url = authorization_url(&idp, "openid", &[("redirect_uri", same)]);
    assert_eq!(Browser::new(&idp).get(&url).await.status, 303, "URLs are normalised");
}

#[rocket::async_test]
async fn without_registered_uris_only_loopback_is_accepted() {
    let idp = Idp::start().await.unwrap();
    for (uri, status) in [
        ("http://127.0.0.1:9/x", 303),
        ("http://[::1]:9/x", 303),
        ("https://example.test/x", 400),
        ("http://localhost.example.test/x", 400),
        ("javascript:alert(1)", 400),
    ] {
        let url = authorization_url(&idp, "openid", &[("redirect_uri", uri)]);
        assert_eq!(Browser::new(&idp).get(&url).await.status, status, "{uri}");
    }
}

#[rocket::async_test]
async fn other_errors_return_to_the_callback_with_state_and_iss() {
    let idp = Idp::start().await.unwrap();
    for (more, expected) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_mode", "jwt"), "unsupported_response_mode"),
        (("prompt", "select_account"), "invalid_request"),
        (("prompt", "none login"), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
        (("scope", "profile"), "invalid_request"),
        (("resource", "https://nope.test/"), "invalid_target"),
        (("request", "eyJ"), "request_not_supported"),
        (("request_uri", "https://nope.test/"), "request_uri_not_supported"),
        (("registration", "{}"), "registration_not_supported"),
        (("prompt", "none"), "login_required"),
    ] {
        let callback = without_a_page(&idp, &[more]).await;
        let params = query(&callback);
        assert_eq!(params.get("error").map(String::as_str), Some(expected), "{more:?}");
        assert_eq!(params["state"], "the state");
        assert_eq!(params["iss"], idp.issuer());
        assert!(!params.contains_key("code"));
    }
    let twice = format!("{}&state=again", authorization_url(&idp, "openid", &[]));
    let got = Browser::new(&idp).get(&twice).await;
    assert_eq!(error(got.header("location")), "invalid_request");
    let description = query(&without_a_page(&idp, &[("resource", "https://nope.test/")]).await);
    assert_eq!(description["error_description"], "resource indicator is missing, or unknown");
}

#[rocket::async_test]
async fn unknown_scopes_are_dropped_and_none_at_all_is_denied_after_the_page() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid bogus:scope read:orders", &[]).await;
    assert_eq!(tokens["scope"], "openid");
    let url = authorization_url(&idp, "-", &[("nonce", "-")]);
    let callback = Browser::new(&idp).sign_in(&url, "alice").await;
    assert_eq!(error(&callback), "access_denied");
    assert_eq!(query(&callback).get("error_description"), None);
}

#[rocket::async_test]
async fn extra_parameters_choose_the_page_and_one_bad_one_voids_all() {
    let idp = Idp::start().await.unwrap();
    let page = async |more: &[(&str, &str)]| without_a_page(&idp, more).await;
    let app = format!("app_id={}", idp.app_id());
    for (first_screen, path) in [
        ("sign_in", "/sign-in"),
        ("signIn", "/sign-in"),
        ("register", "/register"),
        ("reset_password", "/reset-password"),
        ("identifier:sign_in", "/identifier-sign-in"),
        ("identifier:register", "/identifier-register"),
        ("single_sign_on", "/single-sign-on"),
    ] {
        let location = page(&[("first_screen", first_screen)]).await;
        assert_eq!(location, format!("{path}?{app}"));
        assert_eq!(get_page(&idp, &[("first_screen", first_screen)]).await.status, 200);
    }
    let location = page(&[("login_hint", "alice"), ("ui_locales", "fr")]).await;
    assert_eq!(location, format!("/sign-in?{app}&login_hint=alice&ui_locales=fr"));
    let location = page(&[("login_hint", "alice"), ("first_screen", "bogus")]).await;
    assert_eq!(location, format!("/sign-in?{app}"));
    assert_eq!(page(&[("interaction_mode", "signUp")]).await, format!("/register?{app}"));
}

async fn get_page(idp: &Idp, more: &[(&str, &str)]) -> Got {
    let mut browser = Browser::new(idp);
    let got = browser.get(&authorization_url(idp, "openid", more)).await;
    browser.get(got.header("location")).await
}

#[rocket::async_test]
async fn the_page_names_the_app_and_the_users_and_escapes_them() {
    let idp = Idp::builder()
        .app("<b>app</b>", "x")
        .user(logto_rocket::testing::User::new("\"><script>"))
        .user(logto_rocket::testing::User::new("carol").name("Carol"))
        .start()
        .await
        .unwrap();
    let page = get_page(&idp, &[("login_hint", "carol")]).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("&lt;b&gt;app&lt;/b&gt;") && !page.text.contains("<b>app"));
    assert!(page.text.contains("&quot;&gt;&lt;script&gt;") && !page.text.contains("\"><script>"));
    assert!(page.text.contains(r#"class="hinted" name="username" value="carol""#));
}

#[rocket::async_test]
async fn cancelling_leads_to_the_bare_redirect_uri() {
    let idp = Idp::start().await.unwrap();
    let mut browser = Browser::new(&idp);
    browser.get(&authorization_url(&idp, "openid", &[])).await;
    let got = browser.post("/sign-in", &[("cancel", "yes")]).await;
    assert_eq!((got.status, got.header("location")), (303, CALLBACK));
}

#[rocket::async_test]
async fn of_two_tabs_the_first_gets_the_latest_state_and_the_other_fails() {
    let idp = Idp::start().await.unwrap();
    let mut browser = Browser::new(&idp);
    browser.get(&authorization_url(&idp, "openid", &[("state", "first")])).await;
    browser.get(&authorization_url(&idp, "openid", &[("state", "second")])).await;
    let got = browser.post("/sign-in", &[("username", "alice")]).await;
    assert_eq!(query(got.header("location"))["state"], "second");
    let other = browser.post("/sign-in", &[("username", "alice")]).await;
    assert_eq!(other.status, 400);
    assert!(other.text.contains("Session not found"));
}

#[rocket::async_test]
async fn a_page_for_an_unknown_user_signs_no_user_in() {
    let idp = Idp::start().await.unwrap();
    let mut browser = Browser::new(&idp);
    browser.get(&authorization_url(&idp, "openid", &[])).await;
    let got = browser.post("/sign-in", &[("username", "nobody")]).await;
    assert_eq!((got.status, got.header("location")), (422, ""));
    let got = browser.post("/sign-in", &[("username", "bob")]).await;
    assert!(query(got.header("location")).contains_key("code"), "one can try again");
}

#[rocket::async_test]
async fn fragment_and_form_post_work() {
    let idp = Idp::start().await.unwrap();
    let url = authorization_url(&idp, "openid", &[("response_mode", "fragment")]);
    let callback = Browser::new(&idp).sign_in(&url, "alice").await;
    let fragment = Url::parse(&callback).unwrap().fragment().unwrap().to_owned();
    assert!(fragment.starts_with("code=") && fragment.contains("&state=the+state&iss="));

    let form_post = |prompt| [("response_mode", "form_post"), ("prompt", prompt)];
    let mut browser = Browser::new(&idp);
    browser.get(&authorization_url(&idp, "openid", &form_post("-"))).await;
    let got = browser.post("/sign-in", &[("username", "alice")]).await;
    assert_eq!(got.status, 200);
    assert!(got.text.contains(&format!(r#"action="{CALLBACK}""#)));
    assert!(got.text.contains(r#"name="state" value="the state""#));
    let url = authorization_url(&idp, "openid", &form_post("none"));
    let failed = Browser::new(&idp).get(&url).await;
    assert_eq!(failed.status, 400);
    assert!(failed.text.contains(r#"name="error" value="login_required""#));
}

#[rocket::async_test]
async fn a_pushed_request_works_once_and_for_60_seconds() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let params = query(&authorization_url(&idp, "openid", &[]));
    let push = async || {
        let request = client().post(format!("{}/oidc/request", idp.endpoint()));
        let request = request.basic_auth(idp.app_id(), Some(idp.app_secret())).form(&params);
        let got = send(request).await;
        assert_eq!((got.status, &got.json()["expires_in"]), (201, &json!(60)));
        let uri = got.json()["request_uri"].as_str().unwrap().to_owned();
        assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"));
        let mut url = Url::parse(&format!("{}/oidc/auth", idp.endpoint())).unwrap();
        url.query_pairs_mut().extend_pairs([("client_id", idp.app_id()), ("request_uri", &uri)]);
        String::from(url)
    };
    let url = push().await;
    let callback = idp.authorize(&url, "alice").await.unwrap();
    assert_eq!(query(&callback)["state"], "the state");
    let got = Browser::new(&idp).get(&url).await;
    assert_eq!((got.status, &got.json()["error"]), (400, &json!("invalid_request_uri")));
    let late = push().await;
    clock.advance(Duration::from_secs(60));
    assert_eq!(Browser::new(&idp).get(&late).await.status, 400);
    let nobody = client().post(format!("{}/oidc/request", idp.endpoint())).form(&params);
    assert_eq!(send(nobody).await.status, 401, "a client_id without its secret");
}
