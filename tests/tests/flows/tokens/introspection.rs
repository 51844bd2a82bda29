//! Introspection: what Logto knows of an opaque token, and whose it is.

use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault, Idp};
use logto_rocket::{Call, Config, Error, Logto};
use logto_rocket_tests::app::{App, ORIGIN, config_for, launch, logto_of};
use logto_rocket_tests::oidc_provider::{
    CLIENT_ID, CLIENT_SECRET, MACHINE_ID, MACHINE_SECRET, Provider, ProviderOptions,
};
use logto_rocket_tests::{fault, http};
use rocket::http::Status;
use rocket::serde::json::{Value, from_str};
use rocket::{post, routes};

#[post("/check", data = "<token>")]
async fn check(token: &str, logto: &Logto) -> Result<String, Error> {
    let token = logto.introspect(token).await?;
    Ok(if token.is_ours() { token.sub().unwrap_or_default().to_owned() } else { "not ours".into() })
}

async fn app() -> App {
    let provider = |provider: Builder| {
        provider.token_exchange(true).app("test_app", "test_secret").app("b", "b")
    };
    App::builder().provider(provider).routes(routes![check]).start().await
}

/// An opaque access token of alice's for an application.
async fn opaque(logto: &Logto, idp: &Idp) -> String {
    let exchange = logto.exchange_token(idp.subject_token("alice").unwrap());
    exchange.scopes(["openid", "profile"]).send().await.unwrap().as_str().to_owned()
}

async fn checked(app: &App, token: &str) -> (Status, String) {
    let answer = app.client.post("/check").body(token).dispatch().await;
    (answer.status(), answer.into_string().await.unwrap_or_default())
}

#[rocket::async_test]
async fn a_token_comes_with_its_user_its_application_and_its_scopes() {
    let app = app().await;
    let token = opaque(app.logto(), &app.idp).await;
    let known = app.logto().introspect(&token).await.unwrap();
    assert!(known.is_active() && known.is_ours());
    assert_eq!(known.sub(), app.idp.user_id("alice").as_deref());
    assert_eq!(known.client_id(), Some(app.idp.app_id()));
    assert_eq!(known.issuer(), Some(app.idp.issuer().as_str()));
    assert_eq!(known.scopes(), ["openid", "profile"]);
    assert!(known.has_scope("openid") && !known.has_scope("open"));
    assert_eq!(known.expires_at(), known.issued_at().map(|at| at + 3600));
    assert_eq!(known.token_type(), Some("Bearer"));
    assert!(known.audience().is_empty() && known.claim("active").is_none());
    assert_eq!(checked(&app, &token).await, (Status::Ok, app.idp.user_id("alice").unwrap()));
}

#[rocket::async_test]
async fn other_texts_and_expired_tokens_are_not_active() {
    let app = app().await;
    let old = opaque(app.logto(), &app.idp).await;
    app.clock.advance(Duration::from_secs(3600));
    for garbage in ["abc", "", " ", "a.b", "é&active=true", &"x".repeat(5000), &old] {
        let known = app.logto().introspect(garbage).await.unwrap();
        assert!(!known.is_active() && !known.is_ours(), "{garbage}: {known:?}");
        assert_eq!((known.sub(), known.client_id(), known.expires_at()), (None, None, None));
        assert!(known.scopes().is_empty());
    }
    assert_eq!(checked(&app, &old).await, (Status::Ok, "not ours".into()));
}

#[rocket::async_test]
async fn a_token_of_another_application_is_active_but_not_ours() {
    let app = app().await;
    let config = config_for(&app.idp).app_id("b").app_secret("b");
    let other = launch(&app.clock, config, Vec::new()).await;
    let token = opaque(logto_of(&other), &app.idp).await;
    let known = app.logto().introspect(&token).await.unwrap();
    assert!(known.is_active() && !known.is_ours());
    assert_eq!(known.client_id(), Some("b"));
    assert_eq!(checked(&app, &token).await, (Status::Ok, "not ours".into()));
}

#[rocket::async_test]
async fn a_jwt_is_an_error_that_says_why() {
    let app = app().await;
    let error = app.logto().introspect("a.b.c").await.unwrap_err();
    assert!(error.to_string().contains("verify its signature"), "{error}");
    let (call, code) = (Call::Introspection, "unsupported_token_type".to_owned());
    assert!(is_refusal(&error, call, &code), "{error}");
    assert_eq!(checked(&app, "a.b.c").await.0, Status::BadGateway);
}

