//! `signing_algorithm`: the one algorithm that tokens may be signed by.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use std::time::Duration;

use logto_rocket::testing::{self, Idp, Signing};
use logto_rocket::{Bearer, Config, Logto, Resource, authenticated, resource};
use logto_rocket_tests::app::{App, config_for, figment};
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::http;
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{get, routes};
use serde_json::Value;

resource!(Orders = "https://api.example.test/orders");

async fn app(pinned: &'static str) -> App {
    let config = |config: Config| config.signing_algorithm(pinned);
    App::builder().provider(|provider| provider.session_required(true)).config(config).start().await
}

#[rocket::async_test]
async fn an_id_token_by_another_algorithm_signs_nobody_in() {
    let app = app("RS256").await;
    let mut alice = app.browser();
    let answer = app.sign_in(&mut alice, "alice", "/").await;
    assert_eq!(answer.status, Status::BadGateway, "{answer:?}");
    assert!(answer.body.contains("<code>invalid_token</code>"), "{answer:?}");
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn one_by_the_pinned_algorithm_is_accepted_until_the_issuer_changes_it() {
    let app = app("ES384").await;
    let mut alice = app.signed_in("alice").await;
    app.idp.rotate_keys(Signing::Rs256).unwrap();
    let mut bob = app.browser();
    assert_eq!(app.sign_in(&mut bob, "bob", "/").await.status, Status::BadGateway);
    let token = app.idp.logout_token("alice").unwrap();
    let answer = app.post_logout_token(&token).await;
    assert_eq!(answer.status, Status::BadRequest, "{answer:?}");
    assert!(alice.is_signed_in().await);
}

#[rocket::async_test]
async fn a_renewal_by_another_algorithm_confirms_nothing() {
    let app = app("ES384").await;
    let mut alice = app.signed_in("alice").await;
    app.idp.rotate_keys(Signing::Rs256).unwrap();
    app.clock.advance(Duration::from_secs(23 * 3600));
    assert!(alice.is_signed_in().await, "as long as `session.max_stale` lasts");
    app.clock.advance(Duration::from_secs(3600));
    assert_eq!(alice.open("/account").await.status, Status::ServiceUnavailable);
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    caller.subject().into()
}

/// What an API says to an access token of the provider, with the algorithm pinned.
async fn answer_of_an_api(idp: &Idp, pinned: &str, has_sign_in: bool) -> Answer {
    let rocket = rocket::custom(figment()).mount("/", routes![orders]);
    let config = config_for(idp).signing_algorithm(pinned);
    let rocket = if has_sign_in {
        rocket.attach(Logto::fairing().config(config))
    } else {
        rocket.attach(Logto::resource_server().config(config))
    };
    let client = Client::untracked(rocket).await.expect("a launch");
    let authorization = format!("Bearer {}", access_token(idp).await);
    let headers = [("Authorization", &*authorization)];
    let answer = Browser::new(&client).request(Method::Get, "/orders", &headers, "").await;
    let of_the_test = testing::bearer(&client).unwrap().resource(Orders).scopes(["read:orders"]);
    let authorization = format!("Bearer {}", of_the_test.text());
    let headers = [("Authorization", &*authorization)];
    let own = Browser::new(&client).request(Method::Get, "/orders", &headers, "").await;
    assert_eq!(own.status, Status::Ok, "a test's own tokens are no token of the issuer's");
    answer
}

async fn access_token(idp: &Idp) -> String {
    let url = format!("{}/oidc/token", idp.endpoint());
    let request = http::client().post(url).basic_auth("machine", Some("s"));
    let grant = ("grant_type", "client_credentials");
    let fields = [grant, ("resource", Orders::URI), ("scope", "read:orders")];
    let answer = http::form(request, &fields).send().await.expect("an answer");
    let answer: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
    answer["access_token"].as_str().expect("a token").to_owned()
}

#[rocket::async_test]
async fn an_access_token_by_another_algorithm_is_refused_with_and_without_sign_ins() {
    let scopes = [(Orders::URI, &["read:orders"][..])];
    for (signing, other) in [(Signing::Es384, "RS256"), (Signing::Rs256, "ES384")] {
        let idp = Idp::builder().signing(signing).machine("machine", "s", scopes);
        let idp = idp.start().await.unwrap();
        for has_sign_in in [true, false] {
            let answer = answer_of_an_api(&idp, signing.name(), has_sign_in).await;
            assert_eq!((answer.status, &*answer.body), (Status::Ok, "machine"));
            let answer = answer_of_an_api(&idp, other, has_sign_in).await;
            assert_eq!(answer.status, Status::Unauthorized, "{answer:?}");
            assert_eq!(answer.problem()["type"], "urn:logto-rocket:invalid_access_token");
        }
    }
}
