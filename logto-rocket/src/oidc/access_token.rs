//! The verification of access tokens that programs present ([RFC 9068, section
//! 4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).

use std::time::Duration;

use super::issuer::Issuer;
use super::keys::{Token, is_type, wrong_type};
use super::payload::{Audience, Payload, Times, check, check_beginning, missing};
use super::secrets::AccessToken;
use super::verified_token::{Verified, VerifiedToken};
use crate::error::{Call, Error, InvalidToken};
use crate::numeric_date::NumericDate;

/// How long a request waits for Logto's keys.
const KEYS_TIMEOUT: Duration = Duration::from_secs(2);

impl Issuer {
    /// Verifies an access token that anybody may have sent.
    ///
    /// A token that was verified before is found by its whole text, until it expires or the keys change. For
    /// any other token, the cheap checks run before the signature check.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidToken`] if the token is rejected; [`Error::Unavailable`] or
    /// [`Error::BadAnswer`] if the keys had to be fetched from Logto and that failed.
    pub(crate) async fn verify_access_token(&self, text: &str) -> Result<VerifiedToken, Error> {
        let now = self.clock.now();
        if let Some(seen) = self.seen_tokens.get(text)
            && self.keys.are_current(seen.keys)
        {
            return seen.token.unexpired(now).map_err(Error::from);
        }
        let token = Token::read(text, is_access_token)?;
        let verified = self.read_access_token(text, token.unverified()?, now)?;
        let keys = within(KEYS_TIMEOUT, self.keys.for_presented(&token)).await?;
        token.check_signature(&keys)?;
        self.seen_tokens.insert(verified.clone(), keys.fingerprint(), now);
        Ok(verified)
    }

    /// Reads a payload, and checks all but whether it is signed and who it is for.
    pub(super) fn read_access_token(
        &self,
        text: &str,
        payload: Vec<u8>,
        now: u64,
    ) -> Result<VerifiedToken, InvalidToken> {
        let (claims, times) = (Payload::read(&payload)?, Times { now, ..self.times() });
        claims.check_issuer(&self.settings)?;
        let expires_at = claims.required::<NumericDate>("exp")?.rounded_down();
        let issued_at = claims.claim::<NumericDate>("iat")?.map(NumericDate::rounded_up);
        check_beginning("iat", issued_at, &times)?;
        let not_before = claims.claim::<NumericDate>("nbf")?.map(NumericDate::rounded_up);
        check_beginning("nbf", not_before, &times)?;
        check("cnf", !claims.has("cnf"), || {
            "binds the token to a key, but a bearer token does not prove possession of a key".into()
        })?;
        let sub = claims.subject()?;
        let client_id = claims.name("client_id")?.ok_or_else(|| missing("client_id"))?;
        let audience = claims.required::<Audience>("aud")?.into_list();
        let scope = claims.claim::<String>("scope")?.unwrap_or_default();
        // RFC 6749, section 3.3: other white space separates nothing.
        let scopes = scope.split(' ').filter(|scope| !scope.is_empty()).map(ToOwned::to_owned);
        let authenticated_at = claims.claim::<NumericDate>("auth_time")?;
        let (scopes, organization_id) = (scopes.collect(), claims.name("organization_id")?);
        let payload = String::from_utf8(payload).map_err(|_| InvalidToken::Malformed)?;
        let token = VerifiedToken::new(Verified {
            text: AccessToken::from(text),
            sub,
            client_id,
            audience,
            organization_id,
            scopes,
            expires_at,
            issued_at,
            authenticated_at: authenticated_at.map(NumericDate::rounded_down),
            payload: payload.into(),
        });
        token.unexpired(now)
    }
}

/// Waits for Logto's keys, for as long as a request may wait.
async fn within<T>(
    limit: Duration,
    keys: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::time::timeout(limit, keys).await.unwrap_or_else(|_| {
        let why = format!("no answer within {} s", limit.as_secs());
        Err(Error::Unavailable { call: Call::Keys, why, status: None, retry_after: None })
    })
}

pub(super) fn is_access_token(typ: Option<&str>) -> Result<(), InvalidToken> {
    let is_one = typ.is_some_and(|typ| is_type(typ, "at+jwt"));
    if is_one { Ok(()) } else { Err(wrong_type(typ)) }
}