#[rocket::async_test]
async fn an_invalid_answer_is_an_error() {
    let app = app().await;
    let token = opaque(app.logto(), &app.idp).await;
    let ours = r#""client_id":"test_app","sub":"alice""#;
    for (status, body) in [
        (200, "{}".to_owned()),
        (200, format!("{{{ours}}}")),
        (200, format!(r#"{{"active":"true",{ours}}}"#)),
        (200, format!(r#"{{"active":1,{ours}}}"#)),
        (200, format!(r#"{{"active":true,"exp":"never",{ours}}}"#)),
        (200, "<html>It works!</html>".into()),
        (201, format!(r#"{{"active":true,{ours}}}"#)),
        (302, String::new()),
        (404, String::new()),
    ] {
        app.idp.fault(Endpoint::Introspection, fault::json(status, body.clone()));
        let error = app.logto().introspect(&token).await.unwrap_err();
        let bad = matches!(error, Error::BadAnswer { call: Call::Introspection, .. });
        assert!(bad, "{status} {body}: {error}");
    }
    app.idp.fault(Endpoint::Introspection, Fault::Status(503));
    assert_eq!(checked(&app, &token).await.0, Status::ServiceUnavailable);
    assert_eq!(checked(&app, &token).await.0, Status::Ok, "each call asks Logto");
}

#[rocket::async_test]
async fn times_with_a_fraction_are_rounded_down() {
    let app = app().await;
    let token = opaque(app.logto(), &app.idp).await;
    let body = r#"{"active":true,"client_id":"test_app","exp":1900000000.9,"iat":1.7e9}"#;
    app.idp.fault(Endpoint::Introspection, fault::json(200, body.to_owned()));
    let known = app.logto().introspect(&token).await.unwrap();
    assert_eq!(known.expires_at(), Some(1_900_000_000));
    assert_eq!(known.issued_at(), Some(1_700_000_000));
}

#[rocket::async_test]
async fn a_wrong_secret_is_refused() {
    let app = app().await;
    let config = config_for(&app.idp).app_secret("nope");
    let wrong = launch(&app.clock, config, Vec::new()).await;
    let error = logto_of(&wrong).introspect("abc").await.unwrap_err();
    let (call, code) = (Call::Introspection, "invalid_client".to_owned());
    assert!(is_refusal(&error, call, &code), "{error}");
}

#[rocket::async_test]
async fn oidc_provider_answers_the_same() {
    let Some(provider) = Provider::start(&ProviderOptions::default()) else { return };
    let token = machines_token(&provider, "").await;
    let jwt = machines_token(&provider, "&resource=https://orders.example.test").await;
    for (id, secret) in [(CLIENT_ID, CLIENT_SECRET), (MACHINE_ID, MACHINE_SECRET)] {
        let config = Config::new()
            .endpoint(provider.origin())
            .app_id(id)
            .app_secret(secret)
            .base_url(ORIGIN);
        let client = launch(&logto_rocket::Clock::movable(), config, Vec::new()).await;
        let logto = logto_of(&client);
        let known = logto.introspect(&token).await.unwrap();
        assert!(known.is_active(), "{known:?}");
        assert_eq!((known.client_id(), known.is_ours()), (Some(MACHINE_ID), id == MACHINE_ID));
        assert!(!logto.introspect("abc").await.unwrap().is_active());
        let error = logto.introspect(&jwt).await.unwrap_err();
        let (call, code) = (Call::Introspection, "unsupported_token_type".to_owned());
        assert!(is_refusal(&error, call, &code), "{error}");
    }
}

/// A token of the machine's own, opaque without a resource.
async fn machines_token(provider: &Provider, more: &str) -> String {
    let request = http::client().post(format!("{}/token", provider.issuer()));
    let request = request.basic_auth(MACHINE_ID, Some(MACHINE_SECRET));
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let answer = request.body(format!("grant_type=client_credentials{more}")).send().await.unwrap();
    let answer: Value = from_str(&answer.text().await.unwrap()).unwrap();
    answer["access_token"].as_str().expect("a token").to_owned()
}

fn is_refusal(error: &Error, at: Call, with: &str) -> bool {
    matches!(error, Error::Refused { call, code, .. } if *call == at && code == with)
}
