//! The guards of a signed-in user.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use rocket::http::Header;
use rocket::serde::Deserialize;
use rocket::{get, routes};

use super::{App, Orders, Stock, answer, said};
use crate::request::tests::config;
use crate::testing::User;
use crate::{AccessToken, ClaimsAs, Logto, LogtoUser, Refusal};

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Plan {
    plan: String,
}

#[get("/owned")]
fn owned(user: LogtoUser) -> String {
    user.id().into()
}

#[get("/borrowed")]
fn borrowed(user: &LogtoUser) -> String {
    user.id().into()
}

#[get("/resulting")]
fn resulting(user: Result<LogtoUser, Refusal>) -> String {
    user.map_or_else(|refusal| format!("{refusal:?}"), |user| user.id().into())
}

#[get("/plan")]
fn plan(plan: ClaimsAs<Plan>) -> String {
    plan.0.plan
}

#[get("/token")]
fn token(token: AccessToken<Orders>) -> String {
    format!("{:?} {:?}", token.scopes(), token)
}

#[get("/stock")]
fn stock(token: Result<AccessToken<Stock>, Refusal>) -> String {
    token.map_or_else(|refusal| format!("{refusal:?}"), |token| token.as_str().to_owned())
}

#[get("/logto")]
fn logto(logto: &Logto) -> String {
    logto.sign_out_uri()
}

async fn app() -> App {
    App::start(routes![owned, borrowed, resulting, plan, token, stock, logto]).await
}

#[rocket::async_test]
async fn every_guard_gives_the_user_of_the_session_and_refuses_nobody() {
    let app = app().await;
    let alice = User::new("alice").with_id("alice").claim("plan", "pro");
    let alice = app.session(alice.access_token(Orders, ["read:orders"])).await;
    for path in ["/owned", "/borrowed", "/resulting"] {
        assert_eq!(app.get(path, &alice).await, said("alice"), "{path}");
    }
    assert_eq!(app.get("/plan", &alice).await, said("pro"));
    for path in ["/owned", "/borrowed", "/plan", "/token"] {
        assert_eq!(app.get(path, &[]).await, (401, None), "{path}");
    }
    assert_eq!(app.get("/resulting", &[]).await, said("NotSignedIn"));
    for cookies in [&alice[..], &[]] {
        assert_eq!(app.get("/logto", cookies).await, said("/auth/sign-out"));
    }
}

#[get("/host")]
fn host(logto: &Logto) -> String {
    logto.host().index().to_string()
}

#[rocket::async_test]
async fn the_client_is_that_of_the_host_of_the_request() {
    let config = config().base_urls(["https://a.example", "https://b.example"]);
    let app = App::with(config, routes![host]).await;
    for (name, number) in [("a.example", "0"), ("b.example", "1")] {
        let request = app.client.get("/host").header(Header::new("Host", name));
        assert_eq!(answer(request.dispatch().await).await, said(number), "{name}");
    }
}

#[rocket::async_test]
async fn claims_that_do_not_fit_are_forbidden() {
    let app = app().await;
    let bob = app.session(User::new("bob")).await;
    assert_eq!(app.get("/plan", &bob).await, (403, None));
    let odd = app.session(User::new("carol").claim("plan", 7)).await;
    assert_eq!(app.get("/plan", &odd).await, (403, None));
}

#[rocket::async_test]
async fn an_access_token_is_for_the_resource_of_its_type() {
    let app = app().await;
    let alice = app.session(User::new("alice").access_token(Orders, ["read:orders"])).await;
    let (status, text) = app.get("/token", &alice).await;
    let text = text.expect("a text");
    assert_eq!(status, 200);
    assert!(text.starts_with("[\"read:orders\"] AccessToken("), "{text}");
    assert!(!text.contains("eyJ"), "{text}: `Debug` shows no token");
    // The session has no token for the other resource, and no refresh token to get one.
    let (status, text) = app.get("/stock", &alice).await;
    let text = text.expect("a text");
    assert_eq!(status, 200);
    assert!(text.starts_with("Misconfigured(") && text.contains("no refresh token"), "{text}");
}
