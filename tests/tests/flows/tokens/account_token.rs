//! The user's own access token: for Logto's Account API, user info and token exchange.

use std::time::Duration;

use logto_rocket::testing::Fault;
use logto_rocket::testing::{Builder, Endpoint};
use logto_rocket::{Error, Logto, LogtoUser, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::{fault, http};
use rocket::http::Status;
use rocket::{Route, get, routes};
use serde_json::Value;

resource!(Orders = "https://api.example.test/orders");

/// The text of the token, which a handler never tells a browser, and how long it is good.
#[get("/account-token")]
async fn account_token(user: LogtoUser) -> Result<String, Error> {
    let token = user.account_token().await?;
    assert!(!format!("{token:?} {token:#?}").contains(token.as_str()), "{token:?}");
    assert!(token.claims().is_none(), "it is opaque");
    Ok(token.as_str().to_owned())
}

/// As support staff does: the new token names who acts.
#[get("/act-for/<subject_token>")]
async fn act_for(user: LogtoUser, logto: &Logto, subject_token: &str) -> Result<String, Error> {
    let actor = user.account_token().await?;
    let exchange = logto.exchange_token(subject_token).actor_token(actor.as_str());
    let token = exchange.resource(Orders).scope("read:orders").send().await?;
    Ok(token.as_str().to_owned())
}

fn all_routes() -> Vec<Route> {
    routes![account_token, act_for]
}

async fn app() -> App {
    let provider = |provider: Builder| provider.token_exchange(true);
    App::builder().provider(provider).routes(all_routes()).start().await
}

/// Whom an opaque access token is honoured for, at the provider.
async fn owner(app: &App, token: &str) -> Option<Value> {
    let request = http::client().get(format!("{}/oidc/me", app.idp.endpoint())).bearer_auth(token);
    let answer = request.send().await.expect("an answer");
    let claims = answer.status().is_success().then(async || answer.text().await);
    let claims = claims?.await.expect("a body");
    Some(serde_json::from_str::<Value>(&claims).expect("claims")["sub"].clone())
}

#[rocket::async_test]
async fn it_is_the_users_and_comes_from_memory_until_it_expires() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    let first = alice.open("/account-token").await.body;
    assert_eq!(owner(&app, &first).await, app.idp.user_id("alice").map(Value::from));
    app.clock.advance(Duration::from_secs(3480));
    assert_eq!(alice.open("/account-token").await.body, first);
    assert_eq!(app.idp.requests().token(), 0, "the sign-in has brought it");
    app.clock.advance(Duration::from_secs(80));
    let second = alice.open("/account-token").await.body;
    assert_ne!(second, first);
    assert_eq!(app.refreshes(), 1);
    assert_eq!(owner(&app, &second).await, app.idp.user_id("alice").map(Value::from));
}

#[rocket::async_test]
async fn it_names_who_acts_in_a_token_exchange() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let app = app().await;
    let mut bob = app.signed_in("bob").await;
    let subject = app.idp.subject_token("alice").unwrap();
    let token = bob.open(&format!("/act-for/{subject}")).await;
    assert_eq!(token.status, Status::Ok, "{token:?}");
    let payload = token.body.split('.').nth(1).expect("a JWT");
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(claims["sub"], app.idp.user_id("alice").unwrap());
    assert_eq!(claims["act"]["sub"], app.idp.user_id("bob").unwrap());
}

#[rocket::async_test]
async fn its_errors_are_those_of_other_access_tokens() {
    let app = app().await;
    let expired = Duration::from_secs(3600);
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(expired);
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    let away = alice.open("/account-token").await;
    assert_eq!(away.status, Status::ServiceUnavailable, "{away:?}");
    assert!(away.header("Retry-After").is_some());
    app.idp.heal();
    app.clock.advance(Duration::from_secs(30));
    assert_eq!(alice.open("/account-token").await.status, Status::Ok);

    app.clock.advance(expired);
    app.idp.fault(Endpoint::Token, fault::json(400, r#"{"error":"invalid_grant"}"#)).for_ever();
    let over = alice.open("/account-token").await;
    assert_eq!(over.location(), "/auth/sign-in?return_to=%2Faccount-token", "the session is over");
}
