//! The client against a server that answers as a test wants.

mod bounds;
mod discovery;
mod id_tokens;
mod outage;
mod requests;
mod server;
mod sign_in;
mod signatures;
mod signing;

use std::time::Duration;

use serde_json::{Value, json};

use super::{AccessToken, ClientSecret, Expected, Nonce, Oidc, OidcSettings, Prompt, RawIdToken};
use crate::claims::Claims;
use crate::clock::Clock;
use crate::error::{Error, InvalidToken};
use server::{Reply, Server};
use signing::SigningKey;

const APP: &str = "app_1";

fn settings(server: &Server) -> OidcSettings {
    OidcSettings {
        issuer: server.issuer(),
        internal: None,
        endpoint_given: true,
        client_id: APP.into(),
        client_secret: ClientSecret::from("se:cret+/ü"),
        prompt: vec![Prompt::Consent],
        clock_skew: Duration::from_secs(60),
        timeout: Duration::from_secs(10),
        connect_timeout: Duration::from_secs(2),
        ca_certificates: Vec::new(),
        pushed_authorization: false,
    }
}

fn client(server: &Server) -> Oidc {
    Oidc::new(settings(server), Clock::system()).unwrap()
}

/// A client of a server that publishes these keys.
async fn client_of(keys: &[&SigningKey]) -> (Server, Oidc) {
    let server = Server::start().await;
    server.publish(keys);
    let client = client(&server);
    (server, client)
}

/// The claims of an ID token as Logto makes it.
fn claims(server: &Server) -> Value {
    let now = Clock::system().now();
    json!({
        "iss": server.issuer(), "sub": "user_1", "aud": APP, "iat": now, "exp": now + 3600,
        "nonce": "n-1", "name": "Ada", "email": null, "roles": ["admin"],
    })
}

/// The same claims, with one changed.
fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

/// The same claims, without one.
fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

async fn verify(client: &Oidc, token: &str) -> Result<Claims, Error> {
    let access_token = AccessToken::from("at-1");
    let nonce = Nonce::from("n-1");
    let expected =
        Expected { access_token: &access_token, nonce: Some(&nonce), max_age: None, same_as: None };
    client.verify_id_token(&RawIdToken::from(token), &expected).await
}

/// Why a token is not believed; fails the test if it is.
async fn refused(client: &Oidc, token: &str) -> InvalidToken {
    match verify(client, token).await {
        Err(Error::InvalidToken(why)) => why,
        other => panic!("not refused as invalid: {other:?}"),
    }
}
