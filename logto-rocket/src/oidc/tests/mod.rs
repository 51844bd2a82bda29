//! The client against a server that answers as a test wants.

mod access_tokens;
mod bounds;
#[cfg(feature = "testing")]
mod clocks;
mod credentials;
mod discovery;
mod id_tokens;
#[cfg(feature = "testing")]
mod logout_tokens;
mod outage;
mod requests;
mod server;
mod sign_in;
mod signatures;
mod signing;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{
    AccessToken, ClientSettings, Expected, Issuer, IssuerSettings, Nonce, Observer, Oidc,
    RawIdToken,
};
use crate::claims::Claims;
use crate::clock::Clock;
use crate::error::{Error, InvalidToken};
use server::{Reply, Server};
use signing::SigningKey;

const APP: &str = "app_1";

fn settings(server: &Server) -> IssuerSettings {
    IssuerSettings::of_a_test(server.issuer())
}

fn client(server: &Server) -> Oidc {
    client_with(settings(server), Clock::system())
}

fn client_with(settings: IssuerSettings, clock: Clock) -> Oidc {
    let issuer = Issuer::new(settings, clock, Observer::default()).unwrap();
    Oidc::new(Arc::new(issuer), ClientSettings::of_a_test())
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

/// Whether the `iss` of an answer is accepted.
async fn accepts_issuer(client: &Oidc, iss: Option<&str>) -> Result<bool, Error> {
    client.wrong_issuer(iss).await.map(|wrong| wrong.is_none())
}

async fn verify(client: &Oidc, token: &str) -> Result<Claims, Error> {
    let access_token = AccessToken::from("at-1");
    let nonce = Nonce::from("n-1");
    let expected =
        Expected { access_token: &access_token, nonce: Some(&nonce), max_age: None, same_as: None };
    client.verify_id_token(&RawIdToken::from(token), &expected).await.map(|token| token.claims)
}

/// Why a token is not believed; fails the test if it is.
async fn refused(client: &Oidc, token: &str) -> InvalidToken {
    match verify(client, token).await {
        Err(Error::InvalidToken(why)) => why,
        other => panic!("not refused as invalid: {other:?}"),
    }
}
