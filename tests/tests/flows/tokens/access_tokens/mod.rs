//! Access tokens for handlers: for API resources, organizations and both, by method and by guard.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

mod audiences;
mod declarations;
mod guard;
mod named;
mod renewal;

use std::time::{Duration, UNIX_EPOCH};

use logto_rocket::testing::{Builder, User};
use logto_rocket::{
    AccessToken, Config, Error, LogtoUser, Refusal, Resource, Token, authenticated, resource,
};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser};
use rocket::http::Status;
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::serde::json::{Json, Value, json};
use rocket::{Route, get, routes};

const ORGANIZATIONS: &str = "urn:logto:scope:organizations";

resource!(Orders = "https://api.example.test/orders");
resource!(Stock = "https://api.example.test/stock");
resource!(Nowhere = "https://api.example.test/nowhere");

/// A token as JSON, for the test to look at.
fn shown(token: &Token) -> Json<Value> {
    let claims = token.claims().expect("a JWT");
    let expires_at = token.expires_at().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    assert_eq!(claims.scopes, token.scopes());
    // One is reckoned from the arrival of Logto's answer, the other from its making.
    let later = claims.exp.and_then(|exp| expires_at.checked_sub(exp)).expect("not before `exp`");
    assert!(later < 60, "{later} seconds after `exp`");
    assert!(claims.jti.is_some());
    Json(json!({
        "sub": claims.sub,
        "client_id": claims.client_id,
        "aud": claims.audience,
        "organization_id": claims.organization_id,
        "scopes": token.scopes(),
        "iat": claims.iat,
        "expires_at": expires_at,
        "plan": claims.get::<String>("plan").expect("a text"),
        "text": token.as_str(),
    }))
}

#[get("/token/orders")]
async fn orders(user: LogtoUser) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token(Orders).await?))
}

#[get("/token/stock")]
async fn stock(user: LogtoUser) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token(Stock).await?))
}

#[get("/token/nowhere")]
async fn nowhere(user: LogtoUser) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token(Nowhere).await?))
}

#[get("/token/orders/of?<org>")]
async fn orders_of(user: LogtoUser, org: &str) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token_for(Orders, org).await?))
}

#[get("/token/organization?<org>")]
async fn organization(user: LogtoUser, org: &str) -> Result<Json<Value>, Error> {
    Ok(shown(&user.organization_token(org).await?))
}

#[get("/token/organizations")]
async fn organizations(user: LogtoUser) -> Json<Vec<(String, Option<Value>)>> {
    let tokens = user.organization_tokens().await.into_iter();
    let shown = tokens.map(|(id, token)| (id.to_owned(), token.ok().map(|token| shown(&token).0)));
    Json(shown.collect())
}

#[get("/why/nowhere")]
async fn why_nowhere(user: LogtoUser) -> String {
    why(user.access_token(Nowhere).await)
}

#[get("/why/orders/of?<org>")]
async fn why_orders_of(user: LogtoUser, org: &str) -> String {
    why(user.access_token_for(Orders, org).await)
}

#[get("/why/organization?<org>")]
async fn why_organization(user: LogtoUser, org: &str) -> String {
    why(user.organization_token(org).await)
}

fn why(token: Result<Token, Error>) -> String {
    token.map_or_else(|error| error.to_string(), |_| "a token".into())
}

#[get("/guard/orders")]
fn guarded(token: AccessToken<Orders>) -> Json<Value> {
    shown(&token)
}

#[get("/guard/orders/maybe")]
fn guarded_maybe(token: Option<AccessToken<Orders>>) -> String {
    token.map_or("none".into(), |token| format!("{token:?}"))
}

#[get("/guard/orders/why")]
fn guarded_why(token: Result<AccessToken<Orders>, Refusal>) -> String {
    token.map_or_else(|refusal| format!("{refusal:?}"), |_| "some".into())
}

#[get("/guard/stock")]
fn guarded_stock(token: AccessToken<Stock>) -> Json<Value> {
    shown(&token)
}

