//! The authorization request.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::super::authorization::Authorization;
use super::super::{DirectSignIn, FirstScreen, Identifier, SignInOptions};
use super::*;
use crate::oidc::Prompt;

fn callback() -> Url {
    Url::parse("http://localhost:8000/auth/sign-in-callback").unwrap()
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|&one| one.to_owned()).collect()
}

async fn authorize(client: &Oidc, options: &SignInOptions) -> Result<Authorization, Error> {
    let scopes = texts(&["openid", "offline_access", "profile"]);
    client.authorize(&callback(), options, &scopes, &texts(&["https://api.example"])).await
}

fn query(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}

fn values<'a>(query: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    query.iter().filter(|(have, _)| have == name).map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn the_plain_request_has_all_that_protects_it() {
    let server = Server::start().await;
    let started = authorize(&client(&server), &SignInOptions::new()).await.unwrap();
    assert!(started.url.as_str().starts_with(&format!("{}/auth?", server.issuer())));
    let query = query(&started.url);
    let (state, nonce) = (started.verifier.state(), started.verifier.nonce());
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(started.verifier.reveal()));
    for (name, value) in [
        ("client_id", APP),
        ("redirect_uri", callback().as_str()),
        ("response_type", "code"),
        ("scope", "openid offline_access profile"),
        ("prompt", "consent"),
        ("state", state.reveal()),
        ("nonce", nonce.reveal()),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("resource", "https://api.example"),
    ] {
        assert_eq!(values(&query, name), [value], "{name}");
    }
    assert_eq!(query.len(), 10);
    assert!(!started.url.as_str().contains(started.verifier.reveal()));
}

#[tokio::test]
async fn no_two_sign_ins_share_a_secret() {
    let server = Server::start().await;
    let client = client(&server);
    let mut seen = HashSet::new();
    for _ in 0..50 {
        let started = authorize(&client, &SignInOptions::new()).await.unwrap();
        let verifier = started.verifier;
        let (state, nonce) = (verifier.state(), verifier.nonce());
        for secret in [state.reveal(), nonce.reveal(), verifier.reveal()] {
            assert!(URL_SAFE_NO_PAD.decode(secret).unwrap().len() >= 16);
            assert!(seen.insert(secret.to_owned()));
        }
    }
}

#[tokio::test]
async fn options_reach_logto_under_their_names() {
    let server = Server::start().await;
    let options = SignInOptions::new()
        .first_screen(FirstScreen::IdentifierSignIn)
        .identifiers([Identifier::Email, Identifier::Phone])
        .login_hint("ada & co@example.com")
        .direct_sign_in(DirectSignIn::Social("google".into()))
        .prompt([Prompt::Login, Prompt::Consent])
        .max_age(Duration::from_secs(900))
        .ui_locales(["fr-CA", "en"])
        .organization_id("org_1")
        .one_time_token("ott")
        .scope("read:orders")
        .scope("profile")
        .resource("https://other.example")
        .extra("campaign", "x&scope=admin");
    let started = authorize(&client(&server), &options).await.unwrap();
    let query = query(&started.url);
    for (name, value) in [
        ("first_screen", "identifier:sign_in"),
        ("identifier", "email phone"),
        ("login_hint", "ada & co@example.com"),
        ("direct_sign_in", "social:google"),
        ("prompt", "login consent"),
        ("max_age", "900"),
        ("ui_locales", "fr-CA en"),
        ("organization_id", "org_1"),
        ("one_time_token", "ott"),
        ("scope", "openid offline_access profile read:orders"),
        ("campaign", "x&scope=admin"),
    ] {
        assert_eq!(values(&query, name), [value], "{name}");
    }
    assert_eq!(values(&query, "resource"), ["https://api.example", "https://other.example"]);
    assert_eq!(started.scopes.len(), 4);
    assert_eq!(started.resources.len(), 2);
    assert!(!format!("{options:?}").contains("ott\""));
}

#[tokio::test]
async fn organizations_bring_their_resource() {
    let server = Server::start().await;
    let options = SignInOptions::new().scope("urn:logto:scope:organizations");
    let started = authorize(&client(&server), &options).await.unwrap();
    let asked = query(&started.url);
    assert!(values(&asked, "resource").contains(&"urn:logto:resource:organizations"));
}

