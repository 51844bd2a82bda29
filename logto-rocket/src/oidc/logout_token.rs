//! [`LogoutToken`]: the token by which Logto reports the end of a session ([OpenID Connect
//! Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use super::Oidc;
use super::keys::{Signed, Token, is_type, wrong_type};
use super::logout_token_limits::LONGEST_LIFE;
use super::payload::{Payload, check, missing};
use super::settings::LogoutTyp;
use crate::error::{Error, InvalidToken};
use crate::numeric_date::NumericDate;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What a verified logout token ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogoutToken {
    /// The user's id. Without one there is a `sid`.
    pub sub: Option<String>,
    /// The session at Logto. Without one all sessions of the user end.
    pub sid: Option<String>,
    /// When it was issued, in seconds since the Unix epoch.
    pub issued_at: u64,
    id: String,
}

/// Why a back-channel logout was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutError {
    /// The request is not a form with exactly one `logout_token` of at most 64 kB (400).
    Request,
    /// The token is not valid (400). Usually it is forged; if all of Logto's tokens are refused,
    /// `app_id` or `issuer` is wrong.
    Token(InvalidToken),
    /// The token has been used before (400).
    Replayed,
    /// Logto's keys could not be fetched in time, or the session store did not answer in time (503).
    Unavailable(Error),
}

impl Oidc {
    /// Verifies a logout token ([section
    /// 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)). Cheap checks
    /// run first, because any client can post a token.
    ///
    /// A token whose key is unknown waits for the next fetch of the key set. Only after that does it wait for
    /// a turn to have its signature verified, so it does not keep other tokens from their turn.
    pub(crate) async fn verify_logout_token(
        &self,
        text: &str,
        address: Option<IpAddr>,
    ) -> Result<LogoutToken, LogoutError> {
        let token = Token::read(text, |typ| self.is_logout_token(typ))?;
        self.is_for_us(&Payload::read(&token.unverified()?)?)?;
        let signed = {
            let keys = self.issuer.keys.for_posted(&token).await?;
            let _turn = self.logout_token_limits.turn(address).await;
            token.signed_by(&keys)?
        };
        let token = self.read_logout_token(&signed)?;
        if self.logout_token_limits.use_once(&token.id) {
            Ok(token)
        } else {
            Err(LogoutError::Replayed)
        }
    }

    /// Allows a token to be used again after its logout failed.
    pub(crate) fn forget_logout_token(&self, token: &LogoutToken) {
        self.logout_token_limits.forget(&token.id);
    }

    /// Logto sets `typ`. Other issuers may omit it, but ID tokens also have none. In that case only the
    /// claims distinguish a logout token from an ID token.
    pub(super) fn is_logout_token(&self, typ: Option<&str>) -> Result<(), InvalidToken> {
        match typ {
            Some(typ) if is_type(typ, "logout+jwt") => Ok(()),
            None if self.client.logout_typ == LogoutTyp::Optional => Ok(()),
            None => Err(InvalidToken::Header(format!(
                "it has no `typ`, which Logto always sends; for an issuer that does not send it, \
                 set {} = \"optional\"",
                self.issuer.settings.key("backchannel_logout.typ")
            ))),
            Some(_) => Err(wrong_type(typ)),
        }
    }

    /// Whether a token is from this issuer, for this application, and recent. Before the signature is
    /// verified, this is good only for refusing a token.
    fn is_for_us(&self, payload: &Payload<'_>) -> Result<NumericDate, InvalidToken> {
        payload.check_issuer(&self.issuer.settings)?;
        payload.check_audience(&self.client.id, &self.issuer.settings)?;
        let issued_at = payload.required::<NumericDate>("iat")?;
        let (now, skew) = (self.issuer.clock.now(), self.issuer.settings.clock_skew.as_secs());
        let dead_at = issued_at.rounded_down().saturating_add(LONGEST_LIFE).saturating_add(skew);
        check("iat", now < dead_at, || {
            let age = now.saturating_sub(issued_at.rounded_down());
            format!(
                "was {age} s ago, which is too old for a logout token; if the token is new, this \
                 server's clock is ahead of Logto's{}",
                self.issuer.http.clock_difference.in_words()
            )
        })?;
        check("iat", issued_at.rounded_up() <= now.saturating_add(skew), || {
            let by = issued_at.rounded_up().saturating_sub(now);
            let difference = self.issuer.http.clock_difference.in_words();
            format!(
                "is {by} s in the future; if the token is new, this server's clock is {by} s \
                 behind \
                 Logto's{difference}"
            )
        })?;
        Ok(issued_at)
    }

    /// Reads a logout token that is signed, and checks all but whether it was used before.
    pub(super) fn read_logout_token(&self, signed: &Signed) -> Result<LogoutToken, InvalidToken> {
        let payload = &Payload::read(&signed.payload)?;
        // Sessions that began within the second in which it was issued end.
        let issued_at = self.is_for_us(payload)?.rounded_up();
        payload.check_lifetime(&self.issuer.times())?;
        let events: BTreeMap<String, serde_json::Value> = payload.required("events")?;
        let is_logout = events.get(EVENT).is_some_and(serde_json::Value::is_object);
        check("events", is_logout, || format!("does not have the object `{EVENT}`"))?;
        // So that no ID token passes for a logout token.
        check("nonce", !payload.has("nonce"), || "is forbidden in a logout token".into())?;
        let (sub, sid) = (payload.name("sub")?, payload.name("sid")?);
        check("sid", sub.is_some() || sid.is_some(), || "is missing, and so is `sub`".into())?;
        let id = payload.name("jti")?.ok_or_else(|| missing("jti"))?;
        Ok(LogoutToken { sub, sid, issued_at, id })
    }
}

impl LogoutError {
    /// Whether the request caused the error. Otherwise a resource that it needs was unavailable.
    pub(crate) fn is_the_senders(&self) -> bool {
        !matches!(self, Self::Unavailable(_))
    }
}

impl From<InvalidToken> for LogoutError {
    fn from(why: InvalidToken) -> Self {
        Self::Token(why)
    }
}

impl From<Error> for LogoutError {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidToken(why) => Self::Token(why),
            other => Self::Unavailable(other),
        }
    }
}

impl fmt::Display for LogoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request => {
                f.write_str("the request is not a form with one `logout_token` of at most 64 kB")
            }
            Self::Token(why) => write!(f, "the logout token is not valid: {why}"),
            Self::Replayed => f.write_str("the logout token has been used before"),
            Self::Unavailable(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for LogoutError {}
