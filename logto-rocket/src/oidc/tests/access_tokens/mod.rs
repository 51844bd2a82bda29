//! Access tokens that programs present.

mod algorithms;
mod claims;
#[cfg(feature = "testing")]
mod keys;
mod kinds;
#[cfg(feature = "testing")]
mod seen;
mod text;

use super::*;
use crate::oidc::VerifiedToken;

const KEYS: &str = "/oidc/jwks";

/// A server that publishes a key, an API that believes it, and the key.
struct Setup {
    server: Server,
    api: Oidc,
    key: SigningKey,
}

impl Setup {
    async fn start() -> Self {
        Self::with(SigningKey::es384("k")).await
    }

    async fn with(key: SigningKey) -> Self {
        Self::unready(key, Clock::system()).await.ready().await
    }

    /// One that has not fetched the keys yet.
    async fn unready(key: SigningKey, clock: Clock) -> Self {
        let server = Server::start().await;
        server.publish(&[&key]);
        let api = client_with(settings(&server), clock);
        Self { server, api, key }
    }

    /// A request waits for keys for a while only, which may be too short on a busy machine.
    async fn ready(self) -> Self {
        self.api.issuer().ready().await.unwrap();
        self
    }

    /// The claims of an access token as Logto makes it.
    fn claims(&self) -> Value {
        access_claims(&self.server)
    }

    /// The claims, with one changed.
    fn with_claim(&self, name: &str, value: Value) -> String {
        access_token(&self.key, &with(&self.claims(), name, value))
    }

    /// The claims, without one.
    fn without_claim(&self, name: &str) -> String {
        access_token(&self.key, &without(&self.claims(), name))
    }

    /// A token with another header, signed.
    fn with_header(&self, header: &Value) -> String {
        self.key.token_with(header, &self.claims())
    }

    fn header(&self) -> Value {
        access_header(&self.key)
    }

    /// A token that is believed.
    fn token(&self) -> String {
        access_token(&self.key, &self.claims())
    }

    async fn accepts(&self, token: &str) -> bool {
        present(&self.api, token).await.is_ok()
    }

    /// Why a token is not believed; fails the test if it is.
    async fn refused(&self, token: &str) -> InvalidToken {
        why_refused(&self.api, token).await
    }

    /// The claim that a token is refused for.
    async fn refused_claim(&self, token: &str) -> &'static str {
        match self.refused(token).await {
            InvalidToken::Claim { name, .. } => name,
            other => panic!("no claim: {other:?}"),
        }
    }
}

fn access_claims(server: &Server) -> Value {
    let now = Clock::system().now();
    json!({
        "iss": server.issuer(), "sub": "user_1", "aud": "https://api.example.com/orders",
        "client_id": "app_1", "iat": now, "exp": now + 3600, "jti": "j-1", "scope": "read write",
    })
}

fn access_header(key: &SigningKey) -> Value {
    with(&key.header(), "typ", json!("at+jwt"))
}

/// A token with these claims, as Logto signs it.
fn access_token(key: &SigningKey, claims: &Value) -> String {
    key.token_with(&access_header(key), claims)
}

async fn present(api: &Oidc, token: &str) -> Result<VerifiedToken, Error> {
    api.issuer().verify_access_token(token).await
}

async fn why_refused(api: &Oidc, token: &str) -> InvalidToken {
    match present(api, token).await {
        Err(Error::InvalidToken(why)) => why,
        Err(error) => panic!("not refused as invalid: {error}"),
        Ok(_) => panic!("believed: {token:.200}"),
    }
}
