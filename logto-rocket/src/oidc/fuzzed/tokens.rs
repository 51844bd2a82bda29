//! [`SignedTokens`]: tokens that Logto has signed, whatever they say.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::error::Error;
use crate::oidc::keys::{KeySet, Token};
use crate::oidc::{
    AccessToken, ClientSettings, Expected, Issuer, IssuerSettings, Nonce, Observer, Oidc,
    access_token, id_token,
};

const ISSUER: &str = "https://logto.example.com/oidc";
const APP: &str = "app_1";
const NONCE: &str = "n-1";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// An application, and a key by which it believes tokens. Nothing is asked for over the network.
pub struct SignedTokens {
    oidc: Oidc,
    pair: EcdsaKeyPair,
    keys: KeySet,
}

impl Default for SignedTokens {
    fn default() -> Self {
        Self::new()
    }
}

impl SignedTokens {
    /// With a new key.
    ///
    /// # Panics
    ///
    /// If there is no key, or no client of HTTP can be made.
    pub fn new() -> Self {
        let settings = IssuerSettings::of_a_test(ISSUER.into());
        let issuer =
            Issuer::new(settings, Clock::system(), Observer::new(|_, _, _| {})).expect("a client");
        let oidc = Oidc::new(Arc::new(issuer), ClientSettings::of_a_test());
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let [x, y] = [1..33, 33..65].map(|part| encode(&pair.public_key().as_ref()[part]));
        let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y });
        let published = serde_json::from_value(json!({ "keys": [jwk] })).expect("a key set");
        let keys = KeySet::new(published).expect("a key");
        Self { oidc, pair, keys }
    }

    /// Signs a token, and verifies it as an ID token, an access token and a logout token. Returns whether any
    /// of these accepted it. The first line of the text is the token's header, and the rest is its payload, in
    /// which `NOW` stands for the time.
    ///
    /// # Panics
    ///
    /// If a token is accepted that lacks what it must say.
    pub fn present(&self, text: &str) -> bool {
        let now = self.oidc.issuer().clock().now();
        let (header, payload) = text.split_once('\n').unwrap_or((text, ""));
        let payload = payload.replace("NOW", &now.to_string());
        let token = self.signed(header, &payload);
        let accepted = [
            self.is_id_token(&token).is_ok(),
            self.is_access_token(&token, now).is_ok(),
            self.is_logout_token(&token).is_ok(),
        ];
        if accepted == [false; 3] {
            return false;
        }
        // What is no value, such as a number that no float can be, may stand where nothing reads it.
        let value = serde_json::from_str::<Value>;
        let (Ok(header), Ok(says)) = (value(header), value(&payload)) else { return true };
        let typ = header["typ"].as_str().unwrap_or_default().to_ascii_lowercase();
        let has = |name: &str| says[name].as_str().is_some_and(|text| !text.is_empty());
        let lives = says["exp"].as_f64().is_some_and(|exp| exp + 61.0 > to_f64(now));
        let is_for_us = match &says["aud"] {
            Value::Array(all) => all.contains(&APP.into()),
            one => one == APP,
        };
        assert_eq!(says["iss"], ISSUER);
        assert!(["ES256", "ES384", "RS256", "PS256"].map(Value::from).contains(&header["alg"]));
        assert!(header.get("crit").is_none());
        match accepted {
            [true, false, false] => {
                assert!(["", "jwt"].contains(&typ.as_str()));
                assert!(lives && is_for_us && has("sub") && says["nonce"] == NONCE);
            }
            [false, true, false] => {
                assert!(typ.ends_with("at+jwt"));
                assert!(lives && has("sub") && has("client_id") && says.get("cnf").is_none());
            }
            [false, false, true] => {
                assert!(typ.ends_with("logout+jwt"));
                assert!(lives && is_for_us && says["events"][EVENT].is_object());
                assert!(says.get("nonce").is_none() && (has("sub") || has("sid")) && has("jti"));
            }
            _ => panic!("a token of two kinds"),
        }
        true
    }

    fn signed(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        format!("{message}.{}", encode(signature.expect("a signature").as_ref()))
    }

    fn is_id_token(&self, text: &str) -> Result<(), Error> {
        let (access_token, nonce) = (AccessToken::from("at-1"), Nonce::from(NONCE));
        let nonce = Some(&nonce);
        let expected =
            Expected { access_token: &access_token, nonce, max_age: None, same_as: None };
        let signed = Token::read(text, id_token::is_id_token)?.signed_by(&self.keys)?;
        self.oidc.read_id_token(&signed, &expected).map(drop)
    }

    fn is_access_token(&self, text: &str, now: u64) -> Result<(), Error> {
        let token = Token::read(text, access_token::is_access_token)?;
        self.oidc.issuer().read_access_token(text, token.unverified()?, now)?;
        Ok(token.check_signature(&self.keys)?)
    }

    fn is_logout_token(&self, text: &str) -> Result<(), Error> {
        let token = Token::read(text, |typ| self.oidc.is_logout_token(typ))?;
        let signed = token.signed_by(&self.keys)?;
        self.oidc.read_logout_token(&signed)?;
        Ok(())
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[expect(clippy::cast_precision_loss, reason = "a time of this century is exact")]
fn to_f64(time: u64) -> f64 {
    time as f64
}
