//! The verification of ID tokens ([OpenID Connect Core, section
//! 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256, Sha384};

use super::Oidc;
use super::keys::{Algorithm, Signed, wrong_type};
use super::nonce_hash::NonceHash;
use super::payload::{Payload, check, missing};
use super::secrets::{AccessToken, Nonce, RawIdToken};
use crate::claims::Claims;
use crate::error::{Call, Error, InvalidToken};
use crate::numeric_date::NumericDate;

/// The claims that describe the token, not the user.
pub(super) const OF_THE_TOKEN: [&str; 9] =
    ["iss", "aud", "exp", "iat", "nbf", "nonce", "at_hash", "azp", "jti"];

/// The values that an ID token must match, besides issuer, audience and time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// The access token of the same answer: `at_hash`, if it is there, must be its hash.
    pub access_token: &'a AccessToken,
    /// The nonce of the authorization request; a refresh has none.
    pub nonce: Option<&'a Nonce>,
    /// The maximum age of the user's authentication in the authorization request.
    pub max_age: Option<MaxAge>,
    /// The session that is refreshed.
    pub same_as: Option<Before<'a>>,
}

/// What an ID token of a refresh must agree with: the same `sub`, and the same `auth_time` and `nonce`
/// where both have one
/// ([OpenID Connect Core, section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before<'a> {
    /// The claims of the session.
    pub claims: &'a Claims,
    /// What is known of the nonce of its sign-in.
    pub nonce: Option<&'a NonceHash>,
}

/// The age of the user's authentication that an authorization request required. The age is measured at the
/// time of the request, because the user may take a while to come back from Logto.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MaxAge {
    /// How old the authentication may have been.
    pub max_age: Duration,
    /// When the request was made, in seconds since the Unix epoch.
    pub asked_at: u64,
}

/// What a verified ID token says.
#[derive(Clone, Debug)]
pub(crate) struct IdToken {
    /// What it says of the user: its claims without those that say something of the token.
    pub claims: Claims,
    /// When Logto issued it, by its own clock, in whole seconds since the Unix epoch.
    pub issued_at: u64,
}

impl Oidc {
    /// Verifies an ID token of Logto's for this application.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidToken`] if the token is rejected; [`Error::Unavailable`] or
    /// [`Error::BadAnswer`] if the keys had to be fetched from Logto and that failed.
    pub(crate) async fn verify_id_token(
        &self,
        token: &RawIdToken,
        expected: &Expected<'_>,
    ) -> Result<IdToken, Error> {
        let signed = self.issuer.keys.verify(token.reveal(), is_id_token).await?;
        self.read_id_token(&signed, expected)
    }

    /// Reads an ID token that is signed, and checks everything else.
    pub(super) fn read_id_token(
        &self,
        signed: &Signed,
        expected: &Expected<'_>,
    ) -> Result<IdToken, Error> {
        let payload = Payload::read(&signed.payload)?;
        payload.check_issuer(&self.issuer.settings)?;
        payload.check_audience(&self.client.id, &self.issuer.settings)?;
        payload.check_lifetime(&self.issuer.times())?;
        let issued_at = payload.required::<NumericDate>("iat")?.rounded_down();
        let sub = payload.subject()?;
        expected.check(&payload, signed.algorithm, &sub, self.issuer.settings.clock_skew)?;
        let json = payload.without(&OF_THE_TOKEN).map_err(|_| InvalidToken::Malformed)?;
        let claims = Claims::read(&json).map_err(|misfit| Error::BadAnswer {
            call: Call::Token,
            why: format!("the claim {}", misfit.in_words("the ID token")),
        })?;
        Ok(IdToken { claims, issued_at })
    }
}

impl Expected<'_> {
    fn check(
        &self,
        payload: &Payload<'_>,
        algorithm: Algorithm,
        sub: &str,
        skew: Duration,
    ) -> Result<(), InvalidToken> {
        if let Some(hash) = payload.claim::<String>("at_hash")? {
            let right = hash == half_hash(algorithm, self.access_token.reveal());
            check("at_hash", right, || "is the hash of another access token".into())?;
        }
        let nonce = payload.claim::<String>("nonce")?;
        if let Some(expected) = self.nonce {
            let nonce = nonce.as_deref().ok_or_else(|| missing("nonce"))?;
            let right = nonce == expected.reveal();
            check("nonce", right, || "belongs to another sign-in".into())?;
        }
        let auth_time = payload.claim::<NumericDate>("auth_time")?.map(NumericDate::rounded_down);
        if let Some(MaxAge { max_age, asked_at }) = self.max_age {
            let auth_time = auth_time.ok_or_else(|| missing("auth_time"))?;
            let allowed = max_age.as_secs().saturating_add(skew.as_secs());
            check("auth_time", auth_time >= asked_at.saturating_sub(allowed), || {
                let age = asked_at.saturating_sub(auth_time);
                format!(
                    "was {age} s before the sign-in, which asked for {} s at most",
                    max_age.as_secs()
                )
            })?;
        }
        if let Some(before) = self.same_as {
            let nonce = nonce.as_deref().zip(before.nonce);
            let same = nonce.is_none_or(|(is, was)| was.is_of(is));
            check("nonce", same, || "is not that of the session's sign-in".into())?;
            let before = before.claims;
            check("sub", before.sub == sub, || "is not the user of the session".into())?;
            let same = before.auth_time.is_none_or(|was| auth_time.is_none_or(|is| is == was));
            check("auth_time", same, || "is not that of the session's sign-in".into())?;
        }
        Ok(())
    }
}

/// Logto gives an ID token no type (before 1.42: `JWT`). Access tokens and logout tokens say what
/// they are.
pub(super) fn is_id_token(typ: Option<&str>) -> Result<(), InvalidToken> {
    let is_one = typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    if is_one { Ok(()) } else { Err(wrong_type(typ)) }
}

/// The left half of the hash of the access token
/// ([OpenID Connect Core, section 3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken)).
fn half_hash(algorithm: Algorithm, token: &str) -> String {
    let hash = match algorithm {
        Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 => Sha256::digest(token).to_vec(),
        Algorithm::Es384 => Sha384::digest(token).to_vec(),
    };
    URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}
