//! Keys made for a test, and tokens signed by them.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

pub(super) struct SigningKey {
    /// The public key, as it is published.
    pub jwk: Value,
    alg: &'static str,
    secret: Secret,
}

enum Secret {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl SigningKey {
    pub(super) fn es256(kid: &str) -> Self {
        Self::ec(kid, "ES256", "P-256", &ECDSA_P256_SHA256_FIXED_SIGNING)
    }

    pub(super) fn es384(kid: &str) -> Self {
        Self::ec(kid, "ES384", "P-384", &ECDSA_P384_SHA384_FIXED_SIGNING)
    }

    fn ec(
        kid: &str,
        alg: &'static str,
        curve: &str,
        algorithm: &'static EcdsaSigningAlgorithm,
    ) -> Self {
        let pair = EcdsaKeyPair::generate(algorithm).unwrap();
        let point = &pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let jwk = json!({
            "kty": "EC", "use": "sig", "kid": kid, "alg": alg, "crv": curve,
            "x": encode(x), "y": encode(y),
        });
        Self { jwk, alg, secret: Secret::Ec(pair) }
    }

    /// An RSA key; like Logto's it is published without `alg`.
    pub(super) fn rsa(kid: &str, alg: &'static str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let jwk = json!({
            "kty": "RSA", "use": "sig", "kid": kid,
            "n": encode(&public.n), "e": encode(&public.e),
        });
        Self { jwk, alg, secret: Secret::Rsa(pair) }
    }

    pub(super) fn header(&self) -> Value {
        json!({ "alg": self.alg, "kid": self.jwk["kid"] })
    }

    /// A token with these claims, as Logto signs it.
    pub(super) fn token(&self, claims: &Value) -> String {
        self.token_with(&self.header(), claims)
    }

    /// A token with a header of one's own.
    pub(super) fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.signed(&header.to_string(), &claims.to_string())
    }

    /// A token of two texts.
    pub(super) fn signed(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
        let signature = self.sign(message.as_bytes());
        format!("{message}.{}", encode(&signature))
    }

    /// The public key in the forms that a confused verifier takes for an HMAC secret.
    pub(super) fn public_texts(&self) -> Vec<Vec<u8>> {
        let der = match &self.secret {
            Secret::Ec(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Secret::Rsa(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
        };
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(&der)
        );
        let mut texts = vec![der, pem.trim_end().into(), pem.into(), self.jwk.to_string().into()];
        for number in ["x", "y", "n"].iter().filter_map(|name| self.jwk[name].as_str()) {
            texts.extend([number.into(), URL_SAFE_NO_PAD.decode(number).unwrap()]);
        }
        texts
    }

    /// The signature of this key as a JWT has it.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.secret {
            Secret::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Secret::Rsa(pair) => {
                let padding = if self.alg == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
