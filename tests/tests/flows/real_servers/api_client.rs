//! An API with a client that others wrote, which discovers everything.

use logto_rocket::{Bearer, Config, Logto, Resource, authenticated, resource};
use logto_rocket_tests::oauth_client::OauthClient;
use logto_rocket_tests::oidc_provider::{MACHINE_ID, MACHINE_SECRET, Provider, ProviderOptions};
use logto_rocket_tests::server::{Server, free_port};
use rocket::serde::json::Json;
use rocket::{get, routes, tokio};
use serde_json::{Value, json};

resource!(Orders = "https://api.example.test/orders");

const METADATA: &str = "https://api.example.test/.well-known/oauth-protected-resource/orders";

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> Json<Value> {
    Json(json!({ "client": caller.client_id(), "scopes": caller.scopes() }))
}

#[authenticated(bearer, resource = Orders, scopes("read:orders", "audit:orders"))]
#[get("/audit")]
fn audit() -> Json<Value> {
    Json(json!({}))
}

#[authenticated(bearer, resource = Orders, max_age = "5m")]
#[get("/fresh")]
fn fresh() -> Json<Value> {
    Json(json!({}))
}

#[rocket::async_test]
async fn a_client_that_knows_only_the_address_of_an_api_gets_a_token_and_understands_each_challenge()
 {
    let (Some(client), Some(provider)) = (OauthClient::find(), provider()) else { return };
    let fairing = Logto::resource_server().config(Config::new().endpoint(provider.origin()));
    let rocket = rocket::build().attach(fairing).mount("/", routes![orders, audit, fresh]);
    let port = free_port();
    let server = Server::launch(rocket, port).await;
    let origin = format!("http://127.0.0.1:{port}");
    let run = tokio::task::spawn_blocking(move || {
        client.run(
            "discover.mjs",
            &[
                ("RESOURCE", Orders::URI),
                ("SERVER", &origin),
                ("CLIENT_ID", MACHINE_ID),
                ("CLIENT_SECRET", MACHINE_SECRET),
            ],
        )
    });
    let printed = run.await.expect("no panic").unwrap_or_else(|report| panic!("{report}"));
    server.stop().await;
    let answers: Vec<Value> =
        printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let refused = |status: u16, parameters: Value, code: &str| {
        let mut parameters = parameters;
        parameters["resource_metadata"] = METADATA.into();
        let problem = format!("urn:logto-rocket:{code}");
        json!({ "status": status, "scheme": "bearer", "parameters": parameters, "problem": problem })
    };
    let let_in =
        json!({ "status": 200, "body": { "client": MACHINE_ID, "scopes": ["read:orders"] } });
    let both = "audit:orders read:orders";
    let expected = [
        json!({ "metadata": {
            "resource": Orders::URI,
            "authorization_servers": [provider.issuer()],
            "scopes_supported": ["audit:orders", "read:orders"],
            "bearer_methods_supported": ["header"],
        }}),
        json!({ "reader": let_in }),
        json!({ "not a token": refused(400, json!({ "error": "invalid_request" }), "invalid_authorization") }),
        json!({ "a token that was changed": refused(401, json!({ "error": "invalid_token" }), "invalid_access_token") }),
        json!({ "without the scope": refused(403, json!({ "error": "insufficient_scope", "scope": both }), "insufficient_scope") }),
        json!({ "a sign-in too long ago": refused(401, json!({ "error": "insufficient_user_authentication", "max_age": "300" }), "insufficient_user_authentication") }),
        json!({ "with the scopes of the challenge": { "status": 200, "body": {} } }),
    ];
    for (answer, expected) in answers.iter().zip(&expected) {
        assert_eq!(answer, expected);
    }
    assert_eq!(answers.len(), expected.len());
}

fn provider() -> Option<Provider> {
    let scopes = "read:orders write:orders audit:orders";
    let resources = vec![(Orders::URI.to_owned(), scopes.to_owned())];
    Provider::start(&ProviderOptions { resources, ..ProviderOptions::default() })
}
