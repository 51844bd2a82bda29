use logto_rocket::testing::{Idp, Signing};
use url::Url;

use crate::support::*;

const HOME: &str = "http://localhost:8000/auth/sign-out-callback";

fn end_session_url(idp: &Idp, params: &[(&str, &str)]) -> String {
    let mut url = Url::parse(&format!("{}/oidc/session/end", idp.endpoint())).unwrap();
    url.query_pairs_mut().extend_pairs(params);
    url.into()
}

/// Sends the form that the page would send by itself.
async fn sign_out(browser: &mut Browser<'_>, url: &str) -> String {
    let page = browser.get(url).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("document.forms[0].submit()"));
    let xsrf = page.text.split(r#"name="xsrf" value=""#).nth(1).unwrap().split('"').next().unwrap();
    let form = [("xsrf", xsrf), ("logout", "yes")];
    let got = browser.post("/oidc/session/end/confirm", &form).await;
    assert_eq!(got.status, 303, "{}", got.text);
    got.header("location").to_owned()
}

#[rocket::async_test]
async fn it_ends_the_session_and_returns_with_the_state() {
    let idp = Idp::start().await.unwrap();
    let mut browser = Browser::new(&idp);
    let url = authorization_url(&idp, "openid", &[]);
    browser.sign_in(&url, "alice").await;
    let params =
        [("client_id", idp.app_id()), ("post_logout_redirect_uri", HOME), ("state", "a b")];
    let location = sign_out(&mut browser, &end_session_url(&idp, &params)).await;
    assert_eq!(location, format!("{HOME}?state=a+b"));
    let got = browser.get(&url).await;
    assert!(got.header("location").starts_with("/sign-in?"), "the session is over");
    let again = sign_out(&mut browser, &end_session_url(&idp, &params)).await;
    assert!(again.starts_with(HOME), "without a session it works too");
    assert_eq!(idp.requests().end_session(), 2);
}

#[rocket::async_test]
async fn without_an_application_it_stays_at_the_provider() {
    let idp = Idp::start().await.unwrap();
    let app = ("client_id", idp.app_id());
    for params in [&[][..], &[app], &[("post_logout_redirect_uri", HOME)]] {
        let mut browser = Browser::new(&idp);
        let location = sign_out(&mut browser, &end_session_url(&idp, params)).await;
        let page = browser.get(&location).await;
        assert!(page.text.contains("You have successfully signed out."), "{params:?}");
    }
}

#[rocket::async_test]
async fn an_error_is_a_json_page_and_the_session_lives_on() {
    let idp = Idp::builder()
        .app("one", "x")
        .app("two", "y")
        .post_logout_redirect_uri(HOME)
        .start()
        .await
        .unwrap();
    let mut browser = Browser::new(&idp);
    let url = authorization_url(&idp, "openid", &[]);
    let callback = browser.sign_in(&url, "alice").await;
    let tokens = exchange(&idp, &query(&callback)["code"], &[]).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    let extra = format!("{HOME}?x=1");
    for params in [
        [("client_id", "one"), ("post_logout_redirect_uri", "http://localhost:8000/")],
        [("client_id", "one"), ("post_logout_redirect_uri", &extra)],
        [("client_id", "nope"), ("post_logout_redirect_uri", HOME)],
        [("id_token_hint", "garbage"), ("post_logout_redirect_uri", HOME)],
        [("id_token_hint", hint), ("client_id", "two")],
    ] {
        let got = browser.get(&end_session_url(&idp, &params)).await;
        assert_eq!(got.status, 400, "{params:?}");
        assert!(got.json()["error"].is_string());
    }
    assert!(browser.get(&url).await.header("location").starts_with(CALLBACK), "still signed in");
}

#[rocket::async_test]
async fn a_hint_works_until_its_key_or_algorithm_is_gone() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid", &[]).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let url = end_session_url(&idp, &[("id_token_hint", hint), ("post_logout_redirect_uri", HOME)]);
    assert_eq!(sign_out(&mut Browser::new(&idp), &url).await, HOME);
    idp.rotate_keys(Signing::Es384).unwrap();
    assert_eq!(sign_out(&mut Browser::new(&idp), &url).await, HOME, "the previous key is known");
    idp.rotate_keys(Signing::Es384).unwrap();
    let description = "could not validate id_token_hint";
    let got = Browser::new(&idp).get(&url).await;
    assert_eq!(got.error(), refusal(400, "invalid_request", description));

    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid", &[]).await;
    idp.rotate_keys(Signing::Rs256).unwrap();
    let hint = tokens["id_token"].as_str().unwrap();
    let got = Browser::new(&idp).get(&end_session_url(&idp, &[("id_token_hint", hint)])).await;
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
}

#[rocket::async_test]
async fn only_offline_tokens_survive_a_sign_out() {
    let idp = Idp::start().await.unwrap();
    for (scope, status) in [("openid offline_access", 200), ("openid", 401)] {
        let mut browser = Browser::new(&idp);
        let callback = browser.sign_in(&authorization_url(&idp, scope, &[]), "alice").await;
        let tokens = exchange(&idp, &query(&callback)["code"], &[]).await.json();
        assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 200);
        sign_out(&mut browser, &end_session_url(&idp, &[])).await;
        assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, status, "{scope}");
        if status == 200 {
            assert_eq!(refresh(&idp, &tokens, &[]).await.status, 200);
        }
    }
}

#[rocket::async_test]
async fn a_logout_token_is_as_logto_posts_it() {
    for required in [false, true] {
        let idp = Idp::builder().session_required(required).start().await.unwrap();
        let tokens = sign_in(&idp, "alice", "openid", &[]).await;
        let (header, token) = decoded(&idp.logout_token("alice").unwrap().into());
        assert_eq!(header["typ"], "logout+jwt");
        assert_eq!(token["exp"].as_u64().unwrap(), token["iat"].as_u64().unwrap() + 120);
        assert_eq!(token["aud"], idp.app_id());
        assert!(token["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
        assert_eq!(token.get("nonce"), None);
        assert_eq!(token.get("sid").is_some(), required);
        assert_eq!(token["sid"], claims(&tokens["id_token"])["sid"]);
    }
}