#[tokio::test]
async fn an_option_that_cannot_be_sent_is_refused_by_name() {
    let server = Server::start().await;
    let client = client(&server);
    let new = SignInOptions::new;
    for (option, options) in [
        ("prompt", new().prompt([Prompt::None, Prompt::Login])),
        ("login_hint", new().login_hint("")),
        ("organization_id", new().organization_id("a b")),
        ("one_time_token", new().one_time_token("")),
        ("ui_locales", new().ui_locales(["fr CA"])),
        ("direct_sign_in", new().direct_sign_in(DirectSignIn::Sso("a b".into()))),
        ("scope", new().scope("a b")),
        ("resource", new().resource("")),
        ("extra", new().extra("", "x")),
    ] {
        match authorize(&client, &options).await {
            Err(Error::InvalidOption { option: named, .. }) => assert_eq!(named, option),
            other => panic!("{option}: {other:?}"),
        }
    }
    for name in [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "resource",
        "request",
        "request_uri",
        "login_hint",
        "first_screen",
        "interaction_mode",
    ] {
        let error = authorize(&client, &new().extra(name, "x")).await.unwrap_err();
        assert!(
            matches!(&error, Error::InvalidOption { option: "extra", why } if why.contains(name)),
            "{error}"
        );
    }
}

/// A link can be written by anybody.
#[tokio::test]
async fn what_a_link_may_ask_for_is_read_and_the_rest_left_out() {
    let server = Server::start().await;
    let client = client(&server);
    let link = [
        ("first_screen", "register"),
        ("identifier", "email username"),
        ("login_hint", "ada@example.com"),
        ("direct_sign_in", "sso:okta"),
        ("ui_locales", "fr en"),
        ("organization_id", "org_1"),
        ("one_time_token", "ott"),
        ("max_age", "60"),
        ("scope", "admin"),
        ("resource", "https://evil.example"),
        ("prompt", "none"),
        ("redirect_uri", "https://evil.example"),
    ];
    let options = link
        .iter()
        .fold(SignInOptions::new(), |options, (name, value)| options.link_parameter(name, value));
    let asked = query(&authorize(&client, &options).await.unwrap().url);
    for (name, value) in &link[..8] {
        assert_eq!(values(&asked, name), [*value], "{name}");
    }
    assert_eq!(values(&asked, "prompt"), ["login consent"]);
    assert_eq!(values(&asked, "resource"), ["https://api.example"]);
    assert_eq!(values(&asked, "redirect_uri"), [callback().as_str()]);
    assert_eq!(values(&asked, "scope"), ["openid offline_access profile"]);

    let plain = query(&authorize(&client, &SignInOptions::new()).await.unwrap().url).len();
    for (name, value) in [
        ("first_screen", "bogus"),
        ("identifier", "email bogus"),
        ("login_hint", ""),
        ("direct_sign_in", "social:"),
        ("direct_sign_in", "password:x"),
        ("ui_locales", "fr_CA"),
        ("organization_id", "a b"),
        ("one_time_token", ""),
        ("max_age", "-1"),
    ] {
        let options = SignInOptions::new().link_parameter(name, value);
        let asked = query(&authorize(&client, &options).await.unwrap().url);
        assert_eq!(asked.len(), plain, "{name}={value}");
    }
}

#[tokio::test]
async fn a_pushed_request_leaves_nothing_but_its_name_in_the_url() {
    let server = Server::start().await;
    let pushed = json!({"request_uri": "urn:ietf:params:oauth:request_uri:1", "expires_in": 60});
    server.answer("/oidc/request", Reply::json(201, &pushed));
    let issuer =
        Issuer::new(settings(&server), Clock::system(), crate::oidc::Observer::default()).unwrap();
    let pushed = ClientSettings { pushed_authorization: true, ..ClientSettings::of_a_test() };
    let client = Oidc::new(Arc::new(issuer), pushed);
    let started = authorize(&client, &SignInOptions::new()).await.unwrap();
    let shown = query(&started.url);
    assert_eq!(values(&shown, "client_id"), [APP]);
    assert_eq!(values(&shown, "request_uri"), ["urn:ietf:params:oauth:request_uri:1"]);
    assert_eq!(shown.len(), 2);
    let received = server.received("/oidc/request");
    let form = received[0].form();
    assert_eq!(values(&form, "state"), [started.verifier.state().reveal()]);
    assert_eq!(values(&form, "redirect_uri"), [callback().as_str()]);
    assert!(received[0].head.to_lowercase().contains("authorization: basic "));

    server.answer("/oidc/request", Reply::json(400, &json!({"error": "invalid_scope"})));
    match authorize(&client, &SignInOptions::new()).await {
        Err(Error::Refused { code, .. }) => assert_eq!(code, "invalid_scope"),
        other => panic!("{other:?}"),
    }
}