#[get("/clear")]
fn clear(user: LogtoUser) {
    user.clear_access_tokens();
}

#[get("/scopes")]
fn scopes(user: LogtoUser) -> String {
    user.scopes().join(" ")
}

/// A guard of an application that has the user confirmed.
struct Confirmed {
    before: Vec<String>,
    confirmed: Vec<String>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Confirmed {
    type Error = String;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, String> {
        let user = request.guard::<&LogtoUser>().await;
        let user = try_outcome!(user.map_error(|(status, refusal)| (status, refusal.to_string())));
        match user.refresh().await {
            Ok(confirmed) => Outcome::Success(Self {
                before: user.roles().to_vec(),
                confirmed: confirmed.roles().to_vec(),
            }),
            Err(error) => Outcome::Error((Status::BadGateway, error.to_string())),
        }
    }
}

#[get("/confirmed")]
fn confirmed(
    before: &LogtoUser,
    confirmed: Confirmed,
    after: &LogtoUser,
    own: LogtoUser,
) -> String {
    let all = [before.roles(), &confirmed.before, &confirmed.confirmed, after.roles(), own.roles()];
    all.map(|roles| roles.join(" ")).join(",")
}

#[get("/confirmed/then")]
fn confirmed_then(confirmed: Option<Confirmed>, user: Option<LogtoUser>) -> String {
    let _ = confirmed;
    user.map_or("not signed in", |_| "signed in").into()
}

#[get("/refresh")]
async fn refresh(user: LogtoUser) -> Result<String, Error> {
    Ok(user.refresh().await?.roles().join(" "))
}

#[authenticated(role = "admin")]
#[get("/roles")]
fn roles(user: LogtoUser) -> String {
    user.roles().join(" ")
}

fn methods() -> Vec<Route> {
    let tokens = routes![orders, stock, nowhere, orders_of, organization, organizations];
    let whys = routes![why_nowhere, why_orders_of, why_organization];
    [tokens, whys, routes![clear, scopes, refresh, confirmed, confirmed_then, roles]].concat()
}

fn with_guards() -> Vec<Route> {
    [methods(), routes![guarded, guarded_maybe, guarded_why, guarded_stock]].concat()
}

/// Alice has a role on orders, and is in two organizations; Bob has no role and is in none.
fn provider(provider: Builder) -> Builder {
    let alice = User::new("alice").role("admin").role("auditor");
    let alice = alice.organization("org_1", ["org-admin"]).organization("org_2", ["clerk"]);
    provider
        .user(alice)
        .user(User::new("bob"))
        .resource(Orders::URI, &["read:orders", "write:orders"])
        .resource(Stock::URI, &["count"])
        .role("admin", Orders::URI, &["read:orders"])
        .organization_role("org-admin", &["invite:member"])
        .organization_role_on("org-admin", Orders::URI, &["write:orders"])
        .organization_role_on("clerk", Stock::URI, &["count"])
}

fn config(config: Config) -> Config {
    let scopes = ["roles", "read:orders", "write:orders", "invite:member", ORGANIZATIONS];
    config.scopes(scopes).resources([Orders::URI]).timeout(Duration::from_secs(1))
}

async fn app() -> App {
    App::builder().provider(provider).config(config).routes(methods()).start().await
}

async fn app_with_guards() -> App {
    App::builder().provider(provider).config(config).routes(with_guards()).start().await
}

/// An application that asks Logto for orders, but not for organizations.
async fn app_without_organizations() -> App {
    let config = |config: Config| config.scopes(["roles"]).resources([Orders::URI]);
    App::builder().provider(provider).config(config).routes(methods()).start().await
}

fn json_of(answer: &Answer) -> Value {
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    rocket::serde::json::from_str(&answer.body).expect("JSON")
}

async fn token(browser: &mut Browser<'_>, path: &str) -> Value {
    json_of(&browser.open(path).await)
}
