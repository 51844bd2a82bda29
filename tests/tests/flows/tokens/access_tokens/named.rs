//! API resources that are known only at run time: they are named by a text.

use logto_rocket::testing::{self, User};
use logto_rocket::{Config, Error, LogtoUser, Resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::uri::encoded;
use rocket::http::Status;
use rocket::serde::json::{Json, Value};
use rocket::{get, routes};

use super::{Nowhere, ORGANIZATIONS, Orders, json_of, provider, shown};

#[get("/named?<uri>")]
async fn named(user: LogtoUser, uri: String) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token(&uri).await?))
}

#[get("/named/of?<uri>&<org>")]
async fn named_of(user: LogtoUser, uri: &str, org: &str) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token_for(uri, org).await?))
}

#[get("/named/scopes?<uri>")]
async fn scopes_of(user: LogtoUser, uri: String) -> Result<String, Error> {
    Ok(user.access_token(uri).await?.scopes().join(" "))
}

async fn app() -> App {
    let config =
        |config: Config| config.resources([Orders::URI]).scopes(["read:orders", ORGANIZATIONS]);
    App::builder()
        .provider(provider)
        .config(config)
        .routes(routes![named, named_of, scopes_of])
        .start()
        .await
}

#[rocket::async_test]
async fn a_text_names_a_resource_of_the_configuration_and_no_other() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let orders = encoded(Orders::URI);
    let token = alice.open(&format!("/named?uri={orders}")).await;
    assert_eq!(json_of(&token)["aud"][0], Orders::URI);
    assert_eq!(json_of(&token)["scopes"][0], "read:orders");
    let within = alice.open(&format!("/named/of?uri={orders}&org=org_1")).await;
    assert_eq!(json_of(&within)["organization_id"], "org_1");
    app.idp.forget_requests();
    for other in [Nowhere::URI, "", "orders", "https://api.example.test/orders/", "a b\nc"] {
        let refused = alice.open(&format!("/named?uri={}", encoded(other))).await;
        assert_eq!(refused.status, Status::InternalServerError, "{other}: {refused:?}");
    }
    assert_eq!(app.refreshes(), 0, "Logto is not asked");
}

#[rocket::async_test]
async fn a_session_of_a_test_has_a_token_for_a_resource_that_a_text_names() {
    let app = app().await;
    let alice = User::new("alice").access_token(Orders::URI.to_owned(), ["read:orders"]);
    let alice = testing::sign_in(&app.client, alice).await.unwrap();
    let uri = format!("/named/scopes?uri={}", encoded(Orders::URI));
    let answer = app.client.get(uri).cookies(alice).dispatch().await;
    assert_eq!(answer.into_string().await.as_deref(), Some("read:orders"));
}
