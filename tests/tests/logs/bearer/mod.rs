//! What an API logs that programs call with access tokens.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

mod secrets;
mod sessions;

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Idp, Tamper};
use logto_rocket::{
    Bearer, Clock, Config, Logto, Resource as _, ResourceServerFairing, authenticated, resource,
};
use logto_rocket_tests::app::figment;
use logto_rocket_tests::fault::json as json_answer;
use logto_rocket_tests::http;
use logto_rocket_tests::log::Log;
use rocket::http::{Header, Status};
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, Route, get, routes};
use serde_json::{Value, json};

resource!(pub Orders = "https://api.example.com/orders");
resource!(pub Stock = "https://stock.example.com");

/// A claim that a JWT customizer adds.
const CLAIM: &str = "a-claim-that-is-never-logged";

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    format!("{caller:?} {caller:#?}")
}

#[authenticated(bearer, resource = Orders, scopes("read:orders", "audit:orders"))]
#[get("/all")]
fn all() {}

#[authenticated(bearer, resource = Stock, machine)]
#[get("/stock")]
fn stock() {}

#[authenticated(bearer, organization = "<_org>")]
#[get("/orgs/<_org>")]
fn organization(_org: &str) {}

fn api(fairing: ResourceServerFairing, routes: Vec<Route>) -> Rocket<Build> {
    rocket::custom(figment()).mount("/", routes).attach(fairing)
}

fn fairing(endpoint: &str) -> ResourceServerFairing {
    Logto::resource_server().config(Config::new().endpoint(endpoint))
}

async fn provider(clock: &Clock) -> Idp {
    let builder = Idp::builder().resource(Orders::URI, &["read:orders"]).clock(clock.clone());
    let machine = [(Orders::URI, &["read:orders"][..])];
    builder.machine("m2m", "secret", machine).start().await.expect("a provider")
}

/// A token of the provider, in which something is changed.
async fn token(idp: &Idp, tamper: Option<Tamper>) -> String {
    idp.heal();
    idp.tamper_access_tokens(Tamper::claim("own", CLAIM));
    if let Some(tamper) = tamper {
        idp.tamper_access_tokens(tamper);
    }
    let form =
        [("grant_type", "client_credentials"), ("resource", Orders::URI), ("scope", "read:orders")];
    let request = http::client().post(format!("{}/oidc/token", idp.endpoint()));
    let request = http::form(request.basic_auth("m2m", Some("secret")), &form);
    let answer = request.send().await.expect("an answer").text().await.expect("a body");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    idp.heal();
    answer["access_token"].as_str().expect("a token").to_owned()
}

#[rocket::async_test]
async fn an_opaque_token_is_warned_about_once_with_the_remedy() {
    let log = Log::alone().await;
    let api = api(fairing("http://127.0.0.1:9"), routes![orders]);
    let client = Client::untracked(api).await.expect("a launch");
    let present = async |token: &str| {
        let header = Header::new("Authorization", format!("Bearer {token}"));
        client.get("/orders").header(header).dispatch().await.status()
    };
    let opaque = || log.ours().matches("token that is not a JWT").count();
    for malformed in ["a.b.c", "..", "a.b"] {
        assert_eq!(present(malformed).await, Status::Unauthorized);
    }
    assert_eq!(opaque(), 0, "{}", log.ours());
    for number in 0..20 {
        let token = format!("opaque-token-{number}");
        assert_eq!(present(&token).await, Status::Unauthorized);
        assert!(!log.ours().contains(&token), "{}", log.ours());
    }
    assert_eq!(opaque(), 1, "{}", log.ours());
    for part in ["the parameter `resource`", "for the API resource", "refused"] {
        assert!(log.ours().contains(part), "{part} is not in {}", log.ours());
    }
}

#[rocket::async_test]
async fn the_launch_of_an_api_lists_what_tokens_it_needs_and_where_its_metadata_is() {
    let log = Log::alone().await;
    let routes = routes![orders, all, stock, organization];
    let api = api(fairing("http://127.0.0.1:9"), routes);
    let _client = Client::untracked(api).await.expect("a launch");
    let lines = log.launch();
    for line in [
        "issuer: http://127.0.0.1:9/oidc",
        "access tokens are verified; users do not sign in to this application",
        "access tokens are for the resources: https://api.example.com/orders \
         https://stock.example.com",
        "metadata of a protected resource: \
         https://api.example.com/.well-known/oauth-protected-resource/orders",
        "metadata of a protected resource: \
         https://stock.example.com/.well-known/oauth-protected-resource",
    ] {
        assert!(lines.iter().any(|logged| logged == line), "{line} is not in {lines:#?}");
    }
    for (path, parts) in [
        ("/orders", &["bearer", "resource = Orders", "read:orders"][..]),
        ("/all", &["bearer", "resource = Orders", "read:orders", "audit:orders"]),
        ("/stock", &["bearer", "resource = Stock", "machine"]),
        ("/orgs/<_org>", &["bearer", "organization = \"<_org>\""]),
    ] {
        let line = lines.iter().find(|line| line.starts_with(&format!("GET {path}: ")));
        let line = line.unwrap_or_else(|| panic!("{path} is not in {lines:#?}"));
        for part in parts {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }
    for absent in ["redirect URI", "sessions:", "back-channel"] {
        assert!(!lines.iter().any(|line| line.contains(absent)), "{absent} is in {lines:#?}");
    }
    assert_eq!(log.ours().matches("Config").count(), 0, "{}", log.ours());
}

/// Logto can be told to sign with ES512, which the crypto library does not verify for a JWT.
#[rocket::async_test]
async fn a_key_that_verifies_nothing_here_is_warned_about_once_with_the_keys_to_choose() {
    let log = Log::alone().await;
    let clock = Clock::frozen();
    let idp = provider(&clock).await;
    let number = "A".repeat(88);
    let p521 =
        json!({"kty": "EC", "crv": "P-521", "kid": "p521", "use": "sig", "x": number, "y": number});
    let good = token(&idp, None).await;
    let other = token(&idp, Some(Tamper::header("kid", "another"))).await;
    let es512 = token(&idp, Some(Tamper::header("alg", "ES512"))).await;

    let published = |keys: Vec<Value>| {
        idp.heal();
        idp.fault(Endpoint::Keys, json_answer(200, json!({ "keys": keys }).to_string())).for_ever();
    };
    let launch = || {
        let api = api(fairing(idp.endpoint()).clock(clock.clone()), routes![orders]);
        async { Client::untracked(api).await.expect("a launch") }
    };
    let present = async |client: &Client, token: &str| {
        let header = Header::new("Authorization", format!("Bearer {token}"));
        client.get("/orders").header(header).dispatch().await.status()
    };
    let mut beside = idp.jwks()["keys"].as_array().expect("keys").clone();
    beside.push(p521.clone());
    for (keys, expected) in [(beside, Status::Ok), (vec![p521], Status::ServiceUnavailable)] {
        let before = log.ours().len();
        published(keys);
        let client = launch().await;
        for _ in 0..3 {
            assert_eq!(present(&client, &good).await, expected);
            assert_eq!(present(&client, &es512).await, Status::Unauthorized);
            present(&client, &other).await;
            clock.advance(Duration::from_secs(31));
        }
        let logged = log.ours().split_off(before);
        assert_eq!(logged.matches("P-521").count(), 1, "{logged}");
        for part in ["ES512", "RSA", "P-384"] {
            assert!(logged.contains(part), "{part} is not in {logged}");
        }
        drop(client);
    }
}
