//! One token request of a session: what is sent, and what is kept of the answer.

use std::sync::Arc;
use std::time::Duration;

use crate::claims::Claims;
use crate::error::{Call, Error, InvalidToken};
use crate::oidc::{Expected, RefreshToken, Renewal, Target, Tokens};
use crate::session::cached_token::Audience;
use crate::session::memory::registry::Record;
use crate::session::renewal::circuit::PAUSE;
use crate::session::renewal::turn::Want;
use crate::session::{Session, Sessions, Verdict};

/// How long a refresh may stay unanswered before it is sent once more. Both fall inside the three
/// seconds for which Logto honours a refresh token that it has rotated.
const SECOND_TRY: Duration = Duration::from_secs(2);

/// How long a refusal is remembered.
const REFUSED_FOR: Duration = Duration::from_secs(60);

impl Sessions {
    /// Makes the token request that is wanted, by the one who has the turn.
    pub(in crate::session) async fn renew(
        self: &Arc<Self>,
        record: &Record,
        want: &Want,
    ) -> Result<(), Error> {
        let audience = want.audience();
        let mut used = record.session().refresh_token.clone().ok_or(Error::NoRefreshToken)?;
        let number = record.begin();
        let mut renewal = self.ask(&used, &audience).await;
        if is_invalid_grant(&renewal) {
            self.reload(record).await?;
            let newest = record.session().refresh_token.clone().ok_or(Error::NoRefreshToken)?;
            if newest.reveal() != used.reveal() {
                used = newest;
                renewal = self.ask(&used, &audience).await;
            }
        }
        let renewed = self.take(record, number, &audience, renewal).await.and_then(|claims| {
            if claims || matches!(want, Want::Token(_)) { Ok(()) } else { Err(no_claims()) }
        });
        match &renewed {
            Ok(()) | Err(Error::SessionOver | Error::NoRefreshToken) => {}
            Err(Error::Refused { code, .. }) => {
                record.refuse(audience, code.clone(), self.clock.instant(), REFUSED_FOR);
            }
            Err(Error::Unavailable { retry_after, .. }) => {
                record.pause(self.clock.instant(), retry_after.unwrap_or(PAUSE));
            }
            Err(_) => record.pause(self.clock.instant(), PAUSE),
        }
        // Last, for it wakes those who wait, and they go by the record.
        self.notice(want, &renewed);
        renewed
    }

    /// Sends the refresh token, and once more if no answer comes, or none that can be used: Logto
    /// may have rotated the token and honours the old one for a moment yet.
    async fn ask(&self, refresh_token: &RefreshToken, audience: &Audience) -> Renewal {
        let target = Target {
            resource: audience.resource.as_deref(),
            organization: audience.organization.as_deref(),
        };
        let first = self.oidc.refresh(refresh_token, target);
        tokio::pin!(first);
        if let Ok(answer) = tokio::time::timeout(SECOND_TRY, &mut first).await {
            let again = answer.is_lost();
            return if again { self.oidc.refresh(refresh_token, target).await } else { answer };
        }
        let second = self.oidc.refresh(refresh_token, target);
        tokio::pin!(second);
        tokio::select! {
            answer = &mut first => if answer.is_lost() { second.await } else { answer },
            answer = &mut second => if answer.is_lost() { first.await } else { answer },
        }
    }

    /// Learns whether Logto answers. That it does not is believed of a request that is the same for
    /// everybody; one for a token may fail for one user alone.
    fn notice(&self, want: &Want, renewed: &Result<(), Error>) {
        match renewed {
            Ok(()) | Err(Error::SessionOver | Error::Refused { .. }) => self.outage.end(),
            Err(Error::Unavailable { retry_after, .. }) if matches!(want, Want::Claims(_)) => {
                self.outage.begin(self.clock.instant(), *retry_after);
            }
            Err(_) => {}
        }
    }

    /// Takes the answer, and says whether there were claims in it. The refresh token in it is kept
    /// whatever else is wrong, for Logto may honour no other one any more.
    async fn take(
        self: &Arc<Self>,
        record: &Record,
        number: u64,
        audience: &Audience,
        renewal: Renewal,
    ) -> Result<bool, Error> {
        let before = record.session();
        if self.ended.verdict(&before) == Verdict::Ended {
            self.revoke_behind(renewal.refresh_token);
            return Err(Error::SessionOver);
        }
        let tokens = match renewal.outcome {
            Ok(tokens) => tokens,
            Err(Error::Refused { code, .. }) if ends_the_session(&code, audience) => {
                self.end(&before).await;
                return Err(Error::SessionOver);
            }
            Err(error) => {
                if let Some(refresh_token) = renewal.refresh_token {
                    record.advance(|session| session.refresh_token = Some(refresh_token));
                    self.save(record).await?;
                }
                return Err(error);
            }
        };
        let claims = self.verified(&before, &tokens).await;
        if let Err(Error::InvalidToken(InvalidToken::Claim("iss" | "sub" | "aud" | "azp"))) = claims
        {
            self.end(&before).await;
            return Err(Error::SessionOver);
        }
        let now = self.clock.now();
        let believed = claims.is_ok();
        record.advance(|session| {
            if let Some(refresh_token) = renewal.refresh_token.clone() {
                session.refresh_token = Some(refresh_token);
            }
            if let Ok(Some(claims)) = &claims {
                session.claims = Arc::new(self.kept(claims.clone()));
                session.confirmed_at = now;
                if self.settings.keep_id_token {
                    session.id_token.clone_from(&tokens.id_token);
                }
            }
        });
        if let Ok(Some(_)) = &claims {
            record.confirmed_by(number);
        }
        if believed {
            record.keep_token(audience.clone(), self.token(&tokens), now);
        }
        if let Err(over) = self.save(record).await {
            self.end(&before).await;
            self.revoke_behind(renewal.refresh_token);
            return Err(over);
        }
        claims.map(|claims| claims.is_some())
    }

    async fn verified(&self, session: &Session, tokens: &Tokens) -> Result<Option<Claims>, Error> {
        let Some(raw) = &tokens.id_token else { return Ok(None) };
        let expected = Expected {
            access_token: &tokens.access_token,
            nonce: None,
            max_age: None,
            same_as: Some(&session.claims),
        };
        self.oidc.verify_id_token(raw, &expected).await.map(Some)
    }

    /// Revokes, behind the request, what came for a session that was ended meanwhile.
    fn revoke_behind(&self, refresh_token: Option<RefreshToken>) {
        let Some(refresh_token) = refresh_token else { return };
        let oidc = Arc::clone(&self.oidc);
        tokio::spawn(async move {
            if let Err(error) = oidc.revoke(&refresh_token).await {
                log::warn!("The tokens of an ended session could not be revoked: {error}");
            }
        });
    }
}

fn is_invalid_grant(renewal: &Renewal) -> bool {
    matches!(&renewal.outcome, Err(Error::Refused { code, .. }) if code == "invalid_grant")
}

/// Whether Logto says that the session is over: its grant is, or, where nothing in particular was
/// asked for, this user may not use the application any more.
fn ends_the_session(code: &str, audience: &Audience) -> bool {
    code == "invalid_grant" || (code == "access_denied" && *audience == Audience::default())
}

fn no_claims() -> Error {
    let why = "there is no ID token in it that would confirm the claims".into();
    Error::BadAnswer { call: Call::Token, why }
}
